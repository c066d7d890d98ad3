# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reboots of the servers of a stack."""

from __future__ import annotations

from typing import Any

from ..api.errors import Cloud66Error
from .base import UNKNOWN, Progress, did_you_mean
from .command import Batched
from .fields import Row
from .places import IN_STACK
from .server import Server
from .server_group import HEALTHY, GroupOfStack
from .stack import HEALTH

# Cloud 66's documentation names the scope reboot, which does not exist.
LIKELY_SCOPES = "redeploy or admin"


class ServerReboot(Batched):
    """The servers of a stack to reboot. Source: list_servers, get_server, list_server_groups (group)."""

    noun = "server"
    plural = "servers"
    subject = "Servers"
    schema = "Server"
    scope = "public"
    write_scope = UNKNOWN
    parent = IN_STACK
    path = ("servers",)
    key = ("name",)
    fields = Server.fields
    adds = Server.adds
    refers_to = ("servers", "group", "role")
    action = "server_reboot"
    work = "reboot"
    done = "rebooted"

    def chosen(self, rows: list[Row]) -> list[Row]:
        wanted, group, role = self.params["servers"], self.params["group"], self.params["role"]
        if wanted is not None:
            return list({row["uid"]: row for row in (self.pick(name, rows) for name in wanted)}.values())
        if group is not None:
            number = GroupOfStack(self.client, {}, self.place).pick(group)["id"]
            return [row for row in rows if row.get("server_group_id") == number]
        if role is not None:
            return self._with_role(role, rows)
        if not self.params["all"]:
            raise Cloud66Error("all is false, so no server is selected: set servers, group, role or all: true.")
        return rows

    def _with_role(self, role: str, rows: list[Row]) -> list[Row]:
        found = [row for row in rows if role in row["server_roles"]]
        if not found:
            roles = sorted({each for row in rows for each in row["server_roles"]})
            suggestion = did_you_mean(role, roles, f"Available: {', '.join(roles)}." if roles else "")
            raise Cloud66Error(f"No server of {self.place.label} has the role {role!r}.{suggestion}")
        return found

    def start(self, row: Row) -> Any:
        """Send the call. Source: reboot_server."""
        api = self.client.labelled(f"a reboot of {self.label_of(row)}", LIKELY_SCOPES)
        return api.post(*self.place.path, *self.path, row["uid"], "reboot_server")

    def progress(self, row: Row) -> Progress:
        """A rebooted server is ready once it is healthy. Until then it can have any other health."""
        word = HEALTH.word(row.get("health_state"))
        return Progress(word == HEALTHY, word or "unknown", thing=row)

    def predicted(self, row: Row) -> Row:
        return {**row, "health_state": HEALTH.sent(HEALTHY)}
