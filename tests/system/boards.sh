# SPDX-License-Identifier: MIT
# ./demo with boards of one's own: what it is told, the board that new-board makes, one that has a domain more, files laid over domains'
# roots.
# shellcheck shell=bash disable=SC2154,SC2016

_boards=$system_results/own-boards
rm -rf "$_boards"
mkdir -p "$_boards"

# _demo_says WHAT STATUS REGEX ARGUMENT...: ./demo ends with that status, and says so.
_demo_says() {
    local what=$1 wanted=$2 regex=$3 status=0
    shift 3
    timeout 600 "$top/demo" "$@" >"$_boards/said" 2>&1 </dev/null || status=$?
    if [ "$status" = "$wanted" ] && grep -qE -- "$regex" "$_boards/said"; then
        report ok "$group/boards: $what"
    else
        report FAILED "$group/boards: $what" "status $status"
        tail -n 10 "$_boards/said" | sed 's/^/    | /'
    fi
}

_demo_says "a wrong option is named" 2 'unknown option --borad;' --borad x exec -- true
_demo_says "a wrong option with a value is named" 2 'unknown option --borad,' exec --borad=x -- true
_demo_says "an option without its value is named" 2 '--in needs a value' exec --in
_demo_says "a word that is none is named" 2 '^demo: exce: ' exce --quiet -- true
_demo_says "a command without -- is told of" 2 '^demo: xl: .* after --' exec xl list
_demo_says "a folder that is not there is named" 2 '--board /no/such: no such folder' --board /no/such exec -- true
_demo_says "a folder without a tree is told of" 2 'there is no board.dts' --board "$top/docs" exec -- true
_demo_says "a domain that is not there is named" 2 '--in guest: .* only hardware control app$' --no-build exec --in guest -- true
_demo_says "so is one of --overlay" 2 '--overlay guest=: .* only hardware control app$' --no-build "--overlay=guest=$top/docs" exec -- true
_demo_says "a log that cannot be written is named" 2 '--log /no/such/log: cannot be written' --no-build --log /no/such/log exec -- true
_demo_says "a CPU that QEMU does not have is named" 2 '-cpu none' --no-build --cpu none exec -- true
_demo_says "a suite whose name cannot be one is named" 2 '--suite ../sid: no name of a suite' --suite ../sid exec -- true
_demo_says "the twin has no kernel of a suite" 2 '--suite sid: not with --twin' --suite sid --twin
truncate -s 64K "$_boards/silent"
_demo_says "an image that says nothing is told of" 124 'nothing came over the serial line within 5 s' --no-build --timeout 5 --hypervisor "$_boards/silent" exec -- true
_demo_says "and where its CPUs are" 124 "CPU#1 PC=[0-9a-f]* .*PSTATE=.*(2)" --no-build --timeout 3 --hypervisor "$_boards/silent" exec -- true
TREFOIL_BUILD=$_boards/none _demo_says "that nothing was built is told" 1 'nothing was built yet: ' --no-build check
TREFOIL_BUILD=$_boards/none _demo_says "also for the twin" 1 'nothing was built yet for' --no-build --twin exec -- true

# A build of minutes says how far it is: here make is one that takes 3 s.
_boards_told=$(
    source "$top/scripts/build.sh"
    mkdir -p "$_boards/slow"
    touch "$_boards/slow/Makefile"
    # shellcheck disable=SC2317
    make() { echo "  CC       one.o"; sleep 3; }
    build_silence=1 quiet=no
    _make "$_boards/slow" all 2>&1
)
if [[ $_boards_told == *"building all: 1 files are compiled"* ]]; then
    report ok "$group/boards: a build says how far it is"
else
    report FAILED "$group/boards: a build says how far it is" "$_boards_told"
fi
_demo_says "new-board makes a board" 0 '^  .*--board .*/mine check ' new-board "$_boards/mine"
_demo_says "it does not write over one" 2 'mine: the folder is not empty' new-board "$_boards/mine"

# A domain more, with its own ramdisk out of the folder, and a name that is none of the boards'.
cp "$build/board/initramfs.cpio.gz" "$_boards/mine/root.cpio.gz"
mkdir -p "$_boards/mine/overlay/sensor-1/etc" "$_boards/over/etc"
echo "of the board" >"$_boards/mine/overlay/sensor-1/etc/of-the-board"
echo "of the command line" >"$_boards/over/etc/of-the-command-line"
cat >>"$_boards/mine/board.dts" <<'END'
/ {
    chosen {
        sensor: sensor-1 {
            DOMAIN;
            cpus = <1>;
            memory = <0 0x10000>;
            vpl011;
            kernel { KERNEL; bootargs = "console=ttyAMA0 rdinit=/init panic=1 loglevel=4 trefoil.name=sensor-1"; };
            ramdisk { RAMDISK_FILE("root.cpio.gz"); };
        };
    };
};
END
_demo_says "check prints its domains" 0 '^sensor-1 +3 ' check --board "$_boards/mine"
_demo_says "check takes arguments" 0 '"name": "sensor-1"' check --board "$_boards/mine" -- -j
_demo_says "its twin runs" 0 '^sensor-1 +3 ' --twin exec --board "$_boards/mine" -- xl list
boot boards-own --board "$_boards/mine" --in sensor-1,app,control --overlay "app=$_boards/over" --overlay "sensor-1=$_boards/over" <<'END'
step $(hostname)-files 'cat /etc/of-the-board /etc/of-the-command-line /etc/motd'
[ "$(hostname)" = control ] && step list 'xl list' && step man 'man xl xenstore-ls xenstored' && step no-man 'man nothing'
true
END
expect "a domain of any name answers" sensor-1-files '^of the board$'
expect "what the command line lays over it is there, too" sensor-1-files '^of the command line$'
expect "and in another domain" app-files '^of the command line$'
expect "which has what its board lays over it" app-files '^This file is overlay/app/etc/motd'
reject "a third has neither" control-files '^of the'
expect "manual pages are there" man '^XL\(1\) .* XL\(1\)$'
expect "and those that stand for another" man '^XENSTORE\(1\) '
expect "with the names of the commands" man '^   launch check\|make \[options\]'
reject "without roff" man '\\f|^\.[A-Z]'
expect_status "a page that is not there is told" no-man 16
expect "by its name" no-man '^No manual entry for nothing'
expect "control lists them" list '^sensor-1 +3 +64 '

sed -i 's,RAMDISK_FILE("root.cpio.gz"),RAMDISK_FILE("rot.cpio.gz"),' "$_boards/mine/board.dts"
_demo_says "a file that is not there is named with its domain" 2 'board.dts: sensor-1: rot.cpio.gz: there is no file' --no-build exec --board "$_boards/mine" -- true
sed -i '/^            vpl011;$/d' "$_boards/mine/board.dts"
_demo_says "a domain that cannot answer is told of" 2 '--in sensor-1: it has no vpl011' --no-build exec --board "$_boards/mine" --in sensor-1 -- true
printf '/ { chosen { two words = <1>; }; };\n/ { };\n' >>"$_boards/mine/board.dts"
_demo_says "a mistake in the tree is told with its line" 125 'mine/board.dts:[0-9.]+-' --no-build exec --board "$_boards/mine" -- true

# A board without a hardware domain, and so without a store.
cat >"$_boards/alone.dts" <<'END'
/delete-node/ &hardware;
&control { xen,enhanced = "no-xenstore"; };
&app { /delete-property/ xen,enhanced; };
END
_demo_says "check tells what a board without a hardware domain lacks" 0 '^note: /chosen: no domain has the hardware capability' check --ram-disk --dtb-add "$_boards/alone.dts"
boot boards-alone --in control,app --dtb-add "$_boards/alone.dts" <<'END'
[ "$(hostname)" != control ] || step list 'xl list'
[ "$(hostname)" != control ] || step up 'cat /proc/uptime'
step $(hostname)-hello 'echo hello'
END
expect "without a hardware domain control lists the others" list '^app +2 '
expect "and they talk" app-hello '^hello$'
reject "nobody waits for a store or a console that is not" log 'do not answer'

# The domain of the store does not come to be, as its kernel is none: told if there is somebody to miss it.
truncate -s 64K "$_boards/no-kernel"
cat >"$_boards/lost.dts" <<END
&hardware { kernel { trefoil,file = "$_boards/no-kernel"; }; };
&app { /delete-property/ xen,enhanced; };
END
cat "$_boards/lost.dts" - >"$_boards/lost-alone.dts" <<'END'
&control { xen,enhanced = "no-xenstore"; };
END
mkdir -p "$_boards/person/etc/trefoil"
echo "a person reads this" >"$_boards/person/etc/trefoil/motd"
for _boards_tree in lost lost-alone; do
    # As long as control waits for a store that is lost; the answer of app ends the machine.
    _boards_seconds=0
    [ "$_boards_tree" != lost ] || _boards_seconds=90
    boot "boards-$_boards_tree" --in app --dtb-add "$_boards/$_boards_tree.dts" --overlay "control=$_boards/person" <<<"sleep $_boards_seconds"
    [ "$_boards_tree" != lost ] || expect "who waits for the store in control is told" log 'init: the tools of control do not answer yet'
    expect "$_boards_tree: the hardware domain is not built" log '^.trefoil. .chosen.hardware.kernel: .*arm64 Image; the domain is left out'
    [ "$_boards_tree" = lost ] || reject "nobody misses its store" log 'in vain'
    [ "$_boards_tree" != lost ] || expect "its store is missed" log 'hardware could not be built: the other domains wait for a xenstore in vain'
done

# _boards_prompt WHAT QUIET OPTION...: at a terminal, what the other domains say at their start does not come after the prompt, or between what
# is typed there and its answer. All have started once QUIET is true in control.
_boards_prompt() {
    local said=$_boards/prompt status=0 demo what=$1 quiet=$2
    shift 2
    rm -f "$_boards/keys"
    mkfifo "$_boards/keys"
    exec 7<>"$_boards/keys"
    timeout 240 "$top/demo" --no-build "$@" <"$_boards/keys" >"$said" 2>&1 &
    demo=$!
    within_seconds 200 grep -q 'control:.*# ' "$said" || status=1
    printf 'until %s; do sleep 1; done; sleep 5; echo quiet-$((40+2))\n' "$quiet" >&7
    within_seconds 90 grep -q '^quiet-42' "$said" || status=1
    # Tab completes the command, and the domain's name; q leaves the pager.
    printf 'xl domi\tap\t | sed s/^/app-is-/\n' >&7
    within_seconds 30 grep -q '^app-is-2' "$said"
    printf 'man xl\n' >&7
    within_seconds 30 grep -q 'xl - look after the domains' "$said"
    printf 'qecho out-of-$((40+2))\n' >&7
    within_seconds 30 grep -q '^out-of-42' "$said"
    kill "$demo"
    wait "$demo"
    exec 7>&-
    tr -d '\r' <"$said" | sed -n '/^control:.*# /,/^quiet-42/p' >"$said.after"
    if [ $status = 0 ] && ! grep -q '^(' "$said.after"; then
        report ok "$group/boards: nothing comes between the prompt and who types there, $what"
    else
        report FAILED "$group/boards: nothing comes between the prompt and who types there, $what"
        tail -n 15 "$said" | sed 's/^/    | /'
    fi
    tr -d '\r' <"$said" >"$boot_directory/step-prompt"
    expect "Tab completes a command and a domain, $what" prompt '^app-is-2$'
    expect "man shows a page, $what" prompt 'XL\(1\)$'
    expect "and q leaves it, $what" prompt '^out-of-42$'
}

# within_seconds SECONDS COMMAND...
within_seconds() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.2
    done
}
_boards_prompt "from the RAM disk" 'xenstore-exists /tool/xenconsoled/domid' --ram-disk
# 4: connected. app's kernel has its disk by then, and goes on from it.
_boards_prompt "with disks and a network" '[ "$(xenstore-read /local/domain/2/device/vif/0/state)" = 4 ]'
