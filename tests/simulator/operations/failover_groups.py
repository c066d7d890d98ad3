# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failover groups, which switch between two stacks in the background."""

from __future__ import annotations

from .. import shapes
from ..answers import ApiError
from ..shapes import Row
from ..world import World, find
from . import Call, must_find, operation, the_account_id

STACKS = ("primary_stack_uid", "secondary_stack_uid")
WORDS = {1: "primary", 2: "secondary"}


@operation("list_failover_groups")
def list_failover_groups(world: World, call: Call) -> list[Row]:
    return [_shown(world, row) for row in _all(world, call)]


@operation("create_failover_group")
def create_failover_group(world: World, call: Call) -> Row:
    """The setting duplicate_failover_groups decides about a second one with the same primary stack."""
    wanted = _stacks(world, call, {})
    known = [row["primary_stack_uid"] for row in _all(world, call)]
    if world.settings.duplicate_failover_groups == "conflict" and wanted.get("primary_stack_uid") in known:
        raise ApiError(409, "There is a failover group with this primary stack")
    current = call.body.get("current_stack")
    fields = {**wanted, "current_stack": current or 1, "created_at": shapes.iso(world.now())}
    _check(fields, current)
    world.add_failover_group(the_account_id(world, call), **fields)
    return {"ok": True, "message": "Failover Group created"}


@operation("update_failover_group")
def update_failover_group(world: World, call: Call) -> Row:
    """A key that is left out or null is kept; an empty text detaches the stack."""
    row = _writable(world, call)
    wanted, current = _stacks(world, call, row), call.body.get("current_stack")
    _check({**row, **wanted}, current)
    row.update(wanted, updated_at=shapes.iso(world.now()))
    if current is not None and current != row["current_stack"]:
        _switch(world, row, current)
    return {"ok": True, "message": "Failover Group created"}


@operation("delete_failover_group")
def delete_failover_group(world: World, call: Call) -> Row:
    _all(world, call).remove(_writable(world, call))
    return {"ok": True, "message": None}


def _all(world: World, call: Call) -> list[Row]:
    return world.failover_groups[the_account_id(world, call)]


def _writable(world: World, call: Call) -> Row:
    row = must_find(_all(world, call), "uid", call.path["fg_id"])
    if row["readonly"]:
        raise ApiError(403, "The failover group is read-only")
    if row["busy_toggling"] and world.settings.failover_busy == "conflict":
        raise ApiError(409, "The failover group is being switched")
    return row


def _stacks(world: World, call: Call, row: Row) -> Row:
    given = {name: call.body[name] for name in STACKS if call.body.get(name) is not None}
    for uid in filter(None, given.values()):
        if find(world.stacks, "uid", uid) is None:
            raise ApiError(400, "There is no such stack")
    return {name: uid or None for name, uid in given.items()}


def _check(row: Row, current: int | None) -> None:
    primary, secondary = (row.get(name) for name in STACKS)
    if primary and primary == secondary:
        raise ApiError(400, "The two stacks must differ")
    if current is not None and not row.get(f"{WORDS[current]}_stack_uid"):
        raise ApiError(400, f"There is no {WORDS[current]} stack")


def _switch(world: World, row: Row, current: int) -> None:
    """Let traffic go to the other stack (settings failover_seconds and failover_visible)."""
    row["busy_toggling"] = True
    if world.settings.failover_visible == "start":
        row["current_stack"] = current

    def end() -> None:
        row.update(busy_toggling=False, current_stack=current)

    world.schedule.at(world.now() + world.settings.failover_seconds, end)


def _shown(world: World, row: Row) -> Row:
    names = {}
    for name in STACKS:
        stack = find(world.stacks, "uid", row[name])
        names[name.replace("_uid", "_name")] = stack["name"] if stack else None
    current = WORDS[row["current_stack"]] if world.settings.failover_current == "word" else row["current_stack"]
    return {**row, **names, "current_stack": current}
