# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of stacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.client import Client
from ..api.errors import Cloud66Error, ThrottledError, UnauthorizedError
from ..api.parallel import side_by_side
from ..api.transport import MAX_CONNECTIONS
from .base import Has, Is, IsCode, IsOneOf, Place, Resource
from .fields import Row, Secret
from .stack import HEALTH, Stack, place_of

# The number of stacks on a page of their list.
PAGE = 30


class Server(Resource):
    """A server of a stack. Source: list_servers, get_server (for its key), list_stacks, get_stack."""

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
    options = {
        "stack": {"type": "list", "elements": "str"},
        "environment": {"type": "str"},
        "workers": {"type": "int", "default": 8},
        "skip_failed": {"type": "bool", "default": False},
    }

    def read_all(self) -> tuple[list[Row], dict[str, Any]]:
        if not 1 <= self.params["workers"] <= MAX_CONNECTIONS:
            raise Cloud66Error(f"workers must be from 1 to {MAX_CONNECTIONS}, not {self.params['workers']}.")
        stacks = self._stacks()
        if len(stacks) > 1:
            self.client.log(f"Reading the servers of {len(stacks)} stacks")
        parts = side_by_side(self._of_stack, stacks, self.params["workers"])
        rows = [row for part in parts if isinstance(part, list) for row in part]
        if self.params["include_private_key"]:
            rows = side_by_side(self._with_key, rows, self.params["workers"])
        return rows, {"failed_stacks": [part for part in parts if isinstance(part, dict)]}

    def _stacks(self) -> list[Row]:
        """The stacks that the options name, each once, in the order they were named."""
        stacks = Stack(self.client, self.params)
        wanted, environment = self.params["stack"], self.params["environment"]
        if wanted is None:
            return [row for row in stacks.all() if environment in (None, row.get("environment"))]
        # One page of the list costs as much as a request for one stack.
        listed = {row["uid"]: row for row in stacks.all()} if len(wanted) > PAGE else {}
        found = [listed.get(name) or stacks.named(name, environment) for name in wanted]
        return list({row["uid"]: row for row in found}.values())

    def _of_stack(self, stack: Row) -> list[Row] | Row:
        """The servers of a stack, or the entry for failed_stacks if the stack is skipped."""
        title = f"{stack['name']} ({stack.get('environment')}, {stack['uid']})"
        servers = ServerOfStack(self.client, self.params, place_of(stack)._replace(label=f"stack {title}"))
        try:
            return self.matching(servers.all())
        except Cloud66Error as error:
            if not self.params["skip_failed"] or isinstance(error, (UnauthorizedError, ThrottledError)):
                raise
            self.client.warn(f"The servers of stack {title} were skipped: {error}")
            return {**servers.with_place({}), "msg": str(error)}

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
