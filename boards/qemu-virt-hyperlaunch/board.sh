# SPDX-License-Identifier: MIT
# The board qemu-virt with its domains in hyperlaunch's binding.
# shellcheck shell=bash

disks=(demo:disk)
network=yes
