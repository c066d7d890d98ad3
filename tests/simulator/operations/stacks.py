# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stacks, their servers, their backups and their asynchronous actions."""

from __future__ import annotations

from typing import Any

from .. import shapes
from ..seed import BACKUP_GROUP
from ..shapes import Row
from ..world import World
from . import Call, must_find, operation, the_stack

FILTERS = {
    "filter_name": "name",
    "filter_environment": "environment",
    "filter_git_repo": "git",
    "filter_git_branch": "git_branch",
}


def _matches(value: Any, wanted: str, how: str) -> bool:
    if how == "partial":
        return wanted.lower() in str(value).lower()
    return how == "ignore" or value == wanted


@operation("list_stacks", grow=lambda world, call: world.add_stack(front=True))
def list_stacks(world: World, call: Call) -> list[Row]:
    """Empty filters count as none, since Cloud 66's own client always sends all four."""
    rows = world.stacks
    if call.account_id is not None:
        rows = [row for row in rows if row["account_id"] == call.account_id]
    for parameter, key in FILTERS.items():
        wanted = call.query.get(parameter)
        if wanted:
            rows = [row for row in rows if _matches(row[key], wanted, world.settings.filter_match)]
    return rows


@operation("get_stack")
def get_stack(world: World, call: Call) -> Row:
    return the_stack(world, call)


@operation("list_servers", grow=lambda world, call: world.add_server(call.path["stack_id"], front=True))
def list_servers(world: World, call: Call) -> list[Row]:
    return world.servers[the_stack(world, call)["uid"]]


@operation("get_server")
def get_server(world: World, call: Call) -> Row:
    server = must_find(world.servers[the_stack(world, call)["uid"]], "uid", call.path["server_id"])
    if call.query.get("include_private_key"):
        return {"ssh_private_key": shapes.private_key(server["uid"]), **server}
    return server


@operation("list_backups", grow=lambda world, call: world.add_backup(call.path["stack_id"], BACKUP_GROUP))
def list_backups(world: World, call: Call) -> list[Row]:
    rows = world.backups[the_stack(world, call)["uid"]]
    if "group" in call.query:
        rows = [row for row in rows if world.backup_groups[row["id"]] == call.query["group"]]
    if "db_type" in call.query:
        rows = [row for row in rows if row["db_type"] == call.query["db_type"]]
    return rows


@operation("get_backup")
def get_backup(world: World, call: Call) -> Row:
    return must_find(world.backups[the_stack(world, call)["uid"]], "id", call.path["backup_id"])


@operation("list_stack_actions")
def list_stack_actions(world: World, call: Call) -> list[Row]:
    rows = world.actions[the_stack(world, call)["uid"]]
    wanted = call.query.get("user_reference")
    if wanted is None:
        return rows
    return [row for row in rows if row["metadata"].get("user_reference") == wanted]


@operation("get_stack_action")
def get_stack_action(world: World, call: Call) -> Row:
    return must_find(world.actions[the_stack(world, call)["uid"]], "id", call.path["id"])
