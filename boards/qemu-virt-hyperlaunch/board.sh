# SPDX-License-Identifier: MIT
# The board qemu-virt with its domains in hyperlaunch's binding. Sourced by demo.
# shellcheck shell=bash

source "$top/boards/qemu-virt/board.sh"
board_tree=$top/boards/qemu-virt-hyperlaunch/board.dts
