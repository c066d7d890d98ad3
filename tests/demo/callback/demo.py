# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's default output, with a line for each row that a module returned."""

from __future__ import annotations

from ansible.plugins.callback.default import CallbackModule as Default

DOCUMENTATION = """
name: demo
type: stdout
short_description: The default output, with the rows that modules return
description: Shows a line for each stack, server, deployment, backup and device that a task returned.
extends_documentation_fragment:
  - default_callback
  - result_format_callback
"""

COLUMNS = {
    "stacks": ("uid", "name", "environment", "status_name", "health_name"),
    "servers": ("name", "stack_name", "address", "health_state_name", "server_roles"),
    "deployment": ("id", "started_at", "finished_at", "outcome"),
    "backups": ("id", "db_type", "backup_date_iso", "backup_status_name", "verify_status_name"),
    "device": ("device_type_name", "sub_type_name"),
}
MAX_ROWS = 8


class CallbackModule(Default):
    """The default callback, with a table below each result."""

    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "demo"

    def v2_runner_on_ok(self, result):
        super().v2_runner_on_ok(result)
        returned = getattr(result, "result", None) or result._result
        for kind, columns in COLUMNS.items():
            rows = returned.get(kind) or []
            self._show([rows] if isinstance(rows, dict) else rows, columns)

    def _show(self, rows, columns):
        cells = [[_text(row.get(column)) for column in columns] for row in rows[:MAX_ROWS]]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for line in cells:
            padded = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            self._display.display(f"    {padded.rstrip()}", color="bright gray")
        if len(rows) > MAX_ROWS:
            self._display.display(f"    ... {len(rows)} in total", color="bright gray")


def _text(value):
    if isinstance(value, dict):
        return value["meaning"]
    return ",".join(value) if isinstance(value, list) else str(value)
