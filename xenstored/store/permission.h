/* SPDX-License-Identifier: MIT */
/* Permission lists of nodes, and who asks. */
#ifndef XENSTORED_PERMISSION_H
#define XENSTORED_PERMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Domain ids are below this; the values above are special. */
#define DOMAIN_ID_LIMIT 0x7ff0

enum rights {
    RIGHT_NONE = 0,
    RIGHT_READ = 1,
    RIGHT_WRITE = 2,
    RIGHT_BOTH = 3,
};

/*
 * Element 0 of a list: the owner, who has every right, and the rights of whoever is not listed.
 * Each other element: the rights of one domain.
 */
struct permission {
    uint16_t domid;
    uint16_t rights;
};

/* On whose behalf something is done. */
struct subject {
    uint16_t domid;
    int target; /* the domain whose rights it has too, or -1 */
    bool privileged;
};

/* Rights of `subject` by the list of `count` >= 1 elements. */
unsigned int permission_rights(const struct permission *list, unsigned int count,
                               const struct subject *subject);

/* Whether the list makes `subject` an owner. A privileged subject owns all. */
bool permission_owner(const struct permission *list, const struct subject *subject);

/*
 * Parse one wire form ("r5"). Returns false if it is malformed. For lists the caller takes string
 * after string.
 */
bool permission_parse(const char *text, struct permission *permission);

/* Write the wire form with its NUL; the buffer needs PERMISSION_TEXT_SIZE bytes. Returns the
 * length with the NUL. */
#define PERMISSION_TEXT_SIZE 8
size_t permission_format(const struct permission *permission, char *text);

#endif
