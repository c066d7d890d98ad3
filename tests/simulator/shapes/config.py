# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stack is configured with: firewall rules, environment variables."""

from __future__ import annotations

from typing import Any

from .basics import HOUR, SEED_TIME, Row, digest_number, iso

RULE_ENDS = ("from_ip", "from_group_id", "from_server_id", "to_ip", "to_group_id", "to_server_id")


def firewall_rule(rule_id: int, moment: float, **fields: Any) -> Row:
    """A FirewallRule of the contract."""
    return {
        "id": rule_id,
        **dict.fromkeys(RULE_ENDS),
        "protocol": "tcp",
        "port": 80,
        "rule_type": "user",
        "comments": None,
        "created_at": iso(moment),
        "updated_at": iso(moment),
        **fields,
    }


def firewall_rules(stack_uid: str) -> list[Row]:
    """The rules that a stack starts with: two that it always has, one of the platform, one of a person."""
    rules: list[Row] = [
        {"from_ip": "0.0.0.0/0", "to_group_id": 128, "port": 80, "rule_type": "static"},
        {"from_ip": "0.0.0.0/0", "to_group_id": 128, "port": 443, "rule_type": "static"},
        {"from_group_id": 128, "to_group_id": 129, "port": 3306, "rule_type": "dynamic", "comments": "MySQL"},
        {"from_ip": "203.0.113.66", "to_group_id": 129, "port": 3306},
    ]
    first = digest_number(f"firewall {stack_uid}")
    return [firewall_rule(first + number, SEED_TIME, **fields) for number, fields in enumerate(rules)]


def env_var(var_id: int, key: str, value: str, moment: float, **fields: Any) -> Row:
    """An EnvironmentVariable of the contract, which nobody has changed yet."""
    return {
        "id": var_id,
        "key": key,
        "value": value,
        "readonly": False,
        "created_at": iso(moment),
        "updated_at": iso(moment),
        "is_password": False,
        "is_generated": False,
        "history": [],
        **fields,
    }


def old_value(number: int, value: str, moment: float) -> Row:
    """An EnvironmentVariableVersion of the contract."""
    return {"key": number, "value": value, "created_at": iso(moment), "updated_at": iso(moment)}


def env_vars(stack_uid: str, branch: str | None) -> list[Row]:
    """The variables that a stack starts with: some of the platform's, some of a person's."""
    password = f"pw-{digest_number(stack_uid)}"
    generated, fixed = {"is_generated": True}, {"is_generated": True, "readonly": True}
    values: list[tuple[str, str, Row]] = [
        ("STACK_GIT_BRANCH", branch or "", {**fixed, "history": [old_value(1, "develop", SEED_TIME)]}),
        ("STACK_BASE", stack_uid[:8], fixed),
        ("MYSQL_PASSWORD", password, {**generated, "is_password": True}),
        ("MYSQL_URL", f"mysql2://app:{password}@10.0.0.1/app", {**generated, "is_password": True}),
        ("RAILS_ENV", "production", generated),
        ("LOG_LEVEL", "info", {"history": [old_value(1, "debug", SEED_TIME), old_value(2, "warn", SEED_TIME + HOUR)]}),
        ("WEB_CONCURRENCY", "4", {}),
        ("API_SECRET", f"secret of {stack_uid}", {"is_password": True}),
    ]
    first = digest_number(f"env vars {stack_uid}")
    return [
        env_var(first + number, key, value, SEED_TIME, **fields) for number, (key, value, fields) in enumerate(values)
    ]
