#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   NOCROSSREFS_TO(.boot .text) in a linker script forbids what is in .text to refer to what is in .boot. A symbol that the script
#          sets between its sections, to mark where the image begins or .boot ends, is in neither, so who refers to it is let be.
# Is so:   such a symbol counts as of a section beside it, and which one depends on what stands between. One that is set before .boot counts
#          as of .boot, though it is at the address where the whole image begins: a reference from .text is an error. One that is set right behind .boot
#          counts as of .boot, too, but behind an alignment, of the section that follows: no error. nm shows the same.
# Seen:    binutils-x86-64-linux-gnu 2.40-2 (Debian 12, amd64), 2026-11-28: the lines below
source "$(dirname "$0")/../scripts/findings.sh"
unpack binutils-x86-64-linux-gnu=2.40-2 libbinutils=2.40-2 libctf0=2.40-2
unpack_libraries "$work/root/usr/bin/x86_64-linux-gnu-ld.bfd" libjansson4 zlib1g libzstd1

cat >"$work/image.lds" <<'END'
NOCROSSREFS_TO(.boot .text)
SECTIONS {
    . = 0x100000;
    image_start = .;
    .boot : { *(.boot) inside = .; }
    boot_end = .;
    . = ALIGN(4096);
    text_start = .;
    .text : { *(.text) }
}
END

# refer SYMBOL: what ld says when .text refers to it.
refer() {
    printf '.section .boot, "ax"\n.globl once\nonce: ret\n.text\n.quad %s\n' "$1" | x86_64-linux-gnu-as -o "$work/object.o" -
    x86_64-linux-gnu-ld.bfd -T "$work/image.lds" -o "$work/image" "$work/object.o" >"$work/said" 2>&1
    grep -o 'prohibited cross reference.*' "$work/said" || echo "nothing"
}

seen "a function of .boot" "prohibited cross reference from .text to \`once' in .boot" "$(refer once)"
seen "the symbol inside" "prohibited cross reference from .text to \`inside' in .boot" "$(refer inside)"
seen "the one before" "prohibited cross reference from .text to \`image_start' in .boot" "$(refer image_start)"
seen "the one behind" "prohibited cross reference from .text to \`boot_end' in .boot" "$(refer boot_end)"
seen "the one behind the alignment" "nothing" "$(refer text_start)"
finish
