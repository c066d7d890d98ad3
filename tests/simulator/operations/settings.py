# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of stacks and servers. They are read with types and written as strings."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..answers import ApiError
from ..shapes import Row, server_address, stack_address
from ..world import World
from . import Call, change, operation, read_only, the_server, the_stack

# Settings that are also fields of the stack.
STACK_FIELDS = {
    "git.branch": "git_branch",
    "git.repository": "git",
    "maintenance.mode": "maintenance_mode",
    "stack.name": "name",
}
BOOLEANS = {
    **dict.fromkeys(("1", "true", "on", "enable"), True),
    **dict.fromkeys(("0", "false", "off", "disable"), False),
}
NUMBER = re.compile(r"-?[0-9]{1,15}")


@operation("list_stack_settings")
def list_stack_settings(world: World, call: Call) -> list[Row]:
    return _of_stack(world, the_stack(world, call))


@operation("get_stack_setting")
def get_stack_setting(world: World, call: Call) -> Row:
    return _brief(_by_slug(_of_stack(world, the_stack(world, call)), call))


@operation("update_stack_setting")
def update_stack_setting(world: World, call: Call) -> Row:
    stack = the_stack(world, call)
    row = _by_slug(_of_stack(world, stack), call)

    def store(value: Any) -> None:
        if row["key"] in STACK_FIELDS:
            stack[STACK_FIELDS[row["key"]]] = value
        if row["key"] == "stack.name":
            stack["fqdn"] = stack_address(value)
        world.move(stack)

    return _update(world, call, row, "stack", store)


@operation("list_server_settings")
def list_server_settings(world: World, call: Call) -> list[Row]:
    return _of_server(world, the_server(world, call))


@operation("get_server_setting")
def get_server_setting(world: World, call: Call) -> Row:
    return _brief(_by_slug(_of_server(world, the_server(world, call)), call))


@operation("update_server_setting")
def update_server_setting(world: World, call: Call) -> Row:
    server = the_server(world, call)
    row = _by_slug(_of_server(world, server), call)

    def store(value: Any) -> None:
        if row["key"] == "server.name":
            for process in world.processes[server["stack_uid"]]:
                for counts in (process["servers"], process["servers_pauses"]):
                    counts.update({value: counts.pop(server["name"])} if server["name"] in counts else {})
            server.update(name=value, dns_record=server_address(value, server["stack_uid"]))

    return _update(world, call, row, "server", store)


def _of_stack(world: World, stack: Row) -> list[Row]:
    rows = world.stack_settings[stack["uid"]]
    for row in rows:
        if row["key"] in STACK_FIELDS:
            row["value"] = stack.get(STACK_FIELDS[row["key"]])
    return rows


def _of_server(world: World, server: Row) -> list[Row]:
    rows = world.server_settings[server["uid"]]
    for row in rows:
        if row["key"] == "server.name":
            row["value"] = server["name"]
    return rows


def _by_slug(rows: list[Row], call: Call) -> Row:
    row = next((row for row in rows if row["key"].replace(".", "-") == call.path["id"]), None)
    if row is None:
        raise ApiError(404)
    return row


def _brief(row: Row) -> Row:
    """Return the fields that a read of a single setting has."""
    return {"key": row["key"], "value": row["value"]}


def _update(world: World, call: Call, row: Row, kind: str, store: Callable[[Any], None]) -> Row:
    key = row["key"]
    if row["readonly"] and not (key == "server.name" and world.settings.server_name_writable):
        raise read_only(world, f"The setting {key}")
    value = _typed(world, row, call.body["value"])
    call.notes["setting"] = key

    def apply() -> None:
        row["value"] = value
        store(value)

    return change(world, call, f"{kind}-set: {key}", apply, resource_type=kind)


def _typed(world: World, row: Row, value: Any) -> Any:
    """Convert a written value to the setting's type."""
    if not isinstance(value, str) and not world.settings.setting_typed_writes:
        raise ApiError(400, "value must be a string")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(row["value"], bool) or row["key"] == "maintenance.mode":
        if text.lower() not in BOOLEANS:
            raise ApiError(400, f"value must be one of {', '.join(BOOLEANS)}")
        return BOOLEANS[text.lower()]
    if isinstance(row["value"], int):
        if not NUMBER.fullmatch(text):
            raise ApiError(400, "value must be a number")
        return int(text)
    if row["key"] in ("stack.name", "server.name") and not text.strip():
        raise ApiError(400, "value is empty")
    return text
