# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes to the environment variables of a stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .. import shapes
from ..answers import ApiError
from ..dotenv import UnreadableError, variables
from ..shapes import Row
from ..world import World, find
from . import EMPTY, Call, change, must_find, operation, read_only, the_stack

KEY_EXISTS = "Another environment variable with the same key exists. Use PUT to change it."


@operation("create_environment_variable")
def create_environment_variable(world: World, call: Call) -> Row:
    """Create a variable. A key that a running action will add counts as existing."""
    uid, key, value = the_stack(world, call)["uid"], call.body["key"], call.body["value"]
    if not key.strip():
        raise ApiError(400, "key is empty")
    pending = world.coming_keys.setdefault(uid, [])
    if key in pending or find(world.env_vars[uid], "key", key):
        raise ApiError(world.settings.duplicate_key_status, KEY_EXISTS)
    pending.append(key)

    def add() -> None:
        pending.remove(key)
        _set(world, uid, key, value)

    return _change(world, call, "env-var-new", add, [key], otherwise=lambda: pending.remove(key))


@operation("update_environment_variable")
def update_environment_variable(world: World, call: Call) -> Row:
    uid, key = the_stack(world, call)["uid"], call.path["key"]
    if must_find(world.env_vars[uid], "key", key)["readonly"]:
        raise read_only(world, f"The environment variable {key}")
    return _change(world, call, "env-var-update", lambda: _set(world, uid, key, call.body["value"]), [key])


@operation("delete_environment_variable")
def delete_environment_variable(world: World, call: Call) -> Any:
    uid, key = the_stack(world, call)["uid"], call.path["key"]
    row = must_find(world.env_vars[uid], "key", key)
    if row["readonly"]:
        raise read_only(world, f"The environment variable {key}")
    if row["is_generated"]:
        raise ApiError(world.settings.readonly_status, f"The environment variable {key} is generated")
    call.notes["removed"] = [key]
    action = change(world, call, "env-var-delete", lambda: _remove(world, uid, key))
    return action if world.settings.env_delete_answer == "action" else EMPTY


@operation("replace_environment_variables")
def replace_environment_variables(world: World, call: Call) -> Row:
    return _bulk(world, call, deletes=not world.settings.bulk_patch_deletes)


@operation("merge_environment_variables")
def merge_environment_variables(world: World, call: Call) -> Row:
    return _bulk(world, call, deletes=world.settings.bulk_patch_deletes)


def _bulk(world: World, call: Call, deletes: bool) -> Row:
    """Set the variables in the text. With `deletes`, remove user variables that are not in it."""
    uid = the_stack(world, call)["uid"]
    try:
        given = variables(call.body["environments_format"], call.body["contents"])
    except UnreadableError as problem:
        raise ApiError(400, str(problem)) from problem
    rows = world.env_vars[uid]
    writable = {key: value for key, value in given.items() if _is_writable(world, find(rows, "key", key), value)}
    removed = [row["key"] for row in rows if _is_user_variable(row) and row["key"] not in given] if deletes else []

    def apply() -> None:
        for key in removed:
            _remove(world, uid, key)
        for key, value in writable.items():
            _set(world, uid, key, value)

    call.notes["removed"] = removed
    return _change(world, call, "env-var-bulk", apply, _changed(rows, writable))


def _is_writable(world: World, row: Row | None, value: str) -> bool:
    """Check whether a variable can be set to a value. Raises ApiError if it cannot and bulk_readonly is refuse."""
    if row is None or not row["readonly"] or row["value"] == value:
        return True
    if world.settings.bulk_readonly == "refuse":
        raise read_only(world, f"The environment variable {row['key']}")
    return False


def _is_user_variable(row: Row) -> bool:
    return not row["readonly"] and not row["is_generated"]


def _changed(rows: list[Row], given: Mapping[str, str]) -> list[str]:
    current = {row["key"]: row["value"] for row in rows}
    return [key for key, value in given.items() if key not in current or current[key] != value]


def _change(world: World, call: Call, action: str, then: Callable[[], None], keys: list[str], **options: Any) -> Row:
    """Start a change of some keys. The log records the keys and the apply_strategy."""
    strategy = call.body.get("apply_strategy", world.settings.default_apply_strategy)
    call.notes.update(apply_strategy=strategy, changed=keys)
    return change(world, call, action, then, **options)


def _set(world: World, uid: str, key: str, value: str) -> None:
    row, now = find(world.env_vars[uid], "key", key), world.now()
    if row is None:
        world.add_env_var(uid, key, value)
    elif row["value"] != value:
        history = [*row["history"], shapes.old_value(len(row["history"]) + 1, row["value"], now)]
        row.update(value=value, updated_at=shapes.iso(now), history=history)


def _remove(world: World, uid: str, key: str) -> None:
    rows = world.env_vars[uid]
    rows[:] = [row for row in rows if row["key"] != key]
