# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one of each thing looks like. The same number gives the same thing in every run."""

from __future__ import annotations

from .basics import HOUR, SEED_TIME, Row, digest, digest_number, iso, spaced
from .config import RULE_ENDS, env_var, env_vars, firewall_rule, firewall_rules, old_value
from .fleet import backup, private_key, server, stack
from .people import account, cloud, device, user
from .work import action

__all__ = [
    "HOUR",
    "RULE_ENDS",
    "SEED_TIME",
    "Row",
    "account",
    "action",
    "backup",
    "cloud",
    "device",
    "digest",
    "digest_number",
    "env_var",
    "env_vars",
    "firewall_rule",
    "firewall_rules",
    "iso",
    "old_value",
    "private_key",
    "server",
    "spaced",
    "stack",
    "user",
]
