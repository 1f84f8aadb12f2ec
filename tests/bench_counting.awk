# SPDX-License-Identifier: MIT
# Out of the disassembled hypervisor: the most instructions that a counter of a vcpu takes where it is counted. A load, an addition and a store of
# its place in struct vcpu are three; an address made for that is one more. Nothing is printed when a counter is changed nowhere. `first` is the offset
# of the counters, `count` their number, `atomic` the one that is changed otherwise.
BEGIN {
    for (i = 1; i < count; i++)
        made[sprintf("0x%x", first + 8 * i)] = 1
    most = 3
}
{ gsub(/[][,#]/, " ") }
/^[0-9a-f]+ <.*>:$/ { delete place; delete added; delete address }
$2 == "add" && $5 in made { address[$3] = 1 }
$2 == "ldr" && NF == 5 && $5 >= first && $5 < first + 8 * count { place[$3] = $4 " " $5; delete added[$3] }
$2 == "ldr" && NF == 4 && $4 in address { place[$3] = $4; delete added[$3] }
$2 == "add" && $3 == $4 && $5 == "0x1" && $3 in place { added[$3] = 1 }
$2 == "str" && NF == 5 && $3 in added && place[$3] == $4 " " $5 { sites[($5 - first) / 8]++ }
$2 == "str" && NF == 4 && $3 in added && place[$3] == $4 { most = 4 }
END {
    for (i = 0; i < count; i++)
        if (i != atomic && !sites[i])
            exit
    print "counting", most
}
