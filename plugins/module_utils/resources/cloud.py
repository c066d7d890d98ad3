# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cloud vendors of an account, with what there is to choose from."""

from __future__ import annotations

from typing import Any

from .base import Resource
from .fields import Row


class Cloud(Resource):
    """A cloud vendor, with its regions and server sizes. Source: list_clouds, get_cloud (cloud)."""

    noun = "cloud"
    plural = "clouds"
    schema = "Cloud"
    scope = "redeploy"
    path = ("clouds",)
    identity = "name"
    key = ("name",)
    lookup = ("name", "display_name")
    by_identity = ("cloud", "str")

    def with_place(self, row: Row) -> Row:
        """Some ids end with a blank, with which no call takes them."""
        return {
            name: [_trimmed(one) for one in value] if isinstance(value, list) else value for name, value in row.items()
        }


def _trimmed(row: Any) -> Any:
    return {**row, "id": row["id"].strip()} if isinstance(row.get("id"), str) else row
