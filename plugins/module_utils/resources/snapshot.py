# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots of stacks, and the Kubernetes files that they render to."""

from __future__ import annotations

from typing import Any

from ..api.transport import Dotless
from .base import Is, Resource
from .fields import Row
from .formation import Formation
from .places import IN_STACK


class Snapshot(Resource):
    """A state of a stack, from which the templates of a formation are rendered.

    Source: list_snapshots, render_snapshot (formation).
    """

    noun = "snapshot"
    plural = "snapshots"
    schema = "Snapshot"
    parent = IN_STACK
    path = ("snapshots",)
    adds = {"stack_uid": "uid"}
    filters = {"snapshot": Is("uid"), "action": Is("action")}
    options = {
        "formation": {"type": "str"},
        "files": {"type": "list", "elements": "str"},
        "filter": {"type": "str"},
        "use_latest": {"type": "bool", "default": True},
    }

    def read_all(self) -> tuple[list[Row], dict[str, Any]]:
        if self.params["formation"] is None:
            return self.read(), {}
        row = self.pick(self.params["snapshot"])
        return self.matching([row]), {"renders": self._rendered(row)}

    def _rendered(self, row: Row) -> Row:
        formation = Formation(self.client, self.params).pick(self.params["formation"])
        files = ",".join(self.params["files"] or [])
        query = {
            "requested_files": files or None,
            "use_latest": str(self.params["use_latest"]).lower(),
            "filter": self.params["filter"],
        }
        api = self.client.labelled(f"formation {formation['name']} rendered from the {self.name_of(row)}", self.scope)
        path = (*self.place.path, *self.path, Dotless(row["uid"]), "formation", Dotless(formation["uid"]))
        return api.get(*path, **query)
