# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API itself, accounts, and what belongs to an account."""

from __future__ import annotations

from ..answers import ApiError
from ..shapes import Row
from ..world import World
from . import Call, must_find, operation


@operation("ping")
def ping(world: World, call: Call) -> Row:
    return {"ok": True, "message": "pong"}


@operation("ping_auth")
def ping_auth(world: World, call: Call) -> Row:
    return {"ok": True, "message": "pong"}


@operation("list_accounts")
def list_accounts(world: World, call: Call) -> list[Row]:
    return [_counted(world, account) for account in world.accounts]


@operation("get_account")
def get_account(world: World, call: Call) -> Row:
    account = _counted(world, must_find(world.accounts, "id", call.path["account_id"]))
    if call.query.get("include_servers"):
        account["unmanaged_servers"] = []
    return account


@operation("list_clouds")
def list_clouds(world: World, call: Call) -> list[Row]:
    return world.clouds


@operation("get_cloud")
def get_cloud(world: World, call: Call) -> Row:
    return must_find(world.clouds, "name", call.path["cloud_id"])


@operation("list_image_repositories")
def list_image_repositories(world: World, call: Call) -> list[Row]:
    return world.image_repositories


@operation("get_access_ssh_key")
def get_access_ssh_key(world: World, call: Call) -> Row:
    if call.user_id not in world.ssh_keys:
        raise ApiError(404, "No key was set")
    return {"public_key": world.ssh_keys[call.user_id]}


def _counted(world: World, account: Row) -> Row:
    stacks = sum(stack["account_id"] == account["id"] for stack in world.stacks)
    return {**account, "stack_count": stacks, "current_account": account["id"] == world.accounts[0]["id"]}
