# SPDX-License-Identifier: MIT
drivers_sources =
