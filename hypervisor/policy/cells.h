/* SPDX-License-Identifier: MIT */
/* The words of operations.def as numbers, for what includes it. */
#ifndef TREFOIL_POLICY_CELLS_H
#define TREFOIL_POLICY_CELLS_H

/* Cells of an OPERATION. Each is a set of relations in which the column's domains may. */
enum cell {
    CELL_IN_SELF = 1,
    CELL_IN_OWN_TARGET = 2,
    CELL_IN_OTHER = 4, /* and in declared pairs */
    CELL_IN_UNTARGETABLE = 8,
    CELL_IN_SYSTEM = 16,

    CELL_no = 0,
    CELL_itself = CELL_IN_SELF,
    CELL_own = CELL_IN_OWN_TARGET,
    CELL_both = CELL_IN_SELF | CELL_IN_OWN_TARGET,
    CELL_all = CELL_both | CELL_IN_OTHER,
    CELL_see = CELL_all | CELL_IN_UNTARGETABLE,
    CELL_yes = CELL_IN_SELF | CELL_IN_SYSTEM,
};

/* Sets of a PAIR: the low four are the roles, so a set of roles is a set of partners too. */
enum partner {
    C = 1,
    H = 2,
    X = 4,
    D = 8,
    G = 16,
    ALL = C | H | X | D | G,
    T = 32,
    P = 64,
    U = 128,
};

#endif
