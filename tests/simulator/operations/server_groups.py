# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server groups of stacks."""

from __future__ import annotations

from ..shapes import Row
from ..world import World
from . import Call, must_find, operation, the_stack


@operation("list_server_groups")
def list_server_groups(world: World, call: Call) -> list[Row]:
    return world.server_groups[the_stack(world, call)["uid"]]


@operation("get_server_group")
def get_server_group(world: World, call: Call) -> Row:
    return must_find(list_server_groups(world, call), "id", call.path["server_group_id"])
