# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server groups of stacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property, partial
from typing import Any

from ..api.client import Client
from ..api.errors import Cloud66Error
from .base import Is, Place, Resource, Write, by_name
from .fields import Row, enumerated
from .keyed import ByKey, Keyed, Plan, Values
from .places import IN_STACK
from .server import ServerOfStack
from .stack import HEALTH

HEALTHY = "ok"
# The databases of Cloud 66, whose servers are no web servers.
DATABASES = ("mysql", "postgresql", "redis", "mongodb", "elasticsearch", "glusterfs", "memcached", "rabbitmq")
# What scales in Cloud 66; a group of another type, such as rails, has web servers.
SUBTYPES = ("web", "process", "docker")


class ServerGroup(Resource):
    """A group of servers that do the same. Source: list_server_groups, get_server_group (group_id)."""

    noun = "server_group"
    plural = "server_groups"
    subject = "Servers"
    schema = "ServerGroup"
    scope = "public"
    parent = IN_STACK
    path = ("server_groups",)
    identity = "id"
    key = ("name",)
    lookup = ("id", "name")
    adds = {"stack_uid": "uid"}
    by_identity = ("group_id", "int")
    filters = {"type": Is("type")}


class GroupOfStack(ServerGroup):
    """A server group of a stack that has already been found. Source: list_server_groups."""

    def __init__(self, client: Client, params: Mapping[str, Any], place: Place) -> None:
        super().__init__(client, params)
        self.place = place


class ServerCount(Keyed):
    """How many servers a group has. Source: list_server_groups, list_servers."""

    noun = "server_group"
    plural = "server_groups"
    subject = "Servers"
    schema = "ServerGroup"
    scope = "public"
    write_scope = "redeploy"
    parent = IN_STACK
    identity = "id"
    key = ("name",)
    added = ("count", "unhealthy")
    value_field = "count"
    single = True
    takes_long = True
    refers_to = ("group",)

    @property
    def label(self) -> str:
        return f"server group {self.params['group']} of {self.place.label}"

    def all(self) -> list[Row]:
        """The group, with the number of its servers and the names of those that are not healthy."""
        group = self._group
        servers = [row for row in self._servers() if row.get("server_group_id") == group["id"]]
        unhealthy = [row["name"] for row in servers if HEALTH.word(row.get("health_state")) != HEALTHY]
        self._size = next((row["params"]["size"] for row in servers if (row.get("params") or {}).get("size")), None)
        return [{**group, "count": len(servers), "unhealthy": unhealthy}]

    def exported(self) -> Values:
        groups = GroupOfStack(self.client, self.params, self.place).all()
        counts = Counter(row.get("server_group_id") for row in self._servers())
        scaled = [row for row in groups if row["type"] not in DATABASES]
        return {name: counts[row["id"]] for name, row in by_name(scaled, "name", "id").items()}

    def given(self) -> Values:
        if self.params["count"] < 0:
            raise Cloud66Error(f"count must be at least 0, not {self.params['count']}.")
        return {self.params["group"]: self.params["count"]}

    def targets(self, given: Values, rows: ByKey) -> Values:
        return dict.fromkeys(rows, self.params["count"])

    def refusals(self, plan: Plan, rows: ByKey) -> list[str]:
        return [sentence for name, count in plan.set.items() for sentence in self._refusals(rows[name], count)]

    def _refusals(self, group: Row, count: int) -> list[str]:
        change, most = abs(count - group["count"]), self.params["max_change"]
        found = []
        if change > most:
            found.append(
                f"The {self.label} has {group['count']} servers, and count is {count}: that changes {change}, and"
                f" max_change is {most}. Nothing was sent."
            )
        if group["type"] in DATABASES and self.params["subtype"] is None:
            found.append(
                f"The {self.label} is of the type {group['type']}. Cloud 66 scales groups of {enumerated(SUBTYPES)}"
                " servers: set subtype if you know which of them a new server should be."
            )
        if count > group["count"] and self._server_size is None:
            found.append(f"No server of the {self.label} has a known size: set server_size for the new ones.")
        return found

    def is_done(self, key: str, value: Any, rows: ByKey) -> bool:
        """New servers count once all servers of the group are healthy."""
        return self.is_applied(key, value, rows) and not rows[key]["unhealthy"]

    def is_applied(self, key: str, value: Any, rows: ByKey) -> bool:
        return key in rows and self.same(rows[key], value)

    def writes(self, plan: Plan, rows: ByKey) -> list[Write]:
        """The number to add on the way up, and to keep on the way down. Sent once: a repeated call would add more.

        Source: scale_server_group (count).
        """
        return [self._scaling(rows[name], count) for name, count in plan.set.items()]

    def _scaling(self, group: Row, count: int) -> Write:
        body: Row = {"subtype": self._subtype(group), "server_count": count}
        if count > group["count"]:
            body.update(server_count=count - group["count"], server_size=self._server_size)
        api = self.client.labelled(self.label, self.write_scope)
        send = partial(api.write, "POST", (*self.place.path, "server_groups", group["id"]), body, retry=False)
        return Write(self.label, send, (group["name"],), starts_action=True, repeatable=False)

    def _subtype(self, group: Row) -> str:
        wanted: str | None = self.params["subtype"]
        return wanted or (group["type"] if group["type"] in SUBTYPES else SUBTYPES[0])

    @property
    def _server_size(self) -> str | None:
        return self.params["server_size"] or self._size

    @cached_property
    def _group(self) -> Row:
        return GroupOfStack(self.client, self.params, self.place).pick(self.params["group"])

    def _servers(self) -> list[Row]:
        return ServerOfStack(self.client, self.params, self.place).all()
