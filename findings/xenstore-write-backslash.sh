#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   xenstore-write stores its argument as it is, and xenstore-read prints the value as it is: what a script writes and reads.
# Is so:   both translate. Writing takes backslashes for escapes, so a value such as DOMAIN\name or C:\new is stored changed, without a word; reading
#          prints tabs, line feeds and each byte above 0x7e as escapes, so that one is not what a program in the domain reads. -R turns it off,
#          for either, and only where both have it the value comes through.
# Seen:    xenstore-utils 4.17.7 (Debian 12, amd64; the machine's hypervisor is played by a few functions), 2026-11-27: the lines below
source "$(dirname "$0")/../scripts/findings.sh"
unpack_xlutil
unpack "xenstore-utils=$xlutil_version"
start_xenstored

# stored VALUE [OPTION]: what is stored of it, in hexadecimal.
stored() {
    # shellcheck disable=SC2086
    xenstore-write ${2:-} /value "$1"
    xenstore-read -R /value | od -An -tx1 | tr -d ' \n'
}
seen 'C:\new, 6 characters' "433a0a6577" "$(stored 'C:\new')"
seen 'the same with -R' "433a5c6e6577" "$(stored 'C:\new' -R)"
seen 'read without -R' 'C:\\new' "$(xenstore-read /value)"
seen 'a name with an umlaut, read' 'M\xc3\xbcller' "$(xenstore-write /value 'Müller'; xenstore-read /value)"
finish
