# SPDX-License-Identifier: MIT
# Reads a device tree as dtc writes it, with numbers in hexadecimal. Without `places` prints what scripts/board.sh has to know of it:
#     domain NAME ROLES HOW             ROLES as in `capabilities`; HOW is uart with a vpl011, else none
#     file DOMAIN FILE OVERLAY KIND     what trefoil,file says in a module's node; OVERLAY is the domain whose files are laid over it, if
#                                       KIND is ramdisk
#     fixed ADDRESS SIZE                memory where no file may be loaded, in decimal
# With it, a file of lines "DOMAIN FILE OVERLAY HIGH LOW SIZE", prints the tree, with the place of each module in place of that.

# The strings of a property, in string[1] and so on.
function strings(line) {
    sub(/^[^"]*"/, "", line)
    sub(/"[^"]*$/, "", line)
    delete string
    gsub(/", "/, "\\0", line)
    return split(line, string, /\\0/)
}

# The cells of a property as decimal numbers in cell[1] and so on; their count.
function cells(line,    i, count, word) {
    sub(/^[^<]*</, "", line)
    sub(/>.*$/, "", line)
    count = split(line, word, " ")
    for (i = 1; i <= count; i++)
        cell[i] = number(word[i])
    return count
}

function number(text,    i, value) {
    text = tolower(text)
    for (i = 3; i <= length(text); i++)
        value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
    return value
}

function has(value, bit) {
    return int(value / bit) % 2
}

# hyperlaunch's permissions and functions are the same roles; bit 31 is a classic dom0's.
function roles(    classic, control, hardware, store) {
    classic = has(functions, 2147483648)
    control = has(capabilities, 1) || has(permissions, 1) || classic
    hardware = has(capabilities, 2) || has(permissions, 2) || classic
    store = has(capabilities, 4) || has(functions, 1073741824)
    return control + 2 * hardware + 4 * store + 8 * int(capabilities / 8)
}

# The module's node is over; hyperlaunch's name for where it lies tells the cells by its size.
function end_module(    owner, key, where) {
    owner = name
    if (!domain_depth) {
        owner = "-"
        address_cells = size_cells = 2
    }
    key = owner " " module_file " " (module_overlay == "" ? owner : module_overlay)
    module_file_known = 0
    if (places == "") {
        file[++files] = key " " kind
        return
    }
    split(key in placed ? placed[key] : "0x0 0x0 0x0", where, " ")
    if (hyperlaunch)
        print "module-addr = <" where[1], where[2], "0x0", where[3] ">;"
    else
        print "reg = <" (address_cells == 2 ? where[1] " " : "") where[2], (size_cells == 2 ? "0x0 " : "") where[3] ">;"
}

function end_domain() {
    if (places == "" && !skipped)
        print "domain", name, roles(), how
    end_files(skipped)
    domain_depth = 0
}

function end_files(dropped,    i) {
    for (i = 1; i <= files && !dropped; i++)
        print "file", file[i]
    files = 0
}

BEGIN {
    while (places != "" && (getline line < places) > 0) {
        split(line, field, " ")
        placed[field[1] " " field[2] " " field[3]] = field[4] " " field[5] " " field[6]
    }
}

/\{$/ {
    depth++
    hyperlaunch = 0
    kind = "other"
    if (!domain_depth) {
        candidate = depth
        address_cells = 2
        size_cells = 1
        capabilities = permissions = functions = skipped = 0
        how = "none"
        name = $1 ~ /:$/ ? $2 : $1
        sub(/@.*/, "", name)
    }
}

/^[\t ]*\};$/ {
    if (module_file_known)
        end_module()
    if (depth == domain_depth)
        end_domain()
    else if (!domain_depth)
        end_files(0)
    depth--
}

$1 == "compatible" {
    for (i = strings($0); i > 0; i--) {
        if (string[i] ~ /^module,/)
            hyperlaunch = 1
        if (string[i] ~ /,ramdisk$/)
            kind = "ramdisk"
        if (string[i] == "xen,domain" && depth == candidate && !domain_depth)
            domain_depth = depth
    }
}

depth == candidate {
    if ($1 == "xen,domain-name" && strings($0))
        name = string[1]
    else if ($1 == "status" && strings($0))
        skipped = string[1] != "okay" && string[1] != "ok"
    else if ($1 == "capabilities" && cells($0))
        capabilities = cell[1]
    else if ($1 == "permissions" && cells($0))
        permissions = cell[1]
    else if ($1 == "functions" && cells($0))
        functions = cell[1]
    else if ($1 == "#address-cells" && cells($0))
        address_cells = cell[1]
    else if ($1 == "#size-cells" && cells($0))
        size_cells = cell[1]
    else if ($1 == "vpl011;" || $1 == "vpl011" && cells($0) && cell[1])
        how = "uart"
}

$1 == "xen,static-mem" && places == "" {
    count = cells($0)
    for (i = 1; count % 4 == 0 && i <= count; i += 4)
        printf "fixed %.0f %.0f\n", cell[i] * 4294967296 + cell[i + 1], cell[i + 2] * 4294967296 + cell[i + 3]
    for (i = 1; count % 4 == 2 && i <= count; i += 2)
        printf "fixed %.0f %.0f\n", cell[i], cell[i + 1]
}

$1 == "trefoil,file" && strings($0) {
    module_file_known = 1
    module_file = string[1]
    module_overlay = string[2]
    next
}

places != ""
