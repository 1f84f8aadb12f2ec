# SPDX-License-Identifier: MIT
# docs/tutorial.md but for what takes minutes, and what comes of it.
# shellcheck shell=bash disable=SC2154

current=tutorial
boot_directory=$system_results/tutorial
run_tutorial_in "$boot_directory"
cp "$boot_directory/printed" "$boot_directory/step-printed"
expect "a board that new-board makes boots" printed '^app +2 +128 '
expect "the fourth domain answers" printed '^sensor$'
expect "and has its memory" printed '^MemTotal: +[1-6][0-9]{4} kB'
expect "control lists it" printed '^sensor +3 +64 '
expect "check shows where it may run" printed '^ +3 +0 1 / all$'
expect "what is packed is loaded where the tree says" printed '^load .* 0x[0-9a-f]+ [0-9]+-ramdisk-control '
