# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of stacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.client import Client
from ..api.parallel import side_by_side
from .base import Has, Is, IsCode, IsOneOf, Place
from .fields import Row, Secret
from .stack import HEALTH
from .stacks import OfStacks


class Server(OfStacks):
    """A server of a stack. Source: list_servers, get_server (for its key)."""

    noun = "server"
    plural = "servers"
    subject = "Servers"
    schema = "Server"
    scope = "public"
    path = ("servers",)
    key = ("name",)
    adds = {"stack_uid": "uid", "stack_name": "name", "environment": "environment"}
    fields = {"health_state": HEALTH, "ssh_private_key": Secret()}
    filters = {
        "server": IsOneOf("uid", "name", type="raw"),
        "role": Has("server_roles"),
        "group": Is("server_group_id", type="int"),
        "health": IsCode("health_state", HEALTH),
    }
    refers_to = ("stack", "environment", "server", "group")
    reveals = {"include_private_key": "ssh_private_key"}

    def read_all(self) -> tuple[list[Row], dict[str, Any]]:
        rows, more = super().read_all()
        if self.params["include_private_key"]:
            rows = side_by_side(self._with_key, rows, self.params["workers"])
        return rows, more

    def _with_key(self, row: Row) -> Row:
        api = self.client.labelled(f"the private key of server {row['name']}", self.scope)
        server = api.get("stacks", row["stack_uid"], "servers", row["uid"], include_private_key=True)
        return {**row, "ssh_private_key": server.get("ssh_private_key")}


class ServerOfStack(Server):
    """A server of one stack that has already been found. Source: list_servers."""

    def __init__(self, client: Client, params: Mapping[str, Any], place: Place) -> None:
        super().__init__(client, params)
        self.place = place


def the_server(client: Client, stack: Place, wanted: str) -> Row:
    """The server of a stack with this UID or name. Raises Cloud66Error unless there is exactly one."""
    return ServerOfStack(client, {}, stack).pick(wanted)
