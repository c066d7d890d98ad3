# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work that takes time: actions and deployments."""

from __future__ import annotations

from .basics import Row, iso


def action(action_id: int, moment: float, name: str) -> Row:
    """A running AsyncAction of the contract."""
    return {
        "id": action_id,
        "user": None,
        "resource_type": "stack",
        "resource_id": str(84195 + action_id % 1000),
        "action": name,
        "started_via": "api",
        "started_at": iso(moment),
        "finished_at": None,
        "finished_success": None,
        "finished_message": None,
        "finished_result": None,
        "metadata": {},
    }
