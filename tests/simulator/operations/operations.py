# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The logs of asynchronous operations."""

from __future__ import annotations

from ..answers import ApiError
from ..shapes import Row
from ..world import World
from . import Call, operation


@operation("list_operation_logs")
def list_operation_logs(world: World, call: Call) -> list[Row]:
    """Entries of operations that this one started are only returned on request."""
    rows = world.operation_logs.get(call.path["operation_uid"])
    if rows is None:
        raise ApiError(404)
    least, children = call.query.get("min_severity", 0), call.query.get("include_children", False)
    return [row for row in rows if row["v"] >= least and (children or row["e"] == 0)]
