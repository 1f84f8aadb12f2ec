# SPDX-License-Identifier: MIT
policy_sources =
