# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that are run on a stack or on its servers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..api.client import Client
from ..api.errors import Cloud66Error
from .base import Resource, Row
from .server import the_server
from .stack import Stack, the_stack
from .work import Work


class Command(NamedTuple):
    """A command: the options that it needs and those that it may have, and how a server is named to it.

    `server` says which field of a server goes under which name into the call.
    """

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    server: Mapping[str, str] = {}


MAINTENANCE = "maintenance_mode"
REBOOT = "reboot_servers"
_CONTAINER = Command(needs=("container",))
_PROCESS = Command(needs=("process",), may=("server",), server={"server_uid": "uid"})
_SERVICE = Command(needs=("service",), may=("server",), server={"server_id_filter": "uid", "server_uid": "uid"})
_DATABASE = Command(needs=("server",), may=("db_type",), server={"server": "name", "server_uid": "uid"})
COMMANDS = {
    "clear_caches": Command(),
    "container_restart": _CONTAINER,
    "disable_replication_slave_db": _DATABASE,
    MAINTENANCE: Command(needs=("enabled",)),
    "process_pause": _PROCESS,
    "process_restart": _PROCESS,
    "process_resume": _PROCESS,
    "promote_slave_db": _DATABASE,
    REBOOT: Command(needs=("strategy",), may=("group",)),
    "restart": Command(),
    "resync_slave_db": _DATABASE,
    "service_pause": _SERVICE,
    "service_restart": _SERVICE,
    "service_resume": _SERVICE,
}
# Cloud 66's documentation and its own client name them differently, and no source says which names count.
NAMES = {
    "container": ("container", "container_id"),
    "process": ("process-name", "process_name"),
    "service": ("service_name",),
    "db_type": ("server_group", "db_type"),
}
OPTIONS = ("enabled", *NAMES, "server", "strategy", "group")


class StackAction(Work, Resource):
    """A command on a stack. Only whether maintenance mode is on can be read. Source: run_stack_action."""

    noun = "stack_action"
    schema = "StackActionRequest"
    added = ("stack_uid", "enabled")
    plural = "stack_actions"
    scope = "redeploy"
    key = "command"

    def prepare(self) -> None:
        self._check()
        self.stack = the_stack(self.api, self.params)
        self.server = self._server()
        self.action = "stack_reboot" if self.params["command"] == REBOOT else self.params["command"]
        self.needed = self.params["command"] != MAINTENANCE or not self._is_on_or_off(self.stack)
        self.standing = None if self.needed else self.predicted()

    def predicted(self) -> Row:
        """What is run, for results."""
        return {"stack_uid": self._uid(), "command": self.params["command"], **self._given()}

    def states(self) -> tuple[Row, Row]:
        if self.params["command"] == MAINTENANCE:
            return {MAINTENANCE: not self.params["enabled"]}, {MAINTENANCE: self.params["enabled"]}
        return {}, self.predicted()

    def start(self) -> Any:
        """Run it. That the reference is kept is documented for deployments only, and does no harm elsewhere."""
        if self.params["command"] == REBOOT:
            return self._reboot()
        body: Row = {"command": self.params["command"], "user_reference": self.refer()}
        for option, value in self._given().items():
            body.update(dict.fromkeys(NAMES.get(option, ()), value))
        if self.server is not None:
            body.update({name: self.server[field] for name, field in COMMANDS[self.params["command"]].server.items()})
        if self.params["command"] == MAINTENANCE:
            body["value"] = int(self.params["enabled"])
        return self._about().post("stacks", self._uid(), "actions", body=body)

    def took_effect(self) -> bool:
        """Only of maintenance mode can it be seen. Source: get_stack."""
        if self.params["command"] != MAINTENANCE:
            return True
        return self._is_on_or_off(self.api.labelled(self.place, Stack.scope).get("stacks", self._uid()))

    def _is_on_or_off(self, stack: Row) -> bool:
        """Whether the stack is in the maintenance mode that is asked for."""
        return stack.get(MAINTENANCE) is self.params["enabled"]

    def _reboot(self) -> Any:
        """Source: reboot_stack_servers."""
        return self._about().post("stacks", self._uid(), "reboot_servers", body=self._given())

    def _check(self) -> None:
        """No option is passed over in silence."""
        command = COMMANDS[self.params["command"]]
        strange = [name for name in self._given() if name not in (*command.needs, *command.may)]
        if strange:
            raise Cloud66Error(f"The command {self.params['command']} does not take {' and '.join(strange)}.")

    def _given(self) -> Row:
        return {name: self.params[name] for name in OPTIONS if self.params[name] is not None}

    def _server(self) -> Row | None:
        """The server that is meant by its name or UID. Source: list_servers."""
        wanted = self.params["server"]
        if wanted is None:
            return None
        return the_server(self.api, self.stack, wanted)

    def _about(self) -> Client:
        return self.api.labelled(f"the command {self.params['command']} to stack {self.stack['name']}", self.scope)
