# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is common to the tests of work that is started once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

# Faults after which nobody knows whether a POST was applied: it was in the first ones, and not in the others.
APPLIED = {
    "reset_after": {},
    "status": {"status": 408, "applied": True},
    "html": {"applied": True},
    "cut": {},
    "bad_json": {},
    "empty": {},
    "wrong_type": {},
    "unavailable": {"applied": True},
}
NOT_APPLIED = ("reset", "status", "html", "unavailable")


@pytest.fixture
def bodies(sim: Any) -> Callable[[], list[dict[str, Any]]]:
    """The bodies of the POSTs so far."""
    return lambda: [json.loads(one.body) for one in sim.requests if one.method == "POST"]


@pytest.fixture(params=APPLIED)
def lost(request: pytest.FixtureRequest, sim: Any) -> Any:
    """The first POST is applied, and its answer is lost."""
    return sim.fault(request.param, method="POST", times=1, **APPLIED[request.param])


@pytest.fixture(params=NOT_APPLIED)
def vanished(request: pytest.FixtureRequest, sim: Any) -> Any:
    """Every POST is lost before it is applied."""
    return sim.fault(request.param, method="POST")
