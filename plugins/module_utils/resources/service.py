# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services of container stacks, and how many containers of each run where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from typing import Any

from ..api.errors import Cloud66Error, NotFoundError
from .base import Resource, Write, did_you_mean
from .container import FIELDS
from .fields import Row, Rows
from .keyed import ByKey, Keyed, Plan, Values
from .places import IN_STACK
from .server import ServerOfStack
from .server_group import GroupOfStack

COUNT = {"type": "int"}


class Service(Resource):
    """A service with its containers. Source: list_services, get_service (service)."""

    noun = "service"
    plural = "services"
    subject = "Services and jobs"
    schema = "Service"
    scope = "public"
    parent = IN_STACK
    path = ("services",)
    identity = "name"
    key = ("name",)
    lookup = ("name",)
    adds = {"stack_uid": "uid"}
    fields = {"containers": Rows(FIELDS)}
    by_identity = ("service", "str")


class ServiceScale(Keyed):
    """The containers of one service on each server or server group.

    A stack on Kubernetes says how many replicas it wants; elsewhere, the running containers are counted. Source:
    list_services, get_service, list_servers, list_server_groups.
    """

    noun = "scale"
    plural = "scale"
    subject = "Services and jobs"
    title = "scale"
    titles = "containers"
    schema = "Service"
    scope = "public"
    parent = IN_STACK
    identity = "name"
    key = ("name",)
    added = ("uid", "id", "count")
    value_field = "count"
    takes_long = True
    refers_to = ("server",)

    @property
    def label(self) -> str:
        return f"service {self.params['service']} of {self.place.label}"

    def all(self) -> list[Row]:
        return self._counted(self._read(), by_group=self.params["groups"] is not None)

    def exported(self) -> Values:
        """The counts of each service where it runs: by server or, if Cloud 66 has one number for all, by group."""
        services = Service(self.client, self.params)
        services.place = self.place
        return {name: counts for service in services.all() for name, counts in self._exported(service)}

    def _exported(self, service: Row) -> Iterator[tuple[str, Row]]:
        by_group = service.get("desired_count") is not None and len(self._groups) == 1
        counts = {row["name"]: row["count"] for row in self._counted(service, by_group=by_group)}
        where = {name: count for name, count in counts.items() if count or by_group}
        if where:
            yield service["name"], {"groups" if by_group else "servers": where}

    def _counted(self, service: Row, *, by_group: bool) -> list[Row]:
        counts = Counter(container["server_uid"] for container in service.get("containers") or [])
        if not by_group:
            return [{"name": row["name"], "uid": row["uid"], "count": counts[row["uid"]]} for row in self._servers]
        desired = service.get("desired_count")
        rows = [{"name": row["name"], "id": row["id"], "count": self._in_group(row, counts)} for row in self._groups]
        return [{**row, "count": desired} for row in rows] if desired is not None and len(rows) == 1 else rows

    def given(self) -> Values:
        given = self.params["servers"] if self.params["groups"] is None else self.params["groups"]
        return counted(given, "servers" if self.params["groups"] is None else "groups")

    def targets(self, given: Values, rows: ByKey) -> Values:
        return {named(key, rows, self.label): value for key, value in given.items()}

    def writes(self, plan: Plan, rows: ByKey) -> list[Write]:
        """One call with all that runs: it is not documented that servers which are left out keep their number.

        Source: scale_service.
        """
        wanted = {name: plan.set.get(name, row["count"]) for name, row in rows.items()}
        sent = {name: count for name, count in wanted.items() if count or name in plan.set}
        if self.params["groups"] is None:
            counts: Row = {"server_count": {rows[name]["uid"]: count for name, count in sent.items()}}
        else:
            counts = {"server_group_count": {name: plan.set[name] for name in plan.set}}
        api = self.client.labelled(self.label, "admin")
        body = {"service_name": self.params["service"], **counts}
        send = partial(api.write, "POST", (*self.place.path, "services"), body, retry=False)
        return [Write(self.label, send, tuple(plan.set), starts_action=True)]

    def _read(self) -> Row:
        name = self.params["service"]
        try:
            return self.client.labelled(self.label, self.scope).get(*self.place.path, "services", name)
        except NotFoundError:
            # Its error suggests similar names.
            found: Row = Service(self.client, self.params).pick(name)
            raise Cloud66Error(f"The service is called {found['name']}, not {name}.") from None

    def _in_group(self, group: Row, counts: Counter[str]) -> int:
        return sum(counts[row["uid"]] for row in self._servers if row.get("server_group_id") == group["id"])

    @cached_property
    def _servers(self) -> list[Row]:
        return ServerOfStack(self.client, self.params, self.place).all()

    @cached_property
    def _groups(self) -> list[Row]:
        return GroupOfStack(self.client, self.params, self.place).all()


class StoppedService(ServiceScale):
    """A service without containers, on all servers or on one. Source: get_service."""

    def given(self) -> Values:
        refuse_numbers(self.params)
        wanted = self.params["server"]
        return {} if wanted is None else {wanted: 0}

    def targets(self, given: Values, rows: ByKey) -> Values:
        return super().targets(given, rows) if given else dict.fromkeys(rows, 0)

    def writes(self, plan: Plan, rows: ByKey) -> list[Write]:
        """Source: stop_service (state: stopped)."""
        api = self.client.labelled(self.label, "admin")
        path = (*self.place.path, "services", self.params["service"])
        server = {} if self.params["server"] is None else {"server_uid": rows[next(iter(plan.set))]["uid"]}
        # The documentation has it in the query, and Cloud 66's own client in the body.
        send = partial(api.write, "DELETE", path, server or None, retry=False, query=server)
        return [Write(self.label, send, tuple(plan.set), starts_action=True)]


def refuse_numbers(params: Mapping[str, Any]) -> None:
    """Raise Cloud66Error for numbers of servers or groups where only one server, or all, can be meant."""
    for option in ("servers", "groups"):
        if params.get(option) is not None:
            raise Cloud66Error(f"{option} is only for state: present. Use server for one server, or neither for all.")


def counted(given: Any, option: str) -> dict[str, int]:
    """Wanted numbers by name. Raises Cloud66Error for anything that is not a number."""
    wrong = [name for name, value in given.items() if not str(value).isdecimal()]
    if wrong:
        raise Cloud66Error(f"{option}: {', '.join(map(str, wrong))} must be a whole number, 0 or more.")
    return {str(name): int(str(value)) for name, value in given.items()}


def named(wanted: str, rows: ByKey, label: str) -> str:
    """The name of a server or group that a user names by its name or UID. Raises Cloud66Error if there is none."""
    for name, row in rows.items():
        if wanted in (name, row.get("uid"), str(row.get("id"))) or wanted.lower() == name.lower():
            return name
    raise Cloud66Error(
        f"Nothing that {label} can run on matches {wanted!r}."
        f"{did_you_mean(wanted, rows, 'Available: ' + ', '.join(rows) + '.')}"
    )
