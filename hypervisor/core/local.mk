# SPDX-License-Identifier: MIT
core_sources =
