# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On-premise configurations, which can only be read and changed."""

from __future__ import annotations

from .. import shapes
from ..answers import ApiError
from ..shapes import Row
from ..world import World
from . import Call, must_find, operation, the_account_id


@operation("list_onprems", grow=lambda world, call: world.add_onprem(the_account_id(world, call), front=True))
def list_onprems(world: World, call: Call) -> list[Row]:
    """The setting onprem_list decides whether the list contains the documents."""
    rows = [_shown(world, row) for row in world.onprems[the_account_id(world, call)]]
    if world.settings.onprem_list == "full":
        return rows
    return [{name: value for name, value in row.items() if name != "config"} for row in rows]


@operation("get_onprem")
def get_onprem(world: World, call: Call) -> Row:
    return _shown(world, _the_onprem(world, call))


@operation("update_onprem")
def update_onprem(world: World, call: Call) -> Row:
    """The setting onprem_put decides about what is left out."""
    row, body = _the_onprem(world, call), call.body
    if not str(body.get("name", row["name"])).strip() or body.get("uid", row["uid"]) != row["uid"]:
        raise ApiError(400, "name is empty, or uid is another")
    if world.settings.onprem_put == "replace":
        row.update(name=row["uid"], config=None)
    for name in ("name", "config"):
        if name in body:
            row[name] = body[name]
    row["updated_at_iso"] = shapes.iso(world.now())
    return _shown(world, row)


def _the_onprem(world: World, call: Call) -> Row:
    return must_find(world.onprems[the_account_id(world, call)], "uid", call.path["uid"])


def _shown(world: World, row: Row) -> Row:
    """A configuration with an empty document as the setting onprem_blank says."""
    blank: Row | None = {} if world.settings.onprem_blank == "object" else None
    return {**row, "config": row["config"] or blank}
