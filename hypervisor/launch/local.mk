# SPDX-License-Identifier: MIT
launch_sources =
