# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services of container stacks, their containers, and how many of them run where."""

from __future__ import annotations

import json
from typing import Any

from .. import shapes
from ..answers import ApiError
from ..shapes import Row
from ..world import World, find
from . import Call, change, must_find, operation, the_stack


@operation("list_services")
def list_services(world: World, call: Call) -> list[Row]:
    uid = call.query.get("server_uid")
    return [_on(service, uid) for service in _services(world, call)]


@operation("get_service")
def get_service(world: World, call: Call) -> Row:
    return _on(must_find(_services(world, call), "name", call.path["id"]), call.query.get("server_uid"))


@operation("scale_service")
def scale_service(world: World, call: Call) -> Row:
    stack, body = the_stack(world, call), call.body
    service = find(_services(world, call), "name", body["service_name"])
    if service is None:
        raise ApiError(400, "There is no such service")
    servers = {row["uid"]: row for row in world.servers[stack["uid"]]}
    counts = wanted_counts(body.get("server_count"), servers)
    names = {row["name"] for row in world.server_groups[stack["uid"]]}
    groups = {} if counts else wanted_counts(body.get("server_group_count"), names)
    call.notes["counts"] = counts or groups
    if not counts and not groups:
        raise ApiError(400, "Either server_count or server_group_count is needed")

    def scale() -> None:
        _scale(world, service, servers, counts or _spread(world, stack, service, groups))

    return change(world, call, "scale_service", lambda: world.later_do(scale))


@operation("stop_service")
def stop_service(world: World, call: Call) -> Row:
    stack = the_stack(world, call)
    service = must_find(_services(world, call), "name", call.path["id"])
    uid = call.query.get("server_uid") or call.body.get("server_uid")
    if uid and find(world.servers[stack["uid"]], "uid", uid) is None:
        raise ApiError(400, "server_uid: no such server")

    def stop() -> None:
        service["containers"] = [row for row in service["containers"] if uid not in (None, row["server_uid"])]
        service["desired_count"] = 0 if service.get("desired_count") is not None else None

    return change(world, call, "stop_service", stop)


@operation("list_containers")
def list_containers(world: World, call: Call) -> list[Row]:
    wanted = {name: call.query[name] for name in ("server_uid", "service_name") if call.query.get(name)}
    return [row for row in _containers(world, call) if all(row[name] == value for name, value in wanted.items())]


@operation("get_container")
def get_container(world: World, call: Call) -> Row:
    """The setting container_runtime decides whether the environment is returned."""
    row = must_find(_containers(world, call), "uid", call.path["id"])
    runtime = {"Config": {"Env": ["DATABASE_PASSWORD=secret-of-a-container"]}}
    return {**row, "runtime": runtime} if world.settings.container_runtime else row


@operation("stop_container")
def stop_container(world: World, call: Call) -> Row:
    row = must_find(_containers(world, call), "uid", call.path["id"])

    def stop() -> None:
        for service in world.services[call.path["stack_id"]]:
            service["containers"] = [one for one in service["containers"] if one["uid"] != row["uid"]]

    return change(world, call, "stop_container", stop)


def _services(world: World, call: Call) -> list[Row]:
    stack = the_stack(world, call)
    return world.services[stack["uid"]] if stack["framework"] in ("docker", "kubernetes") else []


def _containers(world: World, call: Call) -> list[Row]:
    return [row for service in _services(world, call) for row in service["containers"]]


def _on(service: Row, server_uid: str | None) -> Row:
    """A service with its containers on one server, or on all."""
    return {**service, "containers": [row for row in service["containers"] if server_uid in (None, row["server_uid"])]}


def wanted_counts(given: Any, known: Any) -> dict[str, int]:
    """The counts in a body: a map, or the same as JSON text."""
    try:
        counts = json.loads(given) if isinstance(given, str) else given or {}
    except ValueError:
        raise ApiError(400, "The counts are not JSON") from None
    unknown = [key for key in counts if key not in known]
    if unknown:
        raise ApiError(400, f"{unknown[0]}: no such server or group")
    return {key: int(value) for key, value in counts.items()}


def _spread(world: World, stack: Row, service: Row, groups: dict[str, int]) -> dict[str, int]:
    """Counts by server, as evenly as possible over the servers of each group."""
    if service.get("desired_count") is not None:
        service["desired_count"] = sum(groups.values())
    counts: dict[str, int] = {}
    for group in world.server_groups[stack["uid"]]:
        servers = [row["uid"] for row in world.servers[stack["uid"]] if row["server_group_id"] == group["id"]]
        for number in range(groups.get(group["name"], 0)):
            uid = servers[number % len(servers)]
            counts[uid] = counts.get(uid, 0) + 1
        if group["name"] in groups:
            counts = {**dict.fromkeys(servers, 0), **counts}
    return counts


def _scale(world: World, service: Row, servers: dict[str, Row], counts: dict[str, int]) -> None:
    rows = service["containers"]
    for uid, server in servers.items():
        here = [row for row in rows if row["server_uid"] == uid]
        wanted = counts.get(uid, len(here) if world.settings.scale_others == "keep" else 0)
        for row in here[wanted:]:
            rows.remove(row)
        for _number in range(wanted - len(here)):
            rows.append(shapes.container(f"container {world.number('container')}", service["name"], server))
