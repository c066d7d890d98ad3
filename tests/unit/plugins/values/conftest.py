# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that have values: what is there in the simulator, and what was sent to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from simulator.seed import AWESOME_APP


@pytest.fixture
def values(sim) -> Callable[[], dict[str, str]]:
    """The variables of Awesome App, when all that is due has been done."""

    def look() -> dict[str, str]:
        sim.world.settle()
        return {row["key"]: row["value"] for row in sim.world.env_vars[AWESOME_APP]}

    return look


@pytest.fixture
def sent(sim) -> Callable[[], list[tuple[str, str, Any]]]:
    """The writes so far: method, the end of the path, and the body."""

    def look() -> list[tuple[str, str, Any]]:
        return [
            (one.method, one.path.rpartition("/")[2], json.loads(one.body) if one.body else None) for one in sim.writes
        ]

    return look
