# SPDX-License-Identifier: MIT
# QEMU's virt machine as a board: a disk, which is app's, and a network.
# shellcheck shell=bash

disks=(demo:disk)
network=yes
