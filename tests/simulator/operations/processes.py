# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The background processes of stacks."""

from __future__ import annotations

from typing import Any

from ..answers import ApiError
from ..shapes import Row
from ..world import World, find
from . import Call, change, must_find, operation, the_stack
from .services import wanted_counts


@operation("list_processes")
def list_processes(world: World, call: Call) -> list[Row]:
    return [_shown(world, call, row) for row in _processes(world, call)]


@operation("get_process")
def get_process(world: World, call: Call) -> Row:
    return _shown(world, call, must_find(_processes(world, call), "name", call.path["id"]))


@operation("scale_process")
def scale_process(world: World, call: Call) -> Any:
    """The settings decide about servers that are left out, and about the form of the answer."""
    process = find(_processes(world, call), "name", call.body["process_name"])
    if process is None:
        raise ApiError(400, "There is no such process")
    names = {row["uid"]: row["name"] for row in world.servers[call.path["stack_id"]]}
    counts = wanted_counts(call.body.get("server_count"), names)
    call.notes["counts"] = counts

    def scale() -> None:
        kept = process["servers"] if world.settings.scale_others == "keep" else {}
        merged = {**kept, **{names[uid]: count for uid, count in counts.items()}}
        process["servers"] = {name: count for name, count in merged.items() if count}

    action = change(world, call, "scale_process", scale)
    return [action] if world.settings.scale_answer == "list" else action


@operation("scale_process_by_id")
def scale_process_by_id(world: World, call: Call) -> Any:
    call.body["process_name"] = call.path["id"]
    answer = scale_process(world, call)
    return answer[0] if isinstance(answer, list) else answer


def _processes(world: World, call: Call) -> list[Row]:
    return world.processes[the_stack(world, call)["uid"]]


def _shown(world: World, call: Call, process: Row) -> Row:
    servers = {row["name"]: row["uid"] for row in world.servers[call.path["stack_id"]]}
    uid = call.query.get("server_uid")
    by = (lambda name: servers[name]) if world.settings.process_keys == "uid" else (lambda name: name)
    shown = {
        **process,
        **{
            field: {
                by(name): count
                for name, count in process[field].items()
                if name in servers and uid in (None, servers[name])
            }
            for field in ("servers", "servers_pauses")
        },
    }
    if not world.settings.process_pauses:
        shown.pop("servers_pauses")
    return shown


def pause(world: World, stack_uid: str, name: str, server_uid: str | None, paused: bool) -> None:
    """Pause a process on a server or on all, or resume it."""
    process = find(world.processes[stack_uid], "name", name)
    if process is None:
        return
    where = {row["name"] for row in world.servers[stack_uid] if server_uid in (None, row["uid"])}
    others = {key: count for key, count in process["servers_pauses"].items() if key not in where}
    mine = {key: count for key, count in process["servers"].items() if key in where} if paused else {}
    process["servers_pauses"] = {**others, **mine}
