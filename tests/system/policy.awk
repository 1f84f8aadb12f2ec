# SPDX-License-Identifier: MIT
# Compares what calls.c printed with policy.table: awk -v policy=NAME -f policy.awk policy.table LOG
# Prints a line for each row of the table, "ok ROW" or "FAILED ROW: what was wrong", and one for each answer without a row.

function column(name) { return name == "dummy" ? 4 : name == "silo" ? 5 : 6 }

function member(name, set, other,    i, count, names) {
    count = split(set, names, ",")
    for (i = 1; i <= count; i++)
        if (names[i] == name || names[i] == other)
            return 1
    return 0
}

# The row of this rank (the call's own, or those of *) that holds.
function find(key, by, on,    i, found, every) {
    found = 0
    every = on == "itself" || on == "nobody" || on == "machine" ? on : "every"
    for (i = 1; i <= rows; i++)
        if (call[i] == key && bys[i] != "rest" && member(by, bys[i], "anyone") && member(on, ons[i], every)) {
            if (found)
                complain(i, by " on " on " is in two rows")
            found = i
        }
    return found
}

function complain(row, what) {
    if (!(row in wrong))
        wrong[row] = what
    else if (split(wrong[row], parts, ";") < 4)
        wrong[row] = wrong[row] "; " what
}

function fits(expected, answer) {
    return expected == answer || (expected == "ok" && answer ~ /^[0-9]+$/)
}

FNR == NR {
    if (NF && $1 !~ /^#/) {
        rows++
        call[rows] = $1; bys[rows] = $2; ons[rows] = $3; expected[rows] = $(column(policy))
        if (NF != 6)
            complain(rows, "a row has six words")
        if ($2 == "rest")
            rest[$1] = rows
    }
    next
}

$2 == "call" && NF == 5 {
    by = substr($1, 2, length($1) - 2)
    answers++
    row = find($3, by, $4)
    if (!row)
        row = find("*", by, $4)
    if (!row && ($3 in rest))
        row = rest[$3]
    if (!row)
        print "FAILED " $3 " by " by " on " $4 ": no row of the table says what it should be"
    else {
        seen[row]++
        if (!fits(expected[row], $5))
            complain(row, by " on " $4 " got " $5)
    }
}

END {
    for (row = 1; row <= rows; row++) {
        if (!(row in seen))
            complain(row, "no such call was made")
        printf "%s %s by %s on %s is %s%s\n", row in wrong ? "FAILED" : "ok", call[row], bys[row], ons[row], expected[row],
            row in wrong ? ": " wrong[row] : ""
    }
    print "answers " answers + 0
}
