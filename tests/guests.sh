# SPDX-License-Identifier: MIT
# The guest tests (guests/bare/tests): bare guests under QEMU, on Trefoil and, as group guests-on-xen, on Debian's Xen 4.17. One CPU
# that counts instructions makes a run the same each time, also on a busy machine. Sourced by check.
# shellcheck shell=bash disable=SC2154

_guests_machine=(qemu-system-aarch64 -machine "virt,virtualization=on,gic-version=3" -cpu cortex-a57 -smp 1 -m 1024
    -display none -no-reboot -nic none -monitor none -icount "shift=0,sleep=off")
_guests_address=0x49000000

# _guests_domain NAME SELF PLACE VCPUS PROPERTIES: a domain's node. The peer of 1 is 2, and the other way round.
_guests_domain() {
    cat <<END
$1 {
    compatible = "xen,domain";
    #address-cells = <2>;
    #size-cells = <2>;
    memory = <0 0x10000>;
    cpus = <$4>;
    nr_spis = <64>;
    xen,enhanced = "no-xenstore";
    $5
    kernel@${_guests_address#0x} {
        compatible = "multiboot,kernel", "multiboot,module";
        reg = <0 $_guests_address 0 $(printf '%#x' "$(stat -c %s "$_guests_image")")>;
        bootargs = "self=$2 peer=$((3 - $2)) place=$3 xen=$_guests_peer${_guests_bootargs:+ $_guests_bootargs}";
    };
};
END
}

# _guests_board BOARD: the domains of a board. Xen gives domain ids in order from 1.
_guests_board() {
    case $1 in
    alone) _guests_domain alone 1 0 2 "max_grant_frames = <40>; max_maptrack_frames = <12>;" ;;
    soak) _guests_domain soak 1 5 2 "" ;;
    quiet) _guests_domain quiet 1 8 1 "trap-unmapped-accesses = <0>;" ;;
    counted) _guests_domain counted 1 11 1 "capabilities = <1>;" ;;
    watchdog) _guests_domain watchdog 1 6 1 "" ;;
    pair)
        if [ "$_guests_peer" = 1 ]; then
            _guests_domain tester 1 1 1 ""
            _guests_domain agent 2 2 1 ""
        else
            _guests_domain tester 1 1 1 'domid = <1>; peers = "agent";'
            _guests_domain agent 2 2 1 'domid = <2>;'
        fi
        ;;
    channel)
        # The ports are those of guests/bare/echo.h.
        _guests_domain tester 1 3 1 'near: evtchn@1 { compatible = "xen,evtchn-v1"; xen,evtchn = <10 &far>; };'
        _guests_domain echo 2 4 1 'far: evtchn@1 { compatible = "xen,evtchn-v1"; xen,evtchn = <700 &near>; };'
        ;;
    model)
        _guests_domain tester 1 12 1 'domid = <1>; capabilities = <8>; targets = "puppet";'
        _guests_domain puppet 2 13 2 'domid = <2>;'
        ;;
    shared)
        # The addresses are those of guests/bare/lender.h; two regions, of which the tree puts one somewhere.
        _guests_domain tester 1 9 1 "$(_guests_share 1 placed owner '0 0x70000000 0 0x50000000 0 0x200000')
            $(_guests_share 2 found borrower '0 0x58000000 0 0x3000')"
        _guests_domain lender 2 10 1 "$(_guests_share 1 placed borrower '0 0x70000000 0 0x60200000 0 0x200000')
            $(_guests_share 2 found owner '0 0x7ffff000 0 0x3000')"
        ;;
    esac
}

# _guests_share NUMBER ID ROLE CELLS: a node below a domain's.
_guests_share() {
    echo "share@$1 { compatible = \"xen,domain-shared-memory-v1\"; xen,shm-id = \"$2\"; role = \"$3\"; xen,shared-mem = <$4>; };"
}

# _guests_boot HYPERVISOR OPTIONS BOARD: runs the board until its tests are done (or the log says _guests_end) or nothing comes any more;
# leaves its lines in the file log of guests_directory.
_guests_boot() {
    local serial=$guests_directory/serial quiet=0 size=0 now qemu
    rm -rf "$guests_directory"
    mkdir -p "$guests_directory"
    "${_guests_machine[@]}" -machine dumpdtb="$guests_directory/machine.dtb" 2>/dev/null
    {
        dtc -q -I dtb -O dts "$guests_directory/machine.dtb"
        printf '/ { chosen {\n#address-cells = <2>;\n#size-cells = <2>;\nxen,xen-bootargs = "%s";\n' "$2"
        _guests_board "$3"
        printf '}; };\n'
    } | dtc -q -I dts -O dtb -o "$guests_directory/board.dtb"
    : >"$serial"
    "${_guests_machine[@]}" -serial "file:$serial" -dtb "$guests_directory/board.dtb" -kernel "$1" \
        -device "loader,file=$_guests_image,addr=$_guests_address,force-raw=on" </dev/null >"$guests_directory/stderr" 2>&1 &
    qemu=$!
    # A test that hangs is ended by its own timer after 3 s of the guest's time; this is for all else.
    while ! grep -aqE "${_guests_end:-tests done}" "$serial" && [ "$quiet" -lt 400 ] && kill -0 "$qemu" 2>/dev/null; do
        sleep 0.2
        now=$(stat -c %s "$serial")
        if [ "$now" = "$size" ]; then quiet=$((quiet + 1)); else quiet=0; fi
        size=$now
    done
    # It may be so deep in a loop that it does not listen.
    kill -KILL "$qemu" 2>/dev/null
    wait "$qemu" 2>/dev/null
    tr -d '\r' <"$serial" >"$guests_directory/log"
}

# _guests_expected BOARD: the names of the tests that are to run there, in order.
_guests_expected() {
    sed -n "s/^TEST(\([a-z0-9_]*\), ${1^^},.*/\1/p" "$top/guests/bare/tests/tests.def"
}

# _guests_results BOARD: a line "RESULT TEST WHAT" for each test; one without an answer FAILED, and the first of these hangs.
_guests_results() {
    local name line hangs=hangs
    while read -r name; do
        line=$(sed -n "s/^.*test $name \(ok\|FAILED\|skipped\)\(.*\)$/\1 $name\2/p" "$guests_directory/log" | head -n 1)
        if [ -z "$line" ]; then
            line="FAILED $name $hangs"
            hangs="not reached"
        fi
        echo "$line"
    done < <(_guests_expected "$1")
}

_guests_prepare() {
    ensure_unpacked
    build_arm64
    _guests_image=$build/arm64/guests/bare/tests.bin
}

# _guests_watchdog WHICH: the tests of watchdogs, and that a domain that feeds only the other one of its two watchdogs ends, and the log says of what.
_guests_watchdog() {
    local verdict name what _guests_bootargs="which=$1" _guests_end="domain 1 has shut down|tests done"
    guests_directory=$build/guests/watchdog-$1
    _guests_boot "$build/arm64/hypervisor/trefoil" "" watchdog
    while read -r verdict name what; do
        report "$verdict" "guests/$name $1" "$what"
    done < <(_guests_results watchdog | grep -v watchdog_expires)
    if grep -q '^(trefoil) watchdog: its watchdog of 1 s has run out' "$guests_directory/log" &&
        grep -q '^(trefoil) watchdog: domain 1 has shut down: watchdog' "$guests_directory/log"; then
        report ok "guests/watchdog_expires $1"
    else
        report FAILED "guests/watchdog_expires $1" "$guests_directory/log does not say that watchdog $1 ended the domain"
    fi
}

# The tree of QEMU's sbsa-ref, which has the generic watchdog and no tree, firmware or PSCI. The watchdog is in the binding's order: control, refresh.
_guests_sbsa_tree() {
    cat <<END
/dts-v1/;
/ {
    #address-cells = <2>;
    #size-cells = <2>;
    interrupt-parent = <&gic>;
    cpus {
        #address-cells = <1>;
        #size-cells = <0>;
        cpu@0 { device_type = "cpu"; compatible = "arm,cortex-a57"; reg = <0>; };
    };
    memory@10000000000 { device_type = "memory"; reg = <0x100 0 0 0x20000000>; };
    gic: intc@40060000 {
        compatible = "arm,gic-v3";
        interrupt-controller;
        #interrupt-cells = <3>;
        reg = <0 0x40060000 0 0x10000>, <0 0x40080000 0 0x20000>;
        interrupts = <1 9 4>;
    };
    timer { compatible = "arm,armv8-timer"; interrupts = <1 13 4>, <1 14 4>, <1 11 4>, <1 10 4>; };
    uart@60000000 { compatible = "arm,sbsa-uart"; reg = <0 0x60000000 0 0x1000>; interrupts = <0 1 4>; };
    watchdog@50011000 {
        compatible = "arm,sbsa-gwdt";
        reg = <0 0x50011000 0 0x1000>, <0 0x50010000 0 0x1000>;
        interrupts = <0 16 4>;
    };
    chosen {
        #address-cells = <2>;
        #size-cells = <2>;
        stdout-path = "/uart@60000000";
        xen,xen-bootargs = "watchdog=5 console-focus=hypervisor";
$(_guests_domain control 1 7 1 "capabilities = <1>;" | sed "s/reg = <0 $_guests_address/reg = <0x100 0x9000000/; s/kernel@[0-9a-f]*/kernel@10009000000/")
    };
};
END
}

# The machine's watchdog, on a machine that has one: a CPU that hangs ends in a reset, and the next start tells of it.
_guests_hardware_watchdog() {
    local qemu tries=0
    guests_directory=$build/guests/hardware-watchdog
    rm -rf "$guests_directory"
    mkdir -p "$guests_directory"
    _guests_sbsa_tree | dtc -q -I dts -O dtb -o "$guests_directory/board.dtb"
    : >"$guests_directory/serial"
    qemu-system-aarch64 -machine sbsa-ref -cpu cortex-a57 -smp 1 -m 512 -display none -nic none -monitor none -global VGA.romfile= \
        -icount shift=6,sleep=off -serial "file:$guests_directory/serial" -kernel "$build/arm64/hypervisor/trefoil" -dtb "$guests_directory/board.dtb" \
        -device "loader,file=$_guests_image,addr=0x10009000000,force-raw=on" </dev/null >"$guests_directory/stderr" 2>&1 &
    qemu=$!
    while ! grep -aq 'the last lines before the reset' "$guests_directory/serial" && [ $tries -lt 600 ] && kill -0 "$qemu" 2>/dev/null; do
        sleep 0.2
        tries=$((tries + 1))
    done
    kill "$qemu" 2>/dev/null
    wait "$qemu" 2>/dev/null
    tr -d '\r' <"$guests_directory/serial" >"$guests_directory/log"
    if awk '/^\(trefoil\) Trefoil, a hyp/ { starts++ } /^\(control\) 12 s are over$/ { exit } END { exit starts != 1 }' "$guests_directory/log" &&
        grep -q '^(control) 12 s are over$' "$guests_directory/log"; then
        report ok guests/hardware_watchdog_fed
    else
        report FAILED guests/hardware_watchdog_fed "$guests_directory/log"
    fi
    if grep -q '^(trefoil) > control asked for a CPU that hangs' "$guests_directory/log"; then
        report ok guests/hardware_watchdog_resets
    else
        report FAILED guests/hardware_watchdog_resets "$guests_directory/log"
    fi
}

# _guests_uimage FILE LOAD ENTRY: FILE in a U-Boot image, on stdout.
_guests_uimage() {
    local size
    size=$(stat -c %s "$1")
    _guests_words 27051956 0 0 "$(printf %x "$size")" "$2" "$3" "$(gzip -c "$1" | tail -c 8 | head -c 4 | od -An -tx4 --endian=little | tr -d ' ')"
    printf '\5\26\2\0%-32s' again
    cat "$1"
}

_guests_words() {
    local word
    for word in "$@"; do printf '%08x' "0x$word"; done | sed 's/../\\x&/g' | xargs -0 printf '%b'
}

# Kernels at an address of their own: an ELF file, the same packed by gzip, and raw in a U-Boot image; each is there as it was linked in its first life and in
# its next. One that belongs where the domain has no memory costs that domain alone.
_guests_kernels() {
    local elf=$build/arm64/guests/bare/again.elf entry kernel address=0x49000000 qemu tries=0
    local -a loaders=()
    guests_directory=$build/guests/kernels
    rm -rf "$guests_directory"
    mkdir -p "$guests_directory"
    entry=$(nm "$elf" | sed -n 's/^0*\([0-9a-f]*\) T again_entry$/\1/p')
    cp "$elf" "$guests_directory/elf"
    gzip -n -c "$elf" >"$guests_directory/gzip"
    _guests_uimage "$build/arm64/guests/bare/again.bin" 40001000 "$entry" >"$guests_directory/raw"
    _guests_uimage "$build/arm64/guests/bare/again.bin" 80001000 "80${entry#40}" >"$guests_directory/outside"
    "${_guests_machine[@]}" -machine dumpdtb="$guests_directory/machine.dtb" 2>/dev/null
    {
        dtc -q -I dtb -O dts "$guests_directory/machine.dtb"
        printf '/ { chosen {\n#address-cells = <2>;\n#size-cells = <2>;\n'
        for kernel in elf gzip raw outside; do
            _guests_image=$guests_directory/$kernel _guests_address=$address _guests_domain $kernel 1 0 1 ""
            loaders+=(-device "loader,file=$guests_directory/$kernel,addr=$address,force-raw=on")
            address=$(printf '%#x' $((address + 0x200000)))
        done
        printf '}; };\n'
    } >"$guests_directory/board.dts"
    dtc -q -I dts -O dtb -o "$guests_directory/board.dtb" "$guests_directory/board.dts"
    : >"$guests_directory/serial"
    "${_guests_machine[@]}" -serial "file:$guests_directory/serial" -dtb "$guests_directory/board.dtb" -kernel "$build/arm64/hypervisor/trefoil" \
        "${loaders[@]}" </dev/null >"$guests_directory/stderr" 2>&1 &
    qemu=$!
    while [ "$(grep -ac 'loaded ' "$guests_directory/serial")" -lt 12 ] && [ $tries -lt 300 ] && kill -0 "$qemu" 2>/dev/null; do
        sleep 0.2
        tries=$((tries + 1))
    done
    kill -KILL "$qemu" 2>/dev/null
    wait "$qemu" 2>/dev/null
    tr -d '\r' <"$guests_directory/serial" >"$guests_directory/log"
    for kernel in elf gzip raw; do
        if [ "$(grep -c "^($kernel) loaded whole$" "$guests_directory/log")" -ge 2 ] && ! grep -q "^($kernel) loaded broken" "$guests_directory/log"; then
            report ok "guests/kernel_$kernel"
        else
            report FAILED "guests/kernel_$kernel" "$guests_directory/log"
        fi
    done
    if grep -q '^(trefoil) /chosen/outside: memory: 65536 KiB do not hold a kernel of .* at 0x80001000, where RAM is from 0x40000000 on' "$guests_directory/log"; then
        report ok guests/kernel_outside
    else
        report FAILED guests/kernel_outside "$guests_directory/log"
    fi
}

# Boards, and with which options of the hypervisor.
_guests_runs="alone
quiet
counted
pair
channel
channel xsm=silo
model
model xsm=dummy
shared
shared xsm=silo"

# run_guest_tests: each test of the table is one here.
run_guest_tests() {
    local board options verdict name what _guests_peer=0 _guests_bootargs
    _guests_prepare
    while read -r board options; do
        _guests_bootargs=
        [ "$options" != xsm=dummy ] || _guests_bootargs="dummy=1"
        guests_directory=$build/guests/$board${options:+-$options}
        progress "guests/$board${options:+ $options}"
        _guests_boot "$build/arm64/hypervisor/trefoil" "$options" "$board"
        while read -r verdict name what; do
            report "$verdict" "guests/$name${options:+ $options}" "$what"
        done < <(_guests_results "$board")
    done <<<"$_guests_runs"
    _guests_bootargs=
    progress guests/kernels
    _guests_kernels
    progress guests/watchdog
    _guests_watchdog 1
    _guests_watchdog 2
    progress guests/hardware_watchdog
    _guests_hardware_watchdog
}

# run_guest_tests_on_xen: on Xen each test has the result that docs/differences.md says: passed, unless it has a row there.
run_guest_tests_on_xen() {
    local xen=$sysroot/boot/xen-4.17-arm64 board policy verdict name what listed _guests_peer=1
    _guests_prepare
    [ -e "$xen" ] || _unpack xen-hypervisor-4.17-arm64 || true
    if [ ! -e "$xen" ]; then
        report skipped guests-on-xen "Debian's Xen could not be downloaded"
        return
    fi
    for board in alone pair channel; do
        # Xen has no pairs that the tree declares.
        policy=dummy
        [ "$board" != channel ] || policy=silo
        guests_directory=$build/guests/xen-$board
        progress "guests-on-xen/$board"
        _guests_boot "$xen" "console=dtuart dtuart=/pl011@9000000 bootscrub=0 guest_loglvl=all/all xsm=$policy" "$board"
        while read -r verdict name what; do
            listed=no
            ! grep -q "^| \`$name\` |" "$top/docs/differences.md" || listed=yes
            case $verdict$listed in
            okno | FAILEDyes | skippedyes) report ok "guests-on-xen/$name" ;;
            okyes) report FAILED "guests-on-xen/$name" "as here, but docs/differences.md has a row for it" ;;
            skippedno) report skipped "guests-on-xen/$name" "$what" ;;
            *) report FAILED "guests-on-xen/$name" "$what, and docs/differences.md has no row for it" ;;
            esac
        done < <(_guests_results "$board")
    done
}
