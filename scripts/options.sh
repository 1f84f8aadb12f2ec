# SPDX-License-Identifier: MIT
# What ./demo is told. Sourced by it.
# shellcheck shell=bash

usage() {
    cat <<'END'
usage: ./demo [OPTION]...                      boot the board; its control domain's shell is on this terminal
       ./demo exec [OPTION]... -- COMMAND...   boot the board, run COMMAND in some of its domains, print what it prints
       ./demo build                            only build
       ./demo new-board DIR                    make DIR, a board of one's own that boots, to begin with
       ./demo check [OPTION]... [-- -j]        say what the board's tree would launch, and each mistake in it, as
                                               `xl launch check` does, and boot nothing
       ./demo pack DIR                         write into DIR what U-Boot loads to start the board: hypervisor, tree, each
                                               file, and the script that says where
       ./demo --twin                           the board's twin in place of QEMU: a shell of this machine whose
                                               programs act as the control domain; also with exec and --in
Options may come before that word or after it, and as --NAME=VALUE.

  --board DIR         a board of one's own, as docs/boards.md describes, or one that comes with Trefoil: qemu-virt (if not
                      given), qemu-virt-hyperlaunch, the same one with its domains in hyperlaunch's binding, or
                      template, what new-board makes
  --cpus N            CPUs of the machine (2)
  --memory MIB        memory of the machine (2048)
  --cpu NAME          kind of CPU (cortex-a57), as QEMU names it
  --qemu PROGRAM      another QEMU than qemu-system-aarch64
  --suite NAME        the kernel of another Debian suite than this machine's for all domains that have Debian's, as trixie
                      or sid: downloaded once, and kept below ~/.cache/trefoil/kernels/NAME
  --kernel IMAGE      an arm64 Linux Image for all domains that have Debian's, in its place; with it --suite is of no use
  --modules DIR       that kernel's modules, as in /lib/modules/RELEASE: those for Xen are loaded
  --hypervisor IMAGE  start this EL2 image in place of Trefoil
  --append OPTIONS    more options for the hypervisor's command line
  --ram-disk          app's root is a RAM disk, and nobody has disks or networks; so it is with --kernel, too
  --keep-disk FILE    the board's first disk (app's) is FILE, made if it is not there, and keeps what is written to it.
                      Without, each run begins with the disk as it was made
  --drive FILE        one more disk of the machine, for the hardware domain to serve; writes go to FILE
  --overlay DOMAIN=DIR
                      lay the files of DIR over the domain's root; may be given for several. Without DOMAIN=, over that
                      of the control domain, with exec over those of --in
  --dtb-add FILE.dts  lay a fragment over the board's device tree; may be given several times.
                      Labels: &hardware, &control, &app, and &NAME_kernel for their kernel modules
  --load FILE@ADDRESS put a file into the machine's memory, as a boot loader does with a module that --dtb-add names
  --log FILE          keep everything that came over the serial line in FILE
  --icount            count instructions instead of time (one CPU): every run is the same
  --gdb               wait for gdb on port 1234 before the first instruction
  --quiet             no progress lines
  --no-build          take everything as the last run left it

  only with exec:
  --in DOMAIN,...     domains of the board by name (the control domain); of several the output comes one after the other
  --timeout SECONDS   give up this long after QEMU's start (180)

exec ends with COMMAND's exit status, in several domains the first that is not 0; 124 if it was not over in time, 125 if
the board could not be started or its answer was damaged on the way. check ends with 1 if a domain would be left out.
A mistake in what is said here is 2.
END
}

# Which options take a value, and which do not.
_flags=" --help -h --quiet --no-build --twin --ram-disk --icount --gdb "
_valued=" --in --board --cpus --memory --cpu --qemu --suite --kernel --modules --keep-disk --drive --hypervisor --append --overlay --dtb-add --load --log --timeout "
_words=" exec build check new-board pack "

# parse ARGUMENT...: sets what is told. Called twice, as what --board names may say how its machine is, and options go before that.
parse() {
    quiet=no as_built=no as_twin=no mode='' board=qemu-virt folder='' domains=() qemu_program=qemu-system-aarch64 suite='' kernel='' modules=''
    devices=yes disk='' drive='' hypervisor='' log='' limit=180
    tree_additions=() qemu_additions=() loads=() overlays=() command=()
    while [ $# -gt 0 ]; do
        case $1 in
        --) shift; command=("$@"); break ;;
        --*=*)
            [[ $_valued == *" ${1%%=*} "* ]] || die 2 "unknown option ${1%%=*}, or it takes no value; see --help"
            _set_option "${1%%=*}" "${1#*=}"
            ;;
        -*)
            if [[ $_flags == *" $1 "* ]]; then
                _set_flag "$1"
            else
                [[ $_valued == *" $1 "* ]] || die 2 "unknown option $1; see --help"
                [ $# -ge 2 ] || die 2 "$1 needs a value; see --help"
                _set_option "$1" "$2"
                shift
            fi
            ;;
        *) _set_word "$1" ;;
        esac
        shift
    done
    mode=${mode:-shell}
}

_set_word() {
    if [[ $mode == new-board || $mode == pack ]] && [ -z "$folder" ]; then
        folder=$1
        return
    fi
    [[ $_words == *" $1 "* ]] || die 2 "$1: neither an option nor one of$_words(what exec is to run comes after --); see --help"
    [ -z "$mode" ] || die 2 "$mode and $1: only one of them"
    mode=$1
}

_set_flag() {
    case $1 in
    --help | -h) usage; exit 0 ;;
    --quiet) quiet=yes ;;
    --no-build) as_built=yes ;;
    --twin) as_twin=yes ;;
    --ram-disk) devices=no ;;
    --icount) qemu_additions+=(-icount "shift=0,sleep=off") cpus=1 ;;
    --gdb) qemu_additions+=(-s -S) ;;
    esac
}

_set_option() {
    case $1 in
    --in) IFS=, read -ra domains <<<"$2" ;;
    --board) board=$2 ;;
    --cpus) cpus=$2 ;;
    --memory) memory=$2 ;;
    --cpu) cpu=$2 ;;
    --qemu) qemu_program=$2 ;;
    --suite) suite=$2 ;;
    --kernel) kernel=$2 devices=no ;;
    --modules) modules=$2 ;;
    --keep-disk) disk=$2 ;;
    --drive) drive=$2 ;;
    --hypervisor) hypervisor=$2 ;;
    --append) append=${append:+$append }$2 ;;
    --overlay) overlays+=("$2") ;;
    --dtb-add) tree_additions+=("$2") ;;
    --load) loads+=("$2") ;;
    --log) log=$2 ;;
    --timeout) limit=$2 ;;
    esac
}

# overlay_directory VALUE: the directory in a value of --overlay, DOMAIN=DIR or DIR; overlay_domain its domain, if it has one.
overlay_directory() {
    if [ -n "$(overlay_domain "$1")" ]; then echo "${1#*=}"; else echo "$1"; fi
}
overlay_domain() {
    [[ $1 != *=* || $1 == */*=* ]] || echo "${1%%=*}"
}

# check_arguments: says what is wrong before minutes are spent on building.
check_arguments() {
    local file
    [[ $cpus =~ ^[1-8]$ ]] || die 2 "--cpus $cpus: from 1 to 8"
    [[ $memory =~ ^[0-9]+$ && $memory -ge 1024 ]] || die 2 "--memory $memory: a number of MiB, at least 1024"
    [[ $limit =~ ^[0-9]+$ ]] || die 2 "--timeout $limit: a number of seconds"
    [[ $suite =~ ^[a-z-]*$ ]] || die 2 "--suite $suite: no name of a suite of Debian, as trixie or sid"
    [ -z "$modules" ] || [ -n "$kernel" ] || die 2 "--modules $modules: only with --kernel"
    [ -z "$modules" ] || [ -d "$modules" ] || die 2 "--modules $modules: no such directory"
    [ -z "$log" ] || { : >>"$log"; } 2>/dev/null || die 2 "--log $log: cannot be written"
    [ "$as_twin" = yes ] || [ "$qemu_program" = qemu-system-aarch64 ] || command -v "$qemu_program" >/dev/null ||
        die 2 "--qemu $qemu_program: no such program"
    for file in "${overlays[@]}"; do
        [ -d "$(overlay_directory "$file")" ] || die 2 "--overlay $file: no such directory"
    done
    for file in ${hypervisor:+"$hypervisor"} ${drive:+"$drive"} ${kernel:+"$kernel"} "${tree_additions[@]}"; do
        [ -r "$file" ] || die 2 "$file cannot be read"
    done
    for file in "${loads[@]}"; do
        [[ $file =~ ^.+@0x[0-9a-fA-F]+$ && -r ${file%@*} ]] || die 2 "--load $file: not a file that can be read, @ and an address"
    done
    _check_disks
    _check_mode
}

_check_disks() {
    local file
    [ "$devices" = yes ] || [ -z "$disk$drive" ] ||
        die 2 "--keep-disk and --drive: not with --ram-disk or --kernel, nor on a board that says neither disks nor network"
    [ -z "$disk" ] || [ ${#disks[@]} -gt 0 ] || die 2 "--keep-disk $disk: this board has no disk"
    for file in "${disks[@]}"; do
        [[ $file == demo:disk || -r $(board_path "$file") ]] || die 2 "$board_directory/board.sh: disks: $(board_path "$file") cannot be read"
    done
}

_check_mode() {
    case $mode in
    exec) [ ${#command[@]} -gt 0 ] || die 2 "exec needs -- COMMAND" ;;
    check) ;;
    new-board | pack) [ -n "$folder" ] || die 2 "$mode needs the folder's name" ;;
    *) [ ${#command[@]} = 0 ] || die 2 "a command needs ./demo exec" ;;
    esac
    [ "$mode" = exec ] || [ ${#domains[@]} = 0 ] || die 2 "--in: only with exec"
    [ "$as_twin" = no ] || [[ $mode =~ ^(exec|shell)$ ]] || die 2 "--twin: not with $mode"
    [ "$as_twin" = no ] || [ -z "$suite" ] || die 2 "--suite $suite: not with --twin, where no kernel runs"
}

# check_domains: what can only be said when the tree has been read.
check_domains() {
    local name known
    [ ${#board_domains[@]} -gt 0 ] || die 2 "$board_tree: there is no domain in it"
    [ ${#domains[@]} -gt 0 ] || domains=("$board_main")
    known=" ${board_domains[*]} $(board_laid_over) "
    for name in "${domains[@]}"; do
        [[ $known == *" $name "* ]] || die 2 "--in $name: there is no such domain on this board, only ${board_domains[*]}"
        [ "$mode" != exec ] || [ "$as_twin" = yes ] || [ $((${board_roles[$name]:-2} & 2)) != 0 ] || [ "${board_uart[$name]}" = uart ] ||
            die 2 "--in $name: it has no vpl011 in $board_tree, which its answer would come out by"
    done
    for name in "${overlays[@]}"; do
        name=$(overlay_domain "$name")
        [ -z "$name" ] || [[ $known == *" $name "* ]] || die 2 "--overlay $name=: there is no such domain on this board, only ${board_domains[*]}"
    done
}
