# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the rows of the API. The same arguments give the same row in every run."""

from __future__ import annotations

from .basics import HOUR, SEED_TIME, Row, digest, digest_number, iso, offset, spaced, uuid
from .config import (
    MANIFEST_YAML,
    RULE_ENDS,
    SERVICE_YAML,
    certificate,
    configurations,
    entity_tags,
    env_var,
    env_vars,
    firewall_rule,
    firewall_rules,
    old_value,
    record,
    server_settings,
    setting,
    stack_settings,
    version,
    versions,
)
from .databases import database, database_user
from .fleet import BACKUP_TIMES, backup, private_key, server, server_address, stack, stack_address
from .people import account, cloud, device, dns_provider, image_repository, user
from .work import CANCELLED, FAILED, SUCCEEDED, action, deployment, deployments, services

__all__ = [
    "BACKUP_TIMES",
    "CANCELLED",
    "FAILED",
    "HOUR",
    "MANIFEST_YAML",
    "RULE_ENDS",
    "SEED_TIME",
    "SERVICE_YAML",
    "SUCCEEDED",
    "Row",
    "account",
    "action",
    "backup",
    "certificate",
    "cloud",
    "configurations",
    "database",
    "database_user",
    "deployment",
    "deployments",
    "device",
    "digest",
    "digest_number",
    "dns_provider",
    "entity_tags",
    "env_var",
    "env_vars",
    "firewall_rule",
    "firewall_rules",
    "image_repository",
    "iso",
    "offset",
    "old_value",
    "private_key",
    "record",
    "server",
    "server_address",
    "server_settings",
    "services",
    "setting",
    "spaced",
    "stack",
    "stack_address",
    "stack_settings",
    "user",
    "uuid",
    "version",
    "versions",
]
