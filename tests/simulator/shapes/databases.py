# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases and their users."""

from __future__ import annotations

from .basics import SEED_TIME, Row, digest, iso


def database(name: str, *users: str) -> Row:
    """Return a Database of the contract."""
    more = {"charset": "utf8mb4", "collation": "utf8mb4_unicode_ci", "size_bytes": 0, "created_at": iso(SEED_TIME)}
    return {"uid": f"db_{digest(name)[:6]}", "name": name, **more, "users": list(users)}


def database_user(username: str, *databases: str, user_type: str = "application") -> Row:
    """Return a DatabaseUser of the contract, with its password."""
    more = {"user_type": user_type, "password": f"password-of-{username}", "created_at": iso(SEED_TIME)}
    return {"uid": f"user_{digest(username)[:6]}", "username": username, "databases": list(databases), **more}
