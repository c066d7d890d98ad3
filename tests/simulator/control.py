# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator's own handles, below /_sim: for tests and demos, on the loopback address, without a token.

GET, DELETE       /_sim/requests              the log of requests; forget it
GET, POST, DELETE /_sim/faults                the faults; add one (or a list of them); remove all
GET, POST         /_sim/settings              the settings; change some
GET               /_sim/state?thing=servers   a part of the world
POST              /_sim/reset                 back to the start
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from .answers import Answer
from .api import Request

if TYPE_CHECKING:
    from .server import Simulator

THINGS = ("accounts", "users", "stacks", "servers", "backups", "backup_groups", "actions", "clouds")


def answer(simulator: Simulator, request: Request) -> Answer:
    """The answer to a request below /_sim."""
    call = CALLS.get((request.method, request.path.removeprefix("/_sim/")))
    if call is None:
        return Answer.json({"error": "no such control"}, 404)
    try:
        return Answer.json(call(simulator, request))
    except (ValueError, TypeError) as problem:
        return Answer.json({"error": str(problem)}, 400)


def _requests(simulator: Simulator, request: Request) -> Any:
    return [asdict(record) for record in simulator.log]


def _forget(simulator: Simulator, request: Request) -> Any:
    simulator.log.clear()
    return []


def _faults(simulator: Simulator, request: Request) -> Any:
    return [fault.as_dict() for fault in simulator.faults.all]


def _add_faults(simulator: Simulator, request: Request) -> Any:
    given = json.loads(request.body)
    for fault in given if isinstance(given, list) else [given]:
        simulator.faults.add(**fault)
    return _faults(simulator, request)


def _clear_faults(simulator: Simulator, request: Request) -> Any:
    simulator.faults.clear()
    return []


def _settings(simulator: Simulator, request: Request) -> Any:
    return asdict(simulator.world.settings)


def _change_settings(simulator: Simulator, request: Request) -> Any:
    simulator.change_settings(**json.loads(request.body))
    return _settings(simulator, request)


def _state(simulator: Simulator, request: Request) -> Any:
    thing = dict(parse_qsl(request.query)).get("thing")
    if thing not in THINGS:
        raise ValueError(f"thing must be one of {', '.join(THINGS)}")
    return getattr(simulator.world, thing)


def _reset(simulator: Simulator, request: Request) -> Any:
    simulator.reset()
    return {}


CALLS: dict[tuple[str, str], Callable[[Simulator, Request], Any]] = {
    ("GET", "requests"): _requests,
    ("DELETE", "requests"): _forget,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "settings"): _settings,
    ("POST", "settings"): _change_settings,
    ("GET", "state"): _state,
    ("POST", "reset"): _reset,
}
