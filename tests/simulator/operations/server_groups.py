# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server groups of stacks, and how many servers they have."""

from __future__ import annotations

from functools import partial

from ..answers import ApiError
from ..shapes import Row
from ..world import World
from . import Call, must_find, operation, start, the_stack

BUILDING, HEALTHY = 1, 3


@operation("list_server_groups")
def list_server_groups(world: World, call: Call) -> list[Row]:
    return world.server_groups[the_stack(world, call)["uid"]]


@operation("get_server_group")
def get_server_group(world: World, call: Call) -> Row:
    return must_find(list_server_groups(world, call), "id", call.path["server_group_id"])


@operation("scale_server_group")
def scale_server_group(world: World, call: Call) -> Row:
    """With a size, servers are added; without one, so many are kept (setting scale_by_size), or also added.

    New ones are healthy some time later.
    """
    group = get_server_group(world, call)
    if call.body["subtype"] == "process" and group["type"] != "process":
        raise ApiError(400, "subtype does not fit the group")
    rows = world.servers[call.path["stack_id"]]
    count, size = call.body.get("server_count"), call.body.get("server_size")
    adds = bool(size) or not world.settings.scale_by_size
    call.notes["servers"] = "add" if size else "keep", count

    def scale() -> None:
        mine = [row for row in rows if row["server_group_id"] == group["id"]]
        if not adds:
            for row in mine[count:]:
                rows.remove(row)
            return
        for _number in range(count or 1):
            server = world.add_server(call.path["stack_id"], server_group_id=group["id"], health_state=BUILDING)
            server["params"]["size"] = size or mine[0]["params"]["size"]
            heal = partial(server.update, health_state=HEALTHY)
            world.schedule.at(world.now() + world.settings.server_seconds, heal)

    return start(world, call, "scale_server_group", scale)
