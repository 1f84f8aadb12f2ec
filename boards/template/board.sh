# SPDX-License-Identifier: MIT
# How this board's machine is started; what ./demo is told goes before it. All of this may be left out.
# shellcheck shell=bash

cpus=2
memory=2048
cpu=cortex-a57

# More options for the hypervisor's command line (docs/options.md).
append=

# The machine's disks, for the hardware domain to serve: files of this folder, or demo:disk, which is a small Debian labelled app-root.
# Each run begins with them as they are; --keep-disk FILE keeps the first. The tree says which domain has which (docs/launch.md).
disks=()

# Whether the machine has a network; the hardware domain's bridge on it is xenbr0.
network=no

# More options for QEMU.
qemu_options=()
