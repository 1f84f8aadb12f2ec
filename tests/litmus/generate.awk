# SPDX-License-Identifier: MIT
# Litmus tests out of a disassembly: awk -v directory=OUT [-v weakened=1] -f generate.awk DISASSEMBLY SITES. Writes
# OUT/NAME.litmus for each test. weakened: as the code would be without its fences, and with plain loads for acquiring ones.
# What is left out (arithmetic, dependencies, other accesses) only makes a test allow more.

function fail(what) { print name ": " what > "/dev/stderr"; failed = unmade = 1 }

# The event that an instruction is, or nothing.
function event_of(code, operands) {
    if (operands ~ /\[sp/) return ""
    if (code ~ /^lda?xr[bh]?$/) { acquires = code ~ /^lda/; return "" }
    if (code ~ /^stl?xr[bh]?$/) return "rmw " (acquires ? "LDAXR" : "LDXR") " " (code ~ /^stl/ ? "STLXR" : "STXR")
    if (code ~ /^(ldar)[bh]?$/) return "ldar LDAR"
    if (code ~ /^(stlr)[bh]?$/) return "stlr STLR"
    if (code ~ /^(ldr|ldur|ldp)[bh]?$/ || code ~ /^ldu?rs[bhw]$/) return "ldr LDR"
    if (code ~ /^(str|stur|stp)[bh]?$/) return "str STR"
    if (code ~ /^(dmb|dsb)$/ && operands ~ /^(ish|sy)/) return "fence DMB " (operands ~ /st$/ ? "ISHST" : operands ~ /ld$/ ? "ISHLD" : "ISH")
    return ""
}

# Appends the events of a function, those of what it calls in their places.
function expand(function_name, depth,    i, event, target) {
    if (depth > 8 || events > 20000 || (function_name in inside) || !(function_name in size)) return
    inside[function_name] = 1
    for (i = 1; i <= size[function_name]; i++) {
        event = event_of(code[function_name, i], operands[function_name, i])
        if (event != "") stream[++events] = event
        if (code[function_name, i] !~ /^(bl|b)$/ || !match(operands[function_name, i], /<[A-Za-z0-9_.]+>/)) continue
        target = substr(operands[function_name, i], RSTART + 1, RLENGTH - 2)
        sub(/\..*/, "", target)
        expand(target, depth + 1)
        stream[++events] = "after " target
    }
    delete inside[function_name]
}

function line(thread, text) { body[thread, ++length_of[thread]] = text }

function address(thread, variable) {
    if (!((thread, variable) in address_of)) {
        address_of[thread, variable] = 20 + addresses[thread]++
        initially = initially thread ":X" address_of[thread, variable] "=" variable "; "
        if (!(variable in known)) { known[variable] = 1; if (!(variable in value)) value[variable] = 0 }
    }
    return "[X" address_of[thread, variable] "]"
}

# One access of the test: kind, its instructions, variable and value.
function access(thread, event, variable, written,    part, at) {
    split(event, part, " ")
    at = address(thread, variable)
    if (part[1] == "rmw" || part[1] ~ /^ld/) read_in[thread, variable] = ++reads[thread]
    if (part[1] == "rmw") {
        line(thread, part[2] " W" reads[thread] "," at)
        line(thread, "MOV W12,#" written)
        line(thread, part[3] " W13,W12," at)
        line(thread, "CBNZ W13,L" thread)
        may_fail[thread] = 1
    } else if (part[1] ~ /^ld/) {
        line(thread, (weakened ? "LDR" : part[2]) " W" reads[thread] "," at)
    } else {
        line(thread, "MOV W12,#" written)
        line(thread, part[2] " W12," at)
    }
}

function split_step(step) {
    kind = step; sub(/:.*/, "", kind)
    variable = step; sub(/^[a-z]*:/, "", variable)
    written = variable ~ /=/ ? substr(variable, index(variable, "=") + 1) : ""
    sub(/=.*/, "", variable)
}

function guest_steps(    i) {
    started[$1] = 1
    for (i = 3; i <= NF; i++) {
        split_step($i)
        if (kind == "dmb") line($1, "DMB ISH")
        else access($1, kind == "rmw" ? "rmw LDAXR STLXR" : kind " " toupper(kind), variable, written)
    }
}

function code_steps(    i, at, from) {
    events = 0
    delete stream
    count = split($2, functions, "|")
    for (i = 1; i < count && !(functions[i] in size); i++);
    expand(functions[i], 0)
    if (events == 0) { fail("no function " $2); return }
    at = 1
    for (i = 3; i <= NF; i++) {
        split_step($i)
        from = at
        while (at <= events && !(kind == "after" ? stream[at] == "after " variable : stream[at] ~ "^" kind " ")) at++
        if (at > events) { fail($2 " has no " $i); return }
        if (kind == "after") { at++; continue }
        for (; started[$1] && from < at; from++)
            if (stream[from] ~ /^fence/ && !weakened) line($1, substr(stream[from], 7))
        access($1, stream[at++], variable, written)
        started[$1] = 1
    }
}

function write_test(condition,    file, thread, rows, row, text, variable, threads) {
    for (variable in known) initially = initially variable "=" value[variable] "; "
    for (thread = 0; (thread, 1) in body; thread++) {
        if (may_fail[thread]) {
            line(thread, "MOV W15,#1")
            line(thread, "L" thread ":")
            condition = condition " /\\ " thread ":X15=1"
        }
        if (length_of[thread] > rows) rows = length_of[thread]
        for (variable in known)
            if ((thread, variable) in read_in) gsub(thread ":" variable "=", thread ":X" read_in[thread, variable] "=", condition)
    }
    threads = thread
    file = directory "/" name ".litmus"
    printf "AArch64 %s\n{ %s}\n", name, initially > file
    for (row = 0; row <= rows; row++) {
        text = ""
        for (thread = 0; thread < threads; thread++)
            text = text sprintf("%s%-20s", thread ? "| " : " ", row ? body[thread, row] : "P" thread)
        print text ";" > file
    }
    print "exists (" condition ")" > file
    close(file)
}

BEGIN { while ((getline < ARGV[1]) > 0) {
        if ($0 ~ /^[0-9a-f]+ <.*>:$/) {
            current = substr($2, 2, length($2) - 3)
            base = current
            sub(/\..*/, "", base)
            # A function in two versions is the one that the compiler left whole.
            if ((base in size) && base != current) current = ""
            else { current = base; size[base] = 0 }
        } else if (current != "" && $1 ~ /^[0-9a-f]+:$/) {
            size[current]++
            code[current, size[current]] = $2
            rest = $0
            sub(/^[^\t]*\t[^\t]*\t?/, "", rest)
            operands[current, size[current]] = rest
        }
    }
    ARGV[1] = ""
}
/^#/ || NF == 0 { next }
$1 == "test" {
    name = $2
    split("", body); split("", length_of); split("", address_of); split("", addresses); split("", known); split("", value)
    split("", read_in); split("", reads); split("", may_fail); split("", started)
    initially = ""
    unmade = 0
    next
}
$1 == "init" { for (i = 2; i <= NF; i++) { split($i, pair, "="); value[pair[1]] = pair[2] } next }
$1 == "exists" { sub(/^exists /, ""); if (!unmade) write_test($0); next }
$2 == "=" { guest_steps(); next }
{ code_steps() }
END { exit failed }
