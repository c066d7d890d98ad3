# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API below /_sim, for tests and demos. It needs no token.

GET, DELETE       /_sim/requests              get or clear the request log
GET, POST, DELETE /_sim/faults                get the faults, add one or a list, remove all
GET, POST         /_sim/settings              get the settings, change some
GET               /_sim/state?thing=servers   get a part of the world; with stack=UID, only for that stack
POST              /_sim/stacks                add a stack: its fields, and servers as a number or a list of fields
POST              /_sim/servers               add a server: stack_uid and its fields
DELETE            /_sim/servers?uid=UID       remove a server
POST              /_sim/touch?stack=UID       advance a stack's updated_at
POST              /_sim/private_keys          set the private keys that get_server returns: {server UID: PEM}
POST              /_sim/deploy_failures       let a stack's deployments fail: {stack UID: message, or null to stop}
POST              /_sim/reset                 restore the initial state
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from .answers import Answer
from .api import Request

if TYPE_CHECKING:
    from .server import Simulator

THINGS = (
    *("accounts", "users", "stacks", "servers", "backups", "backup_groups", "actions", "clouds", "hostile"),
    *("firewalls", "env_vars", "deployments", "deploy_failures", "stack_settings", "server_settings"),
    *("service_yamls", "manifest_yamls", "configurations", "applied"),
    *("image_repositories", "dns_providers", "records", "certificates", "load_balancers", "tags"),
    *("notifications", "alerts", "application_groups"),
)


def answer(simulator: Simulator, request: Request) -> Answer:
    """Answer a request below /_sim."""
    call = CALLS.get((request.method, request.path.removeprefix("/_sim/")))
    if call is None:
        return Answer.json({"error": "no such control call"}, 404)
    try:
        return Answer.json(call(simulator, request))
    except (ValueError, TypeError, LookupError, AttributeError) as problem:
        return Answer.json({"error": str(problem)}, 400)


def _requests(simulator: Simulator, request: Request) -> Any:
    return [asdict(record) for record in simulator.log]


def _clear_requests(simulator: Simulator, request: Request) -> Any:
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
    query = dict(parse_qsl(request.query))
    if query.get("thing") not in THINGS:
        raise ValueError(f"thing must be one of {', '.join(THINGS)}")
    rows = getattr(simulator.world, query["thing"])
    return rows[_existing_stack(simulator, query)] if "stack" in query else rows


def _existing_stack(simulator: Simulator, fields: Mapping[str, Any], key: str = "stack") -> str:
    uid = fields.get(key)
    if uid not in simulator.world.servers:
        raise ValueError(f"{key}: no stack {uid}")
    return str(uid)


def _add_stack(simulator: Simulator, request: Request) -> Any:
    fields = json.loads(request.body)
    servers = fields.pop("servers", 0)
    count = servers if isinstance(servers, int) else 0
    stack = simulator.world.add_stack(count, **fields)
    for server in [] if isinstance(servers, int) else servers:
        simulator.world.add_server(stack["uid"], **server)
    return {**stack, "servers": simulator.world.servers[stack["uid"]]}


def _add_server(simulator: Simulator, request: Request) -> Any:
    fields = json.loads(request.body)
    stack_uid = _existing_stack(simulator, fields, "stack_uid")
    return simulator.world.add_server(**{**fields, "stack_uid": stack_uid})


def _remove_server(simulator: Simulator, request: Request) -> Any:
    simulator.world.remove_server(dict(parse_qsl(request.query)).get("uid", ""))
    return {}


def _touch(simulator: Simulator, request: Request) -> Any:
    uid = _existing_stack(simulator, dict(parse_qsl(request.query)))
    simulator.world.touch(uid)
    return simulator.world.stack(uid)


def _private_keys(simulator: Simulator, request: Request) -> Any:
    simulator.world.private_keys.update(json.loads(request.body))
    return sorted(simulator.world.private_keys)


def _deploy_failures(simulator: Simulator, request: Request) -> Any:
    failures = simulator.world.deploy_failures
    for uid, message in json.loads(request.body).items():
        failures.pop(uid, None)
        if message is not None:
            failures[uid] = message
    return failures


def _reset(simulator: Simulator, request: Request) -> Any:
    simulator.reset()
    return {}


CALLS: dict[tuple[str, str], Callable[[Simulator, Request], Any]] = {
    ("GET", "requests"): _requests,
    ("DELETE", "requests"): _clear_requests,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "settings"): _settings,
    ("POST", "settings"): _change_settings,
    ("GET", "state"): _state,
    ("POST", "stacks"): _add_stack,
    ("POST", "servers"): _add_server,
    ("DELETE", "servers"): _remove_server,
    ("POST", "touch"): _touch,
    ("POST", "private_keys"): _private_keys,
    ("POST", "deploy_failures"): _deploy_failures,
    ("POST", "reset"): _reset,
}
