# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases of server groups, and their users."""

from __future__ import annotations

from .. import shapes
from ..answers import ApiError
from ..shapes import Row
from ..world import World
from . import Call, change, operation, the_stack


def _more_databases(world: World, call: Call) -> None:
    world.databases[_group(world, call)].insert(0, shapes.database("more"))


def _more_users(world: World, call: Call) -> None:
    world.database_users[_group(world, call)].insert(0, shapes.database_user("more"))


@operation("list_databases", grow=_more_databases)
def list_databases(world: World, call: Call) -> list[Row]:
    return world.databases[_group(world, call)]


@operation("list_database_users", grow=_more_users)
def list_database_users(world: World, call: Call) -> list[Row]:
    """The passwords are only shown on request."""
    shown = call.query.get("show_password") == "true"
    rows = world.database_users[_group(world, call)]
    return [{name: value for name, value in row.items() if shown or name != "password"} for row in rows]


@operation("create_database")
def create_database(world: World, call: Call) -> Row:
    group, name = _group(world, call), call.body["database_name"]
    _refuse_known(world.databases[group], "name", name)
    users = _chosen(world.database_users[group], call.body.get("database_user_ids", []))

    def add() -> None:
        world.databases[group].append(shapes.database(name, *(user["username"] for user in users)))
        for user in users:
            user["databases"].append(name)

    return change(world, call, "create_database", add)


@operation("create_database_user")
def create_database_user(world: World, call: Call) -> Row:
    group, name = _group(world, call), call.body["username"]
    _refuse_known(world.database_users[group], "username", name)
    databases = _chosen(world.databases[group], call.body.get("database_ids", []))
    user_type = call.body.get("user_type", "application")

    def add() -> None:
        names = (database["name"] for database in databases)
        world.database_users[group].append(shapes.database_user(name, *names, user_type=user_type))
        for database in databases:
            database["users"].append(name)

    return change(world, call, "create_database_user", add)


def _group(world: World, call: Call) -> str:
    """The key of the path's server group, which must be one of database servers."""
    stack, number = the_stack(world, call)["uid"], call.path["server_group_id"]
    servers = [row for row in world.servers[stack] if row["server_group_id"] == number]
    if not servers:
        raise ApiError(404)
    if not any("db" in row["server_roles"] for row in servers):
        raise ApiError(400, "This is not a database server group")
    return f"{stack}/{number}"


def _chosen(rows: list[Row], uids: list[object]) -> list[Row]:
    found = [row for row in rows if row["uid"] in uids]
    if len(found) < len(uids):
        raise ApiError(400, "An id is unknown")
    return found


def _refuse_known(rows: list[Row], key: str, value: str) -> None:
    if any(row[key] == value for row in rows):
        raise ApiError(409, "This exists already")
