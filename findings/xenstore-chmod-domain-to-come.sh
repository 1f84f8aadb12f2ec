#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   a node's permissions are numbers of domains; they can name one that is not there yet, as a toolstack does that gets all ready before
#          it creates the domain.
# Is so:   as one that may read or write, yes; as the owner, no: xenstored refuses it with ENOENT, and the client says that there is no such file
#          or directory, and names the node, which is there. So a script looks for a mistake in its path.
# Seen:    xenstore-chmod and xenstored of Xen 4.17.7 (Debian 12, amd64; the machine's hypervisor is played by a few functions),
#          2026-11-27: the lines below
source "$(dirname "$0")/../scripts/findings.sh"
unpack_xlutil
unpack "xenstore-utils=$xlutil_version"
start_xenstored

xenstore-write /device/node 1
seen "a domain to come that may read" "status 0" "$(xenstore-chmod /device/node n0 r5 2>&1; echo "status $?")"
seen "one that is the owner" "xenstore-chmod: Error occurred setting permissions on '/device/node': No such file or directory" \
    "$(xenstore-chmod /device/node n5 2>&1)"
seen "the node, all the while" "1" "$(xenstore-read /device/node)"
seen "an owner that is there" "status 0" "$(xenstore-chmod /device/node n0 r0 2>&1; echo "status $?")"
finish
