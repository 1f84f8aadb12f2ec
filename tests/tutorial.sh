# SPDX-License-Identifier: MIT
# docs/tutorial.md, word for word: its blocks of commands, in one shell. Sourced by check.
# shellcheck shell=bash

# tutorial_blocks [slow]: the commands as one script, which says where it is; with those that take minutes only if asked for.
tutorial_blocks() {
    awk -v slow="${1:-no}" '
        /^```sh$/ || (/^```sh slow$/ && slow == "slow") { inside = 1; print "echo \"%%block " ++number "\""; next }
        /^```/ { inside = 0; next }
        inside' "$top/docs/tutorial.md"
}

# run_tutorial_in DIRECTORY [slow]: runs it there; what it prints is DIRECTORY/printed. One line for each block.
run_tutorial_in() {
    local directory=$1 number status=0 count reached
    rm -rf "$directory"
    mkdir -p "$directory"
    tutorial_blocks "${2:-}" >"$directory/script"
    (cd "$top" && board=$directory/board timeout 1500 bash -euo pipefail "$directory/script") >"$directory/printed" 2>&1 </dev/null || status=$?
    count=$(grep -c '^echo "%%block' "$directory/script")
    reached=$(grep -c '^%%block' "$directory/printed")
    for ((number = 1; number <= count; number++)); do
        if [ $number -lt "$reached" ] || [ $number = "$reached" ] && [ $status = 0 ]; then
            report ok "tutorial: block $number"
        else
            report FAILED "tutorial: block $number" "status $status"
        fi
    done
    [ $status = 0 ] || tail -n 15 "$directory/printed" | sed 's/^/    | /'
}

run_tutorial() {
    [ -e /usr/lib/u-boot/qemu_arm64/u-boot.bin ] || ensure_installed u-boot-qemu u-boot-tools
    run_tutorial_in "$build/tutorial" slow
    build_native
    boot_made_board_by_u_boot "$build/tutorial-made"
}
