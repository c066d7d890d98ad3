# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stacks, servers and backups."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from .basics import HOUR, SEED_TIME, Row, digest, iso, spaced, uuid

ANIMALS = ("Lion", "Caribou", "Otter", "Falcon", "Badger", "Heron", "Lynx", "Marmot", "Osprey", "Puffin")
ROLES = (
    ["rails", "web", "app"],
    ["mysql", "db"],
    ["postgresql", "db"],
    ["redis", "cache"],
    ["haproxy", "loadbalancer"],
)
CLOUDS = ("DigitalOcean", "AWS", "Hetzner")
ENVIRONMENTS = ("production", "staging", "development")


def stack_address(name: str) -> str:
    """Return the DNS name of a stack."""
    return f"{name.lower().replace(' ', '_')}.dev.c66.me"


def server_address(name: str, stack_uid: str) -> str:
    """Return the DNS name of a server."""
    return f"{name.lower()}.{stack_uid[:8]}.dev.c66.me"


def stack(number: int, **fields: Any) -> Row:
    """Return a Stack of the contract."""
    name = fields.get("name", f"app-{number:04d}")
    uid = fields.get("uid", digest(f"stack {number}"))
    created, updated = SEED_TIME + number * HOUR, SEED_TIME + (number + 5) * HOUR
    slug = name.lower().replace(" ", "_")
    return {
        "uid": uid,
        "name": name,
        "git": f"https://git.example.com/{slug}.git",
        "git_branch": ("main", "master", "release")[number % 3],
        "environment": ENVIRONMENTS[number % 3],
        "cloud": CLOUDS[number % 3],
        "fqdn": stack_address(name),
        "language": "ruby",
        "framework": ("rails", "docker")[number % 2],
        "status": (1, 1, 1, 2, 6)[number % 5],
        "health": (3, 3, 3, 2, 1)[number % 5],
        "last_activity": iso(updated),
        "last_activity_iso": iso(updated),
        "maintenance_mode": False,
        "has_loadbalancer": False,
        "created_at": spaced(created),
        "updated_at": spaced(updated),
        "created_at_iso": iso(created),
        "updated_at_iso": iso(updated),
        "deploy_directory": f"/var/deploy/{slug}",
        "cloud_status": "healthy",
        "redeploy_hook": f"https://hooks.cloud66.com/stacks/redeploy/{uid}/{digest('hook ' + uid)}",
        "account_id": 139,
        "configstore_namespace": uuid(f"namespace {uid}"),
        "is_busy": False,
        "is_cluster": False,
        "is_inside_cluster": False,
        **fields,
    }


def server(stack_uid: str, number: int, **fields: Any) -> Row:
    """Return a Server of the contract, without its private key (see `private_key`)."""
    uid = fields.get("uid", digest(f"server {number} of {stack_uid}"))
    block = int(uid[:4], 16)
    public = f"198.{18 + block % 2}.{block // 256}.{number % 250 + 1}"
    round_trip = number // len(ANIMALS)
    name = fields.get("name", ANIMALS[number % len(ANIMALS)] + (f"-{round_trip + 1}" if round_trip else ""))
    moment = iso(SEED_TIME + number * 60)
    return {
        "uid": uid,
        "vendor_uid": str(2492780 + block),
        "name": name,
        "address": public,
        "distro": "ubuntu",
        "distro_version": "24.04",
        "dns_record": server_address(name, stack_uid),
        "user_name": "root",
        "server_type": "Cloud (DigitalOcean) ",
        "server_roles": list(ROLES[number % len(ROLES)]),
        "server_group_id": 128 + number % len(ROLES),
        "stack_uid": stack_uid,
        "has_agent": True,
        "params": {"size": "2gb", "region": "ams3", "ips": [public], "cached_cores": 1, "cached_memory": 1042336972},
        "created_at": moment,
        "updated_at": moment,
        "region": "ams3",
        "availability_zone": None,
        "ext_ipv4": public,
        "ext_ipv6": None,
        "int_ipv4": f"10.{block // 256}.{block % 256}.{number % 250 + 1}",
        "int_ipv6": None,
        "health_state": (3, 3, 3, 2)[number % 4],
        "personal_key": False,
        "notifications": {},
        "has_deploy_gateway": False,
        "deploy_gateway_address": None,
        "deploy_gateway_user_name": None,
        "is_kubernetes_master": False,
        **fields,
    }


def server_groups(servers: list[Row]) -> list[Row]:
    """Return the ServerGroups of the contract to which servers belong."""
    roles = {server["server_group_id"]: server["server_roles"][0] for server in servers if server["server_group_id"]}
    groups: list[Row] = []
    for number, role in sorted(roles.items()):
        equal = sum(group["type"] == role for group in groups)
        name = f"{role.capitalize()} Server{f' {equal + 1}' if equal else ''}"
        groups.append(
            {"id": number, "name": name, "type": role, "created_at": iso(SEED_TIME), "updated_at": iso(SEED_TIME)}
        )
    return groups


def private_key(server_uid: str) -> str:
    """Return a placeholder that looks like a private key, different for each server."""
    noise = b"".join(hashlib.sha256(f"{server_uid} {line}".encode()).digest() for line in range(24))
    lines = base64.encodebytes(noise).decode().replace("\n", "")
    body = "\n".join(lines[start : start + 64] for start in range(0, len(lines), 64))
    return f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n"


BACKUP_TIMES = ("backup_date_iso", "created_at_iso", "updated_at_iso")


def backup(backup_id: int, server_uid: str | None, number: int, **fields: Any) -> Row:
    """Return a Backup of the contract, for the run in hour `number`."""
    moment = SEED_TIME + number * HOUR
    db_type = fields.get("db_type", "mysql")
    failed = number % 11 == 7
    return {
        "id": backup_id,
        "server_uid": server_uid,
        "db_type": db_type,
        "database_name": f"{db_type}_production",
        "file_base": "",
        "backup_date_iso": iso(moment),
        "backup_status": int(failed),
        "backup_result": "dump failed: disk full" if failed else "",
        "restore_status": 0,
        "restore_result": None,
        "created_at_iso": iso(moment),
        "updated_at_iso": iso(moment),
        "verify_status": 0 if failed else (2, 0, 4)[number % 3],
        "verify_result": None,
        "storage_path": f"{digest(str(server_uid))}/backups/{db_type}/{digest(str(backup_id))}",
        "skip_tables": "",
        "backup_size": 0 if failed else 1_048_576 + 4096 * number,
        "logical_backup": True,
        **fields,
    }
