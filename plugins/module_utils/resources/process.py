# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The background processes of stacks, how many of each run where, and whether they are paused."""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

from .base import Resource, Write
from .fields import Row
from .keyed import ByKey, Keyed, Plan, Values
from .places import IN_STACK
from .server import ServerOfStack
from .service import counted, named, refuse_numbers

RUNNING, PAUSED = "running", "paused"
COMMANDS = {RUNNING: "process_resume", PAUSED: "process_pause"}


class Process(Resource):
    """A process of the Procfile. Source: list_processes, get_process (process)."""

    noun = "process"
    plural = "processes"
    subject = "Services and jobs"
    schema = "Process"
    scope = "public"
    parent = IN_STACK
    path = ("processes",)
    identity = "name"
    key = ("name",)
    lookup = ("name",)
    adds = {"stack_uid": "uid"}
    by_identity = ("process", "str")

    def one(self, identity: Any, **query: Any) -> Row:
        """Cloud 66's own documentation shows a list where its client reads one process."""
        found = super().one(identity, **query)
        return found if "name" in found else self.pick(str(identity))


class OnServers(Keyed):
    """A process on each server of its stack. Source: list_processes, list_servers."""

    plural = "scale"
    subject = "Services and jobs"
    noun = "scale"
    titles = "processes"
    schema = "Process"
    scope = "public"
    parent = IN_STACK
    identity = "name"
    key = ("name",)
    added = ("uid", "count", "state")
    takes_long = True
    refers_to = ("server",)

    @property
    def label(self) -> str:
        return f"process {self.params['process']} of {self.place.label}"

    def all(self) -> list[Row]:
        return self._on_servers(self._processes.pick(self.params["process"]))

    @property
    def _processes(self) -> Process:
        return _ProcessOfStack(self.client, self.params, self.place)

    def _on_servers(self, process: Row) -> list[Row]:
        counts = process.get("servers") or {}
        pauses = process.get("servers_pauses")
        return [
            {
                "name": row["name"],
                "uid": row["uid"],
                "count": _at(counts, row),
                "state": None if pauses is None else PAUSED if _at(pauses, row) else RUNNING,
            }
            for row in self._servers
        ]

    def targets(self, given: Values, rows: ByKey) -> Values:
        return {named(key, rows, self.label): value for key, value in given.items()}

    @cached_property
    def _servers(self) -> list[Row]:
        return ServerOfStack(self.client, self.params, self.place).all()


class ProcessScale(OnServers):
    """How many of a process run on each server. Source: list_processes, list_servers."""

    value_field = "count"

    def exported(self) -> Values:
        """The counts of each process on the servers where it runs."""
        counts = {
            process["name"]: {row["name"]: row["count"] for row in self._on_servers(process) if row["count"]}
            for process in self._processes.all()
        }
        return {name: {"servers": where} for name, where in counts.items() if where}

    def given(self) -> Values:
        return counted(self.params["servers"] or {}, "servers")

    def writes(self, plan: Plan, rows: ByKey) -> list[Write]:
        """One call with all that runs: it is not documented that servers which are left out keep their number.

        Source: scale_process.
        """
        wanted = {name: plan.set.get(name, row["count"]) for name, row in rows.items()}
        counts = {rows[name]["uid"]: count for name, count in wanted.items() if count or name in plan.set}
        api = self.client.labelled(self.label, "admin")
        body = {"process_name": self.params["process"], "server_count": counts}
        send = partial(api.write, "POST", (*self.place.path, "processes"), body, retry=False)
        return [Write(self.label, lambda: _one(send()), tuple(plan.set), starts_action=True)]


class PausedProcess(OnServers):
    """Whether a process is paused where it runs. Not all answers of the API say so.

    Source: list_processes, list_servers.
    """

    value_field = "state"
    wanted = PAUSED

    def given(self) -> Values:
        refuse_numbers(self.params)
        return {} if self.params["server"] is None else {self.params["server"]: self.wanted}

    def targets(self, given: Values, rows: ByKey) -> Values:
        if given:
            return super().targets(given, rows)
        return {name: self.wanted for name, row in rows.items() if row["count"] or row["state"] == PAUSED}

    def is_readable(self, row: Row) -> bool:
        return row["state"] is not None

    def writes(self, plan: Plan, rows: ByKey) -> list[Write]:
        """One call, for all servers on which it runs or for one.

        Source: run_stack_action (state).
        """
        if self.params["server"] is None:
            return [self._command({}, tuple(plan.set))]
        return [self._command({"server_uid": rows[name]["uid"]}, (name,)) for name in plan.set]

    def _command(self, server: Row, keys: tuple[str, ...]) -> Write:
        name = self.params["process"]
        # The documentation and Cloud 66's own client have different names for it.
        body = {"command": COMMANDS[self.wanted], "process-name": name, "process_name": name, **server}
        api = self.client.labelled(self.label, "redeploy")
        send = partial(api.write, "POST", (*self.place.path, "actions"), body, retry=False)
        return Write(self.label, send, keys, starts_action=True)


class ResumedProcess(PausedProcess):
    """A process that is not paused. Source: list_processes, list_servers."""

    wanted = RUNNING


class _ProcessOfStack(Process):
    """A process of a stack that has already been found. Source: list_processes."""

    def __init__(self, client: Any, params: Any, place: Any) -> None:
        super().__init__(client, params)
        self.place = place


def _at(counts: Row, server: Row) -> int:
    """The number on a server. The API counts by the names of servers, and perhaps by their UIDs."""
    return int(counts.get(server["name"], counts.get(server["uid"], 0)) or 0)


def _one(answer: Any) -> Any:
    """The action in an answer, which may be a list of one."""
    return answer[0] if isinstance(answer, list) and len(answer) == 1 else answer
