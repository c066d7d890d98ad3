# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stacks, their servers and their asynchronous actions."""

from __future__ import annotations

from typing import Any

from .. import shapes
from ..answers import ApiError
from ..shapes import Row
from ..world import World
from . import Call, must_find, of_account, operation, the_server, the_stack

FILTERS = {
    "filter_name": "name",
    "filter_environment": "environment",
    "filter_git_repo": "git",
    "filter_git_branch": "git_branch",
}


def _matches(value: Any, text: str, how: str) -> bool:
    if how == "partial":
        return text.lower() in str(value).lower()
    return how == "ignore" or value == text


@operation("list_stacks", grow=lambda world, call: world.add_stack(front=True))
def list_stacks(world: World, call: Call) -> list[Row]:
    """List stacks. Empty filters are ignored, because Cloud 66's own client always sends all four."""
    rows = of_account(world, call, world.stacks, "account_id")
    for parameter, key in FILTERS.items():
        text = call.query.get(parameter)
        if text:
            rows = [row for row in rows if _matches(row.get(key), text, world.settings.filter_match)]
    return rows


@operation("get_stack")
def get_stack(world: World, call: Call) -> Row:
    return the_stack(world, call)


@operation("list_servers", grow=lambda world, call: world.add_server(call.path["stack_id"], front=True))
def list_servers(world: World, call: Call) -> list[Row]:
    return world.servers[the_stack(world, call)["uid"]]


@operation("get_server")
def get_server(world: World, call: Call) -> Row:
    """Return a server, on request with its private key: from its row, World.private_keys, or a placeholder."""
    server = the_server(world, call)
    if not call.query.get("include_private_key"):
        return server
    scope = world.settings.private_key_scope
    if scope is not None and scope not in call.scopes:
        raise ApiError(403)
    key = world.private_keys.get(server["uid"]) or shapes.private_key(server["uid"])
    return {"ssh_private_key": key, **server}


@operation("list_stack_actions")
def list_stack_actions(world: World, call: Call) -> list[Row]:
    rows = world.actions[the_stack(world, call)["uid"]]
    reference = call.query.get("user_reference")
    if reference is not None and world.settings.reference_filter:
        rows = [row for row in rows if (row["metadata"] or {}).get("user_reference") == reference]
    return rows[::-1] if world.settings.action_order == "oldest" else rows


@operation("get_stack_action")
def get_stack_action(world: World, call: Call) -> Row:
    return must_find(world.actions[the_stack(world, call)["uid"]], "id", call.path["id"])
