# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration files of a stack."""

from __future__ import annotations

from .. import shapes
from ..answers import ApiError
from ..shapes import Row
from ..world import World
from . import Call, change, must_find, operation, start, the_email, the_stack


@operation("list_configurations")
def list_configurations(world: World, call: Call) -> list[Row]:
    return world.configurations[the_stack(world, call)["uid"]]


@operation("get_configuration")
def get_configuration(world: World, call: Call) -> Row:
    return _by_type(world, call)


@operation("update_configuration")
def update_configuration(world: World, call: Call) -> Row:
    """Update a configuration. must_apply has no effect if can_apply is false."""
    row, body = _by_type(world, call), call.body
    user, must_apply = the_email(world, call), body.get("must_apply", False) and row["can_apply"]
    call.notes.update(configuration=row["type"], applied=must_apply)

    def store() -> None:
        moment = shapes.iso(world.now())
        row.update(body=body["body"], comments=body.get("commit_message"), changed_by=user, updated_at=moment)
        if must_apply:
            _apply(world, call, row)

    return change(world, call, "configuration-update", store)


@operation("apply_configuration")
def apply_configuration(world: World, call: Call) -> Row:
    row = _by_type(world, call)
    if not row["can_apply"] and world.settings.apply_unable == "conflict":
        raise ApiError(409, f"The configuration {row['type']} cannot be applied")
    call.notes.update(configuration=row["type"], applied=row["can_apply"])
    return start(world, call, "configuration-apply", (lambda: _apply(world, call, row)) if row["can_apply"] else None)


def _by_type(world: World, call: Call) -> Row:
    return must_find(world.configurations[the_stack(world, call)["uid"]], "type", call.path["type"])


def _apply(world: World, call: Call, row: Row) -> None:
    world.applied[f"{call.path['stack_id']}/{row['type']}"] = row["body"]
