# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands on stacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..api.errors import Cloud66Error
from .base import Place
from .command import Command, Plan
from .fields import Row
from .places import IN_STACK
from .server import the_server
from .stack import Stack


class Spec(NamedTuple):
    """The options that a command requires (`needs`) and allows (`may`), and how its call names a server.

    `server`: parameter of the call -> field of the server.
    """

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    server: Mapping[str, str] = {}


MAINTENANCE = "maintenance_mode"
REBOOT = "reboot_servers"
_CONTAINER = Spec(needs=("container",))
_PROCESS = Spec(needs=("process",), may=("server",), server={"server_uid": "uid"})
_SERVICE = Spec(needs=("service",), may=("server",), server={"server_id_filter": "uid", "server_uid": "uid"})
_DATABASE = Spec(needs=("server",), may=("db_type",), server={"server": "name", "server_uid": "uid"})
COMMANDS = {
    "clear_caches": Spec(),
    "container_restart": _CONTAINER,
    "disable_replication_slave_db": _DATABASE,
    MAINTENANCE: Spec(needs=("enabled",)),
    "process_pause": _PROCESS,
    "process_restart": _PROCESS,
    "process_resume": _PROCESS,
    "promote_slave_db": _DATABASE,
    REBOOT: Spec(needs=("strategy",), may=("group",)),
    "restart": Spec(),
    "resync_slave_db": _DATABASE,
    "service_pause": _SERVICE,
    "service_restart": _SERVICE,
    "service_resume": _SERVICE,
}
# Cloud 66's documentation and its own client use different names, and it is unknown which are right, so all are sent.
NAMES = {
    "container": ("container", "container_id"),
    "process": ("process-name", "process_name"),
    "service": ("service_name",),
    "db_type": ("server_group", "db_type"),
}
OPTIONS = ("enabled", *NAMES, "server", "strategy", "group")


class StackSnapshot(NamedTuple):
    """A stack, and the server that the options name."""

    place: Place
    server: Row | None


class StackAction(Command[StackSnapshot]):
    """A command on a stack. Only the state of maintenance mode can be read. Source: run_stack_action."""

    noun = "stack_action"
    plural = "stack_actions"
    subject = "Deployments"
    schema = "StackActionRequest"
    scope = "redeploy"
    parent = IN_STACK
    identity = "command"
    key = ("command",)
    sends_reference = True
    refers_to = ("container", "process", "service", "server", "group")
    added = ("stack_uid", "enabled")

    @property
    def action_name(self) -> str:
        command: str = self.params["command"]
        return "stack_reboot" if command == REBOOT else command

    def snapshot(self) -> StackSnapshot:
        self._check()
        wanted = self.params["server"]
        return StackSnapshot(self.place, None if wanted is None else the_server(self.client, self.place, wanted))

    def plan(self, snapshot: StackSnapshot) -> Plan:
        """Only maintenance mode can already be in the wanted state; other commands always run."""
        command = self.params["command"]
        run = {"stack_uid": self.stack_uid, "command": command, **self._given()}
        if command != MAINTENANCE:
            return Plan(True, None, run, {}, run)
        needed = not self._is_as_wanted(snapshot.place.row)
        before, after = {MAINTENANCE: not self.params["enabled"]}, {MAINTENANCE: self.params["enabled"]}
        return Plan(needed, None if needed else run, run, before, after)

    def start(self, snapshot: StackSnapshot) -> Any:
        """Run the command. The reference is only documented for deployments, and harmless for other commands.

        Source: run_stack_action (command), reboot_stack_servers (command: reboot_servers).
        """
        command = self.params["command"]
        api = self.client.labelled(f"the command {command} to {snapshot.place.label}", self.scope)
        if command == REBOOT:
            return api.post(*snapshot.place.path, "reboot_servers", body=self._given())
        body: Row = {"command": command, "user_reference": self.reference}
        for option, value in self._given().items():
            body.update(dict.fromkeys(NAMES.get(option, ()), value))
        if snapshot.server is not None:
            body.update({name: snapshot.server[field] for name, field in COMMANDS[command].server.items()})
        if command == MAINTENANCE:
            body["value"] = int(self.params["enabled"])
        return api.post(*snapshot.place.path, "actions", body=body)

    def took_effect(self, snapshot: StackSnapshot) -> bool:
        """Only maintenance mode can be read. Source: get_stack."""
        if self.params["command"] != MAINTENANCE:
            return True
        return self._is_as_wanted(self.client.labelled(snapshot.place.label, Stack.scope).get(*snapshot.place.path))

    def _is_as_wanted(self, stack: Row) -> bool:
        """Whether the stack's maintenance mode is in the wanted state."""
        return stack.get(MAINTENANCE) is self.params["enabled"]

    def _check(self) -> None:
        """Refuse options that the command would silently ignore."""
        spec = COMMANDS[self.params["command"]]
        strange = [name for name in self._given() if name not in (*spec.needs, *spec.may)]
        if strange:
            raise Cloud66Error(f"The command {self.params['command']} does not take {' and '.join(strange)}.")

    def _given(self) -> Row:
        return {name: self.params[name] for name in OPTIONS if self.params[name] is not None}
