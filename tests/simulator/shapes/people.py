# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, their devices, accounts, and clouds."""

from __future__ import annotations

from typing import Any

from .basics import HOUR, SEED_TIME, Row, digest, iso, spaced


def user(user_id: int, **fields: Any) -> Row:
    """Return a User of the contract."""
    moment = iso(SEED_TIME + user_id * HOUR)
    return {
        "id": user_id,
        "email": f"user{user_id}@example.com",
        "primary_account_id": 139,
        "locked": False,
        "access_profile": {
            "account_profile": {"can_create_stack": True, "can_admin_users": False, "default_roles": ["Viewer"]},
            "stack_profiles": [],
        },
        "uses_tfa": user_id % 2 == 0,
        "timezone": "UTC",
        "has_valid_phone": False,
        "developer_program": False,
        "github_login": False,
        "last_login": moment,
        "devices": [],
        "created_at": moment,
        "updated_at": moment,
        "cloud_status": "healthy",
        **fields,
    }


def device(moment: float, **fields: Any) -> Row:
    """Return a Device of the contract. `fields` contains token, device_type and sub_type."""
    return {
        **fields,
        "enabled": True,
        "created_at": spaced(moment),
        "updated_at": spaced(moment),
        "created_at_iso": iso(moment),
        "updated_at_iso": iso(moment),
    }


def account(account_id: int, **fields: Any) -> Row:
    """Return an Account of the contract, without the fields that depend on the caller."""
    return {
        "id": account_id,
        "owner": "owner@example.com",
        "friendly_name": None,
        "used_clouds": ["digitalocean"],
        "created_at_iso": iso(SEED_TIME),
        "updated_at_iso": iso(SEED_TIME),
        "configstore_namespace": f"account-{account_id}",
        **fields,
    }


def cloud(name: str, display_name: str, regions: dict[str, str], sizes: dict[str, str]) -> Row:
    """Return a Cloud of the contract."""
    return {
        "name": name,
        "display_name": display_name,
        "key_name": "default",
        "regions": [{"id": key, "name": text} for key, text in regions.items()],
        "server_sizes": [{"id": key, "name": text} for key, text in sizes.items()],
    }


def image_repository(number: int, **fields: Any) -> Row:
    """An ImageRepository of the contract, with the password that is never returned."""
    return {
        "id": number,
        "url": f"https://registry-{number}.example.com",
        "username": "deploy",
        "email": "deploy@example.com",
        "password": f"password of {number}",
        "created_at_iso": iso(SEED_TIME),
        "updated_at_iso": iso(SEED_TIME),
        **fields,
    }


def gateway(number: int, **fields: Any) -> Row:
    """A Gateway of the contract, with the private key that is never returned."""
    return {
        "id": number,
        "name": f"gateway_{number}",
        "username": "ec2-user",
        "address": f"203.0.113.{number % 256}",
        "private_ip": None,
        "ttl": None,
        "content": None,
        "created_at_iso": iso(SEED_TIME),
        "updated_at_iso": iso(SEED_TIME),
        "created_by": "owner@example.com",
        "updated_by": "owner@example.com",
        **fields,
    }


def failover_group(number: int, **fields: Any) -> Row:
    """A FailoverGroup of the contract, without the names of its stacks."""
    return {
        "uid": f"fg-{digest(f'failover group {number}')}",
        "address": f"958-797-{number}.cloud66.net",
        "current_stack": 1,
        "primary_stack_uid": None,
        "secondary_stack_uid": None,
        "busy_toggling": False,
        "readonly": False,
        "created_at": iso(SEED_TIME),
        "updated_at": iso(SEED_TIME),
        **fields,
    }


def dns_provider(number: int, **fields: Any) -> Row:
    """A DnsProvider of the contract."""
    row = {"type": "Cloudflare", "key": f"Cloudflare {number}", **fields}
    return {
        "uuid": f"dp-{digest(f'DNS provider {number}')}",
        "display_name": f"{row['type']} ({row['key']})",
        "created_at": iso(SEED_TIME),
        "updated_at": iso(SEED_TIME),
        **row,
    }
