# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of one stack, of some, or of all."""

from __future__ import annotations

from ..api.client import Client
from ..api.errors import Cloud66Error
from ..api.parallel import side_by_side
from ..api.transport import MAX_CONNECTIONS
from .base import Has, Is, IsOneOf, Resource, Row, Secret
from .stack import HEALTH, Stack

# Stacks on a page of their list.
PAGE = 30


class Server(Resource):
    """A server of a stack. Source: list_servers, get_server (for its key), list_stacks, get_stack."""

    noun = "server"
    schema = "Server"
    added = ("stack_name", "environment")
    plural = "servers"
    scope = "public"
    fields = {"health_state": HEALTH, "ssh_private_key": Secret()}
    filters = {"server": IsOneOf("uid", "name"), "role": Has("server_roles"), "group": Is("server_group_id")}
    reveals = {"include_private_key": "ssh_private_key"}

    def read(self) -> list[Row]:
        if not 1 <= self.params["workers"] <= MAX_CONNECTIONS:
            raise Cloud66Error(f"workers must be from 1 to {MAX_CONNECTIONS}, not {self.params['workers']}.")
        stacks = self._stacks()
        if len(stacks) > 1:
            self.api.log(f"Reading the servers of {len(stacks)} stacks")
        parts = side_by_side(self._of_stack, stacks, self.params["workers"])
        self.also["failed_stacks"] = [part for part in parts if isinstance(part, dict)]
        rows = [row for part in parts if isinstance(part, list) for row in part]
        if self.params["include_private_key"]:
            rows = side_by_side(self._with_key, rows, self.params["workers"])
        return rows

    def _stacks(self) -> list[Row]:
        """The stacks that are meant, each once, in the order they were named."""
        stacks = Stack(self.api, self.params)
        if self.params["stack"] is None:
            return stacks.all()
        wanted = self.params["stack"]
        # A page of the list tells as much as a request for each of its stacks.
        listed = {row["uid"]: row for row in stacks.all()} if len(wanted) > PAGE else {}
        found = [listed.get(one) or stacks.named(one) for one in wanted]
        return list({row["uid"]: row for row in found}.values())

    def _of_stack(self, stack: Row) -> list[Row] | Row:
        """The servers of a stack, or the entry of failed_stacks for one that is skipped."""
        api = self.api.labelled(f"the servers of stack {_title(stack)}", self.scope)
        belongs = {"stack_uid": stack["uid"], "stack_name": stack["name"], "environment": stack.get("environment")}
        try:
            return [{**row, **belongs} for row in self.matching(api.list("stacks", stack["uid"], "servers"))]
        except Cloud66Error as error:
            if not self.params["skip_failed"] or _concerns_all(error):
                raise
            api.warn(f"The servers of stack {_title(stack)} are left out: {error}")
            return {**belongs, "msg": str(error)}

    def _with_key(self, row: Row) -> Row:
        api = self.api.labelled(f"the private key of server {row['name']}", self.scope)
        server = api.get("stacks", row["stack_uid"], "servers", row["uid"], include_private_key=True)
        return {**row, "ssh_private_key": server.get("ssh_private_key")}


def _title(stack: Row) -> str:
    return f"{stack['name']} ({stack.get('environment')}, {stack['uid']})"


def _concerns_all(error: Cloud66Error) -> bool:
    """What goes wrong with the token or the hourly limit goes wrong with every stack."""
    return error.status in (401, 429) or error.error == "throttled"


def the_server(client: Client, stack: Row, wanted: str) -> Row:
    """The one server of a stack with a UID or a name. Raises Cloud66Error when there is none, or more than one."""
    rows = client.labelled(f"the servers of stack {_title(stack)}", Server.scope).list(
        "stacks", stack["uid"], "servers"
    )
    found = [row for row in rows if row["uid"] == wanted.lower()] or [row for row in rows if row["name"] == wanted]
    if len(found) == 1:
        return found[0]
    candidates = "; ".join(f"{row['name']} ({row['uid']})" for row in found or rows) or "none"
    count = "more than one server" if found else "no server"
    raise Cloud66Error(f"Stack {stack['name']} has {count} with the UID or name {wanted}. There are: {candidates}.")
