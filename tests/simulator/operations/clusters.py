# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes clusters, which can only be read."""

from __future__ import annotations

from ..shapes import Row
from ..world import World
from . import Call, must_find, operation


@operation("list_clusters", grow=lambda world, call: world.add_cluster(front=True))
def list_clusters(world: World, call: Call) -> list[Row]:
    return world.clusters


@operation("get_cluster")
def get_cluster(world: World, call: Call) -> Row:
    """The name of the field with the log is not documented."""
    row = must_find(world.clusters, "uid", call.path["id"])
    return {**row, "log": "The cluster was created."} if call.query.get("show_log") else row
