# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that run on a stack or its servers."""

from __future__ import annotations

from functools import partial

from ..answers import ApiError
from ..shapes import Row
from ..world import World, find
from . import Call, change, operation, processes, start, the_server, the_stack

# The parameters that a command requires. SPELLINGS has the documentation's and the client's name for each.
COMMANDS: dict[str, tuple[str, ...]] = {
    "clear_caches": (),
    "restart": (),
    "maintenance_mode": ("value",),
    "container_restart": ("container",),
    "process_pause": ("process",),
    "process_restart": ("process",),
    "process_resume": ("process",),
    "service_pause": ("service",),
    "service_restart": ("service",),
    "service_resume": ("service",),
    "promote_slave_db": ("server",),
    "resync_slave_db": ("server",),
    "disable_replication_slave_db": ("server",),
}
SPELLINGS = {
    "value": ("value", "value"),
    "container": ("container", "container_id"),
    "process": ("process-name", "process_name"),
    "service": ("service_name", "service_name"),
    "server": ("server", "server_uid"),
}
PAUSES = {"process_pause": True, "process_resume": False}
UNKNOWN, HEALTHY, BROKEN = 0, 3, 4
ACCEPTED = {"both": (0, 1), "slate": (0,), "go": (1,)}


@operation("run_stack_action")
def run_stack_action(world: World, call: Call) -> Row:
    """Run a command. Only maintenance_mode changes the state; the other commands just start an action."""
    stack, command = the_stack(world, call), call.body["command"]
    if command not in COMMANDS:
        raise ApiError(400, f"Unknown command {command}"[:500])
    given = {parameter: _given(world, call, parameter) for parameter in COMMANDS[command]}
    for parameter, value in given.items():
        if value in (None, ""):
            raise ApiError(400, f"{' or '.join(dict.fromkeys(SPELLINGS[parameter]))} is missing")
    _check_servers(world, call)
    reference = call.body.get("user_reference") or None
    call.notes["command"] = command
    if command in PAUSES:
        paused, server = PAUSES[command], call.body.get("server_uid")
        name = str(given["process"])
        return change(
            world,
            call,
            command,
            lambda: processes.pause(world, call.path["stack_id"], name, server, paused),
            user_reference=reference,
        )
    if command != "maintenance_mode":
        return start(world, call, command, user_reference=reference)

    def switch() -> None:
        stack["maintenance_mode"] = str(given["value"]) == "1"
        world.move(stack)

    return change(world, call, command, switch, user_reference=reference)


def _given(world: World, call: Call, parameter: str) -> object:
    """Return a parameter of the body, under any of the accepted names."""
    names = [SPELLINGS[parameter][index] for index in ACCEPTED[world.settings.action_spellings]]
    return next((call.body[name] for name in names if name in call.body), None)


def _check_servers(world: World, call: Call) -> None:
    """Check that the servers exist. One parameter takes a server's name, the others its UID."""
    rows = world.servers[call.path["stack_id"]]
    for name, key in (("server", "name"), ("server_uid", "uid"), ("server_id_filter", "uid")):
        if call.body.get(name) and find(rows, key, call.body[name]) is None:
            raise ApiError(400, f"{name}: no such server")


@operation("reboot_stack_servers")
def reboot_stack_servers(world: World, call: Call) -> Row:
    _check_reboot_scope(world, call)
    the_stack(world, call)
    return start(world, call, "stack_reboot")


@operation("reboot_server")
def reboot_server(world: World, call: Call) -> Row:
    """Reboot a server, which is not healthy until it is back. The log notes how many servers of the stack are not."""
    _check_reboot_scope(world, call)
    settings, server = world.settings, the_server(world, call)
    breaks = server["name"] == settings.reboot_breaks
    if settings.action_failure is None:
        server["health_state"] = UNKNOWN
        back = partial(server.update, health_state=BROKEN if breaks else HEALTHY)
        world.schedule.at(world.now() + settings.reboot_seconds, back)
    rows = world.servers[call.path["stack_id"]]
    call.notes["unhealthy"] = sum(row["health_state"] != HEALTHY for row in rows)
    return start(world, call, "server_reboot", resource_type=settings.reboot_resource_type)


def _check_reboot_scope(world: World, call: Call) -> None:
    scope = world.settings.reboot_scope
    if scope is not None and scope not in call.scopes:
        raise ApiError(403)
