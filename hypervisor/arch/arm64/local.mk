# SPDX-License-Identifier: MIT
arch_arm64_sources =
