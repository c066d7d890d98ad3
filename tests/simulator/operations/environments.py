# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment variables of a stack."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from ..answers import ApiError
from ..shapes import Row
from ..world import World, find
from . import Call, operation, the_stack

KINDS: dict[str, Callable[[Row], bool]] = {
    "all": lambda row: True,
    "user": lambda row: not row["is_generated"] and not row["readonly"],
    "generated": lambda row: row["is_generated"],
    "locked": lambda row: row["readonly"],
}
PLAIN = re.compile(r"[\w./:@%+-]*", re.ASCII)
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,15})")


def _add_row(world: World, call: Call) -> Row:
    return world.add_env_var(call.path["stack_id"], f"NEW_{world.number('new env var')}", "x", front=True)


@operation("list_environment_variables", grow=_add_row)
def list_environment_variables(world: World, call: Call) -> Any:
    rows = world.env_vars[the_stack(world, call)["uid"]]
    export_format = call.query.get("environments_format") or "api"
    if export_format == "api":
        return [_read(world, row) for row in rows]
    return {"contents": _export(_of_types(rows, call.query.get("requested_types") or "all"), export_format)}


@operation("get_environment_variable")
def get_environment_variable(world: World, call: Call) -> Row:
    """Return a variable by its id, its key, or either (setting env_get_by)."""
    rows, name, by = world.env_vars[the_stack(world, call)["uid"]], call.path["key"], world.settings.env_get_by
    row = None
    if by != "key":
        row = next((row for row in rows if str(row["id"]) == name), None)
    if by != "id":
        row = row or find(rows, "key", name)
    if row is None:
        raise ApiError(404)
    return _read(world, row)


def _read(world: World, row: Row) -> Row:
    if not world.settings.env_typed_values:
        return row
    value = row["value"]
    if value in ("true", "false"):
        value = value == "true"
    elif NUMBER.fullmatch(value):
        value = int(value)
    return {**row, "value": value}


def _of_types(rows: list[Row], types: str) -> list[Row]:
    names = [name.strip() for name in types.split(",")]
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        raise ApiError(400, f"requested_types: unknown type {unknown[0]}"[:500])
    return [row for row in rows if any(KINDS[name](row) for name in names)]


def _export(rows: list[Row], export_format: str) -> str:
    if export_format == "json":
        return json.dumps({row["key"]: row["value"] for row in rows}, indent=2)
    if export_format == "dotenv":
        return "".join(f"{row['key']}={_quoted(row['value'])}\n" for row in rows)
    raise ApiError(400, f"environments_format: unknown format {export_format}"[:500])


def _quoted(value: str) -> str:
    if PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
