# SPDX-License-Identifier: MIT
hypervisor_lib_sources =
