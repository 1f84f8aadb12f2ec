# SPDX-License-Identifier: MIT
# What can be said of the text alone: each check is one test, and names the places it does not like.
# shellcheck shell=bash

_files() {
    git -C "$top" ls-files -- "$@" 2>/dev/null | sed "s,^,$top/," | while read -r file; do [ -f "$file" ] && echo "$file"; done
}

# _lint NAME COMMAND...: a test that passes if COMMAND prints nothing.
_lint() {
    local name=$1 complaints
    shift
    complaints=$("$@" 2>&1)
    if [ -z "$complaints" ]; then
        report ok "lint/$name"
    else
        report FAILED "lint/$name"
        head -n 40 <<<"$complaints" | sed "s,$top/,," | sed 's/^/    | /'
    fi
}

_spdx() {
    _files | while read -r file; do
        head -n 2 "$file" | grep -q 'SPDX-License-Identifier: MIT' || case $file in */LICENSE | */debian/changelog | */debian/source/format | *.doc-base | *.md | *.json | */corpus/* | */motd) ;; *) echo "$file" ;; esac
    done
}

_format() {
    _files '*.c' '*.h' | xargs -r clang-format --dry-run -Werror 2>&1 | grep 'error:'
}

# _include_paths [ARCH]: the hypervisor has a directory of the same names for each arch.
_include_paths() {
    local directory
    for directory in hypervisor/include/arm hypervisor/core hypervisor/launch "hypervisor/arch/${1:-arm64}" xenstored xl hypervisor/arch/${1:-arm64}/include $(cd "$top" && find . -type d -name include -not -path './build/*' -not -path './.git/*' -not -path './hypervisor/arch/*') .; do
        printf -- '-I%s/%s ' "$top" "${directory#./}"
    done
    printf -- '-isystem /usr/include/libxml2 '
}

# A header that leans on what its user happened to include before it breaks the next user.
_headers() {
    local header arch
    _files '*.h' ':!tests' | while read -r header; do
        case $header in */arch/host/*) arch=host ;; *) arch=arm64 ;; esac
        # shellcheck disable=SC2046
        aarch64-linux-gnu-gcc -std=gnu11 -fsyntax-only -D_GNU_SOURCE -Wall -x c $(_include_paths $arch) -iquote "$(dirname "$header")" -I"$build/arm64" \
            -include "$header" /dev/null 2>&1 | grep -m 1 'error:'
    done
}

_function_length() {
    _files '*.c' '*.h' | xargs -r awk '
        FNR == 1 { open = 0 }
        /^\{/ { open = FNR }
        /^\}/ { if (open && FNR - open > 60) printf "%s:%d: a function of %d lines\n", FILENAME, open, FNR - open; open = 0 }'
}

_leftovers() {
    _files ':!tests/lint.sh' | xargs -r grep -nIE '\<(TODO|FIXME|XXX)\>'
}

# No preprocessor condition inside a function: variation is chosen by which file is built.
_conditionals() {
    _files '*.c' | xargs -r awk '
        /^\{/ { inside = 1 }
        /^\}/ { inside = 0 }
        inside && /^[ \t]*#[ \t]*if/ { printf "%s:%d: %s\n", FILENAME, FNR, $0 }'
}

# Where nothing is known of an arch (docs/design.md, "Rooms"), nor its words.
arch_words='gic[a-z0-9_]*|spis?|ppis?|intids?|psci|smccc?|hvc|v?mpidr|midr|v?pl0[13]1|sbsa[a-z_-]*|arm(64|v[0-9])?|aarch(32|64)|el[0-3]h?|cnt(frq|pct|vct)[a-z0-9_]*|wf[ie]|zva|redist[a-z]*|vtimer'
neutral_rooms=(hypervisor/core hypervisor/policy hypervisor/include/trefoil hypervisor/launch hypervisor/lib ':!hypervisor/launch/arm')

# Names with underscores are words, too: nr_spis is one about spis. To arm a timer is none, nor is a timer that is armed.
_arch_words() {
    local file
    _files "${neutral_rooms[@]}" | grep -E '\.(c|h|def)$' | while read -r file; do
        sed -E 's/\b(arm|arm_at|arm_slice)\(//g; s/xen,xen[a-z0-9.-]*//g' "$file" | grep -niE "(^|[^a-z0-9])($arch_words)([^a-z0-9]|\$)" | sed "s,^,$file:,"
    done
}

# Arrows run one way: what a file may include by the room that it is in.
_arrows() {
    local file header name
    _files 'hypervisor/*.c' 'hypervisor/*.h' | xargs -r grep -oE '^#include [<"][^>"]+' /dev/null | sed 's/:#include [<"]/ /' | while read -r file header; do
        name=${file#"$top"/hypervisor/}
        case $name in
        arch/*) [ ! -e "$top/hypervisor/core/$header" ] || [ -e "$top/hypervisor/arch/arm64/$header" ] || echo "$name: $header: of core, arch knows it by <trefoil/core.h>" ;;
        drivers/*) case $header in trefoil/* | *.def | rtc.h | uart.h | watchdog.h | std*.h) ;; *) echo "$name: $header: drivers know nobody" ;; esac ;;
        launch/arm/* | include/arm/*) ;;
        core/* | include/trefoil/*) case $header in xen/arch* | asm/*) [ -e "$top/hypervisor/arch/host/include/$header" ] || echo "$name: $header: of one arch alone" ;; esac ;;
        *) case $header in xen/arch* | asm/*) echo "$name: $header: of an arch" ;; esac ;;
        esac
        case $name in
        arch/*) ;;
        *) [ ! -e "$top/hypervisor/arch/arm64/$header" ] && [ ! -e "$top/hypervisor/arch/host/$header" ] || [ -e "$(dirname "$file")/$header" ] || echo "$name: $header: of an arch, known by <trefoil/arch.h>" ;;
        esac
    done
}

# A room with more than thirty sources wants wings; of tests there may be more.
_room_size() {
    _files '*.c' '*.S' ':!tests' ':!guests/bare/tests' | sed "s,^$top/,,; s,/[^/]*\$,," | sort | uniq -c | awk '$1 > 30 { print $2 ": " $1 " sources" }'
}

# Waits go by clock_ms() of <tools/clock.h>. Who says the time of day, to people or to guests, is listed here.
wall_clocks=(hypervisor/arch/host/main.c libxl/action.c libxl/events/describe.c libxl/events/events.c xenconsoled/daemon.c xenconsoled/log.c xenstored/domain/boot_tree.c xenstored/log.c xl/page/page.c xl/uptime.c)
_clocks() {
    _files '*.c' '*.h' ':!tests' ':!guests' "${wall_clocks[@]/#/:!}" | xargs -r grep -nE '\btime\((NULL|&)|gettimeofday|CLOCK_REALTIME' | sed "s,^$top/,,"
    _files '*.c' ':!tests' | xargs -r grep -l pthread_cond_timedwait | xargs -r grep -L 'condattr_setclock(&[a-z]*, CLOCK_MONOTONIC)' | sed "s,^$top/,,; s,\$,: waits by the wall clock,"
    _files libxl xl devd xenstored xenconsoled xenstore-clients | grep -E '\.c$' | xargs -r grep -nE 'clock_gettime\(CLOCK_MONOTONIC, &now\)' | sed "s,^$top/,,"
}

# The sourced parts share names with what sources them (SC2154, SC2034).
_shell() {
    # shellcheck disable=SC2046
    shellcheck -x -S warning -e SC2154,SC2034 -P "$top" $(_files build-deb demo check packaging/debian/update-trefoil 'packaging/debian/*.post*' packaging/debian/kernel-hook .ci/run scripts findings '*.sh' tests/unit/policy_cost tests/unit/policy_coverage tests/unit/policy_handlers guests/linux/init guests/linux/end guests/linux/exec guests/linux/make-initramfs guests/linux/make-disk guests/linux/dhcp guests/linux/man packaging/completion/xl ':!*.awk')
}

_cppcheck() {
    # shellcheck disable=SC2046
    _files '*.c' ':!tests' | xargs -r -P "$(nproc)" -n 20 cppcheck -q --std=c11 --platform=unix64 --enable=warning,portability --inline-suppr \
        --suppress=missingInclude --suppress=toomanyconfigs --suppress=comparePointers --suppress=unusedStructMember --error-exitcode=1 $(_include_paths) 2>&1
}

# The hypervisor and the bare guests are read as what they are, freestanding AArch64 programs; the rest as programs for Linux.
_tidy() {
    local paths
    paths=$(_include_paths)
    # shellcheck disable=SC2086,SC2046
    {
        _files 'hypervisor/*.c' 'guests/bare/*.c' ':!hypervisor/arch/host' | xargs -r -P "$(nproc)" -I{} clang-tidy --quiet {} -- --target=aarch64-linux-gnu -ffreestanding \
            -mgeneral-regs-only -std=gnu11 $paths -I"$build/arm64/hypervisor/arch/arm64"
        _files '*.c' ':!hypervisor' ':!guests/bare' ':!tests' | xargs -r -P "$(nproc)" -I{} clang-tidy --quiet {} -- -std=gnu11 -D_GNU_SOURCE '-DPACKAGE_NAME=""' '-DPACKAGE_VERSION=""' \
            $paths -I"$build/arm64"
        _files 'hypervisor/arch/host/*.c' | xargs -r -P "$(nproc)" -I{} clang-tidy --quiet {} -- -std=gnu11 -D_GNU_SOURCE $(_include_paths host)
    } 2>/dev/null | grep 'error:'
}

run_lint() {
    progress "lint"
    _lint spdx _spdx
    _lint format _format
    _lint headers _headers
    _lint function-length _function_length
    _lint conditionals _conditionals
    _lint leftovers _leftovers
    _lint arch-words _arch_words
    _lint arrows _arrows
    _lint room-size _room_size
    _lint clocks _clocks
    _lint shell _shell
    _lint cppcheck _cppcheck
    _lint tidy _tidy
}
