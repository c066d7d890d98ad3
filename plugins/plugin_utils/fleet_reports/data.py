# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a fleet as data for a file. It has the form of a result of c66_fleet, which model.py reads again."""

from __future__ import annotations

from typing import Any

from .model import DEPLOYED, TO_BE_DEPLOYED, FleetReport, KindReport, StackReport


def data(fleet: FleetReport) -> dict[str, Any]:
    """What happened to each stack: names, never values."""
    return {"stacks": {stack.host: _stack(stack) for stack in fleet.stacks}, "summary": fleet.states}


def _stack(stack: StackReport) -> dict[str, Any]:
    return {
        "stack": stack.uid,
        "name": stack.name,
        "environment": stack.environment,
        "state": stack.state,
        "msg": stack.message,
        "kinds": {kind.name: _kind(kind) for kind in stack.kinds},
        "must_deploy": stack.deployment == TO_BE_DEPLOYED,
        "deployment": {} if stack.deployment == DEPLOYED else None,
    }


def _kind(kind: KindReport) -> dict[str, Any]:
    return {
        **{word: list(names) for word, names in kind.changes.items()},
        "applied": kind.is_applied,
        "results": [{"failed": kind.has_failed}],
    }
