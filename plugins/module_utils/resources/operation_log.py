# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The logs of asynchronous operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.client import Client
from .base import Parent, Place, Resource
from .fields import Codes

SEVERITY = Codes({"trace": 0, "debug": 1, "info": 2, "notice": 3, "warn": 4, "error": 5})


class _OfOperation(Parent):
    """The operation with the UID `operation_uid`."""

    arguments = {"operation_uid": {"type": "str", "required": True}}

    def find(self, client: Client, params: Mapping[str, Any]) -> Place:
        return Place(("operations", params["operation_uid"]), f"operation {params['operation_uid']}")


class OperationLog(Resource):
    """An entry of the log of an operation. Entries have no identity. Source: list_operation_logs."""

    noun = "operation_log"
    plural = "operation_logs"
    title = "log entry"
    titles = "log entries"
    schema = "OperationLogEntry"
    parent = _OfOperation()
    path = ("logs",)
    identity = "t"
    key = ("t",)
    fields = {"v": SEVERITY}
    options = {
        "min_severity": SEVERITY.argument(),
        "include_children": {"type": "bool", "default": False},
    }

    def query(self) -> dict[str, Any]:
        """Entries below the wanted severity, and those of other operations, are left out by the API."""
        severity = self.params["min_severity"]
        return {
            "min_severity": None if severity is None else SEVERITY.sent(severity),
            "include_children": str(self.params["include_children"]).lower(),
        }
