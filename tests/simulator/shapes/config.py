# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stack's configuration: firewall rules, environment variables, settings, files, certificates and tags."""

from __future__ import annotations

import hashlib
from typing import Any

from .basics import HOUR, SEED_TIME, Row, digest, digest_number, iso, offset

RULE_ENDS = ("from_ip", "from_group_id", "from_server_id", "to_ip", "to_group_id", "to_server_id")


def firewall_rule(rule_id: int, moment: float, **fields: Any) -> Row:
    """Return a FirewallRule of the contract."""
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
    """Return the initial rules of a stack: two static ones, a dynamic one and a user's."""
    rules: list[Row] = [
        {"from_ip": "0.0.0.0/0", "to_group_id": 128, "port": 80, "rule_type": "static"},
        {"from_ip": "0.0.0.0/0", "to_group_id": 128, "port": 443, "rule_type": "static"},
        {"from_group_id": 128, "to_group_id": 129, "port": 3306, "rule_type": "dynamic", "comments": "MySQL"},
        {"from_ip": "203.0.113.66", "to_group_id": 129, "port": 3306},
    ]
    first = digest_number(f"firewall {stack_uid}")
    return [firewall_rule(first + number, SEED_TIME, **fields) for number, fields in enumerate(rules)]


def env_var(var_id: int, key: str, value: str, moment: float, **fields: Any) -> Row:
    """Return an EnvironmentVariable of the contract, never changed."""
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
    """Return an EnvironmentVariableVersion of the contract."""
    return {"key": number, "value": value, "created_at": iso(moment), "updated_at": iso(moment)}


def env_vars(stack_uid: str, branch: str | None) -> list[Row]:
    """Return the initial variables of a stack: generated ones and a user's."""
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


SERVICE_YAML = "services:\n  web:\n    git_url: https://git.example.com/app.git\n    ports:\n      - 3000:80:443\n"
MANIFEST_YAML = "production:\n  docker:\n    configuration:\n      version: 1.2.3\n"


def setting(key: str, value: Any, **fields: Any) -> Row:
    """Return a Setting of the contract, as in the list of a stack's settings."""
    names = {"id": key.replace(".", "-"), "key": key, "value": value}
    return {**names, "readonly": False, "hidden": False, "warning_text": "", **fields}


def stack_settings() -> list[Row]:
    """Return the settings of a stack. Those that are also fields of the stack get their values when read."""
    values: dict[str, Any] = {
        "allowed.web.source": "anywhere",
        "asset.prefix": "assets",
        "continuous.deploy": False,
        "custom.build.command": None,
        "custom.deploy.command": None,
        "db.check.backup.size": True,
        "deploy.parallel": False,
        "git.branch": None,
        "git.repository": None,
        "logrotate.app.frequency": "daily",
        "logrotate.app.keep.count": 7,
        "logrotate.server.frequency": "weekly",
        "logrotate.server.keep.count": 14,
        "maintenance.mode": False,
        "reconfigure.nginx": True,
        "run.deploy.command": True,
        "stack.name": "",
    }
    odd: dict[str, Row] = {
        "db.check.backup.size": {"readonly": True},
        "stack.name": {"warning_text": "This changes DNS names."},
    }
    return [setting(key, value, **odd.get(key, {})) for key, value in values.items()]


def server_settings() -> list[Row]:
    """Return the settings of a server, which have no id in the list."""
    row = setting("server.name", "", readonly=True, warning_text="This changes DNS names.")
    del row["id"]
    return [row]


def version(uid: str, body: str, comments: str | None, moment: float) -> Row:
    """Return a ServiceYaml or ManifestYaml of the contract."""
    return {
        "uid": uid,
        "body": body,
        "comments": comments,
        "created_at_iso": iso(moment),
        "updated_at_iso": iso(moment),
    }


def versions(stack_uid: str, kind: str, body: str) -> list[Row]:
    """Return the initial versions of a file of a stack, newest first."""
    initial = ((HOUR, body, "newer"), (0, "{}\n", None))
    return [
        version(digest(f"{kind} {stack_uid} {offset}")[:8], text, comments, SEED_TIME + offset)
        for offset, text, comments in initial
    ]


def configurations() -> list[Row]:
    """Return the initial configuration files of a stack."""
    files = (
        ("nginx", "nginx.conf", "worker_processes 1;\n", True),
        ("haproxy", "haproxy.cfg", "maxconn 1024\n", True),
        ("redis", "redis.conf", "appendonly no\n", False),
    )
    return [
        {
            "name": name,
            "type": kind,
            "body": body,
            "comments": None,
            "can_apply": can_apply,
            "changed_by": None,
            "created_at": iso(SEED_TIME),
            "updated_at": iso(SEED_TIME),
        }
        for kind, name, body, can_apply in files
    ]


def record(key: str, raw_value: str, **fields: Any) -> Row:
    """A ConfigStoreRecord of the contract; `raw_value` is base64 as a rule."""
    return {"key": key, "raw_value": raw_value, "metadata": None, "ttl": None, **fields}


def certificate(number: int, stack_uid: str, **fields: Any) -> Row:
    """An SslCertificate of the contract, installed, with what was uploaded."""
    uuid = f"ssl-{digest(f'certificate {number} of {stack_uid}')}"
    return {
        "uuid": uuid,
        "name": f"certificate-{number}",
        "server_group_id": None,
        "server_names": f"www{number}.example.com",
        "sha256_fingerprint": hashlib.sha256(uuid.encode()).hexdigest(),
        "ca_name": "Let's Encrypt",
        "type": "lets_encrypt",
        "wildcard": False,
        "dns_provider_uuid": None,
        "ssl_termination": True,
        "has_intermediate_cert": True,
        "status": 3,
        "created_at": iso(SEED_TIME),
        "updated_at": iso(SEED_TIME),
        "expires_at": iso(SEED_TIME + 90 * 24 * HOUR),
        "certificate": None,
        "key": None,
        "intermediate_certificate": None,
        **fields,
    }


def entity_tags(*tags: str, reserved: tuple[str, ...] = (), moment: float = SEED_TIME) -> Row:
    """An EntityTags of the contract, without the entity; the tags in `reserved` are the platform's."""
    rows = [{"value": value, "reserved": value in reserved} for value in (*tags, *reserved)]
    return {"tags": rows, "created_at_iso": offset(moment), "updated_at_iso": offset(moment)}


ALERTS = (
    "noticent_stack_provisioned_success",
    "noticent_stack_provisioned_failed",
    "noticent_stack_redeploy_success",
    "noticent_stack_redeploy_failed",
    "noticent_server_stopped",
    "noticent_server_back",
    "noticent_stack_update_failed",
    "noticent_stack_health_check_failed",
)


def notifications(stack_uid: str) -> list[Row]:
    """The initial Notifications of a stack: all by e-mail, failed deployments also to Slack, and one to nobody."""
    slack = f"https://hooks.slack.com/services/T0/B0/{digest(f'Slack of {stack_uid}')}"
    rows: list[Row] = [{"alert_name": name, "subscriptions": [{"channel": "email"}]} for name in ALERTS]
    rows[3]["subscriptions"].append({"channel": "slack", "slack_url": slack})
    rows[5]["subscriptions"] = []
    return rows


def stack_alerts(stack_uid: str) -> list[Row]:
    """The StackAlerts of a stack."""
    webhook = f"https://hooks.example.com/{digest(f'webhook of {stack_uid}')}"
    email = {"type": "email", "enabled": True, "recipients": ["admin@example.com"]}
    return [
        {
            "name": "deployment_success",
            "description": "Sent after a good deployment",
            "channels": [email, {"type": "webhook", "enabled": False, "webhook_url": webhook}],
            "active": True,
            "settings": {"frequency": "immediate", "threshold": 1},
        },
        {"name": "server_down", "description": None, "channels": [email], "active": False, "settings": None},
    ]
