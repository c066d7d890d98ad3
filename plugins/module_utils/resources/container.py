# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The containers that run on the servers of a stack."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from ..api.transport import Dotless
from .base import Is, Place, Resource, Write
from .command import Command, Plan
from .fields import Codes, Row, Secret
from .keyed import ByKey, Keyed, Values
from .keyed import Plan as KeyedPlan
from .places import IN_STACK

FIELDS = {"health_state": Codes({"UNVERIFIED": 0, "UP": 1, "DOWN": 2, "NA": 3})}
# As many digits of a UID as docker shows.
SHORT = 12


class Container(Resource):
    """A running container. Read by itself, it comes with its whole environment, and so with passwords.

    Source: list_containers.
    """

    noun = "container"
    plural = "containers"
    subject = "Services and jobs"
    schema = "Container"
    scope = "public"
    parent = IN_STACK
    path = ("containers",)
    key = ("uid",)
    lookup = ("uid", "name")
    adds = {"stack_uid": "uid"}
    added = ("runtime",)
    fields = {**FIELDS, "runtime": Secret()}
    by_identity = ("uid", "str")
    filters = {"service": Is("service_name"), "server": Is("server_uid", "server_name")}
    details = {"include_runtime": {}}
    reveals = {"include_runtime": "runtime"}

    def one(self, identity: Any, **query: Any) -> Row:
        """Source: get_container (uid, include_runtime)."""
        api = self.client.labelled(f"container {identity[:SHORT]}{self._of_place()}", "admin")
        return self.with_place(api.get(*self.place.path, *self.path, Dotless(identity), **query))


class StoppedContainer(Container, Keyed):
    """A container that runs or not. One that was stopped is no longer listed. Source: list_containers."""

    value_field = None
    single = True

    def given(self) -> Values:
        return {self.params["container"]: False}

    def targets(self, given: Values, rows: ByKey) -> Values:
        return {}

    def unwanted(self, given: Values, rows: ByKey) -> tuple[str, ...]:
        """By its name or UID, whose beginning is enough, as for docker."""
        wanted = self.params["container"]
        return tuple(uid for uid, row in rows.items() if wanted == row.get("name") or _begins(uid, wanted))

    def refusals(self, plan: KeyedPlan, rows: ByKey) -> list[str]:
        several = len(plan.removed) > 1
        return [f"{len(plan.removed)} containers begin with {self.params['container']}."] if several else []

    def writes(self, plan: KeyedPlan, rows: ByKey) -> list[Write]:
        """Source: stop_container."""
        return [self._stop(uid) for uid in plan.removed]

    def _stop(self, uid: str) -> Write:
        label = f"container {uid[:12]} of {self.place.label}"
        api = self.client.labelled(label, "admin")
        send = partial(api.write, "DELETE", (*self.place.path, *self.path, uid), retry=False)
        return Write(label, send, (uid,), removes=True, starts_action=True)


class ContainerSnapshot(NamedTuple):
    """A stack, and the container to restart."""

    place: Place
    container: Row


class RestartedContainer(Container, Command[ContainerSnapshot]):
    """A container that is restarted. Source: list_containers."""

    action = "container_restart"
    sends_reference = True

    def snapshot(self) -> ContainerSnapshot:
        wanted = self.params["container"]
        matching = [row for row in self.all() if _begins(row["uid"], wanted)]
        return ContainerSnapshot(self.place, matching[0] if len(matching) == 1 else self.pick(wanted))

    def plan(self, snapshot: ContainerSnapshot) -> Plan:
        return Plan(True, None, snapshot.container, {}, {"restarted": snapshot.container["uid"]})

    def start(self, snapshot: ContainerSnapshot) -> Any:
        """Source: run_stack_action."""
        api = self.client.labelled(f"container {snapshot.container['uid'][:12]} of {snapshot.place.label}", "redeploy")
        uid = snapshot.container["uid"]
        # The documentation and Cloud 66's own client have different names for it.
        body = {"command": self.action, "container": uid, "container_id": uid, "user_reference": self.reference}
        return api.post(*snapshot.place.path, "actions", body=body)


def _begins(uid: str, wanted: str) -> bool:
    return len(wanted) >= SHORT and uid.startswith(wanted.lower())
