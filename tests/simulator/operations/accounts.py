# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API itself, accounts, and what belongs to an account."""

from __future__ import annotations

from ..shapes import Row
from ..world import World
from . import Call, current_account, must_find, operation, the_account_id


@operation("ping")
def ping(world: World, call: Call) -> Row:
    return {"ok": True, "message": "pong"}


@operation("ping_auth")
def ping_auth(world: World, call: Call) -> Row:
    return {"ok": True, "message": "pong"}


@operation("list_accounts")
def list_accounts(world: World, call: Call) -> list[Row]:
    return [_counted(world, call, account) for account in world.accounts]


@operation("get_account")
def get_account(world: World, call: Call) -> Row:
    account = _counted(world, call, must_find(world.accounts, "id", call.path["account_id"]))
    if call.query.get("include_servers"):
        account["unmanaged_servers"] = []
    return account


@operation("list_clouds")
def list_clouds(world: World, call: Call) -> list[Row]:
    return world.clouds


@operation("get_cloud")
def get_cloud(world: World, call: Call) -> Row:
    return must_find(world.clouds, "name", call.path["cloud_id"])


@operation(
    "list_dns_providers", grow=lambda world, call: world.add_dns_provider(the_account_id(world, call), front=True)
)
def list_dns_providers(world: World, call: Call) -> list[Row]:
    return world.dns_providers[the_account_id(world, call)]


def _counted(world: World, call: Call, account: Row) -> Row:
    stacks = sum(stack.get("account_id") == account["id"] for stack in world.stacks)
    return {**account, "stack_count": stacks, "current_account": account["id"] == current_account(world, call)}
