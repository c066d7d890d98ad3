# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services of a container stack."""

from __future__ import annotations

from ..shapes import Row
from ..world import World
from . import Call, operation, the_stack


@operation("list_services")
def list_services(world: World, call: Call) -> list[Row]:
    stack = the_stack(world, call)
    return world.services[stack["uid"]] if stack["framework"] == "docker" else []
