# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet: which stacks there are and which servers they have, read with as few requests as will do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, NamedTuple

from ansible_collections.cloud66.cloud.plugins.module_utils.api import clock
from ansible_collections.cloud66.cloud.plugins.module_utils.api.client import Client
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.api.pages import Page
from ansible_collections.cloud66.cloud.plugins.module_utils.api.parallel import Readers
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.stack import UID, Stack

Row = dict[str, Any]

# What is kept of a stack and of a server: what a host's variables are made of, and nothing that could be a secret.
STACK_FIELDS = (
    "uid",
    "name",
    "environment",
    "cloud",
    "framework",
    "fqdn",
    "status",
    "health",
    "maintenance_mode",
    "has_loadbalancer",
    "is_cluster",
    "account_id",
    "updated_at",
    "updated_at_iso",
)
SERVER_FIELDS = (
    "uid",
    "vendor_uid",
    "name",
    "address",
    "dns_record",
    "ext_ipv4",
    "ext_ipv6",
    "int_ipv4",
    "int_ipv6",
    "user_name",
    "server_type",
    "server_roles",
    "server_group_id",
    "distro",
    "distro_version",
    "region",
    "availability_zone",
    "health_state",
    "has_agent",
    "has_deploy_gateway",
    "deploy_gateway_address",
    "deploy_gateway_user_name",
    "is_kubernetes_master",
    "created_at",
    "updated_at",
)
GLOB = frozenset("*?[")


class Entry(NamedTuple):
    """A stack with its servers, when they were read (seconds since 1970), and whether they are an old reading."""

    stack: Row
    servers: list[Row]
    read_at: float
    stale: bool = False


class Selection(NamedTuple):
    """Which stacks are meant: by UID, name or glob, by environment, and of which accounts; empty means all."""

    stacks: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    accounts: tuple[int, ...] = ()

    def keeps(self, stack: Row) -> bool:
        named = not self.stacks or any(_is_meant(stack, one) for one in self.stacks)
        return named and (not self.environments or stack.get("environment") in self.environments)

    @property
    def sent(self) -> Row:
        """The part of it that Cloud 66 can look for itself: one name or one environment, as it is written."""
        name = [one for one in self.stacks if not GLOB & set(one) and not UID.fullmatch(one.lower())]
        found = {}
        if len(self.stacks) == len(name) == 1:
            found["filter_name"] = name[0]
        if len(self.environments) == 1:
            found["filter_environment"] = self.environments[0]
        return found

    @property
    def uids(self) -> list[str]:
        """The UIDs, when nothing but UIDs is given: these stacks are read one by one."""
        uids = [one.lower() for one in self.stacks]
        return uids if all(UID.fullmatch(one) for one in uids) else []


class Policy(NamedTuple):
    """How to read: how many requests at once, what to do when a stack fails, and what to keep of an old reading.

    `snapshot` holds the last good reading of each stack by UID. With `only_changed`, a stack that looks the same as
    in there keeps its servers for `max_age` seconds.
    """

    workers: int = 16
    warn_only: bool = False
    snapshot: dict[str, Entry] = {}
    only_changed: bool = False
    max_age: float = 86400


class FleetReader:
    """Reads a fleet once. `clients` are one for each account, `warn` takes what the user must know."""

    def __init__(
        self, clients: list[Client], selection: Selection, policy: Policy, warn: Callable[[str], None]
    ) -> None:
        self.clients = clients
        self.selection = selection
        self.policy = policy
        self.warn = warn
        self.now = clock.now()
        self.owner: dict[str, Client] = {}
        # Whether every stack that is meant was read, now or earlier.
        self.whole = True

    def read(self) -> list[Entry]:
        """The stacks that are meant, with their servers, in the order of Cloud 66. Raises Cloud66Error."""
        try:
            # The thread that reads the pages of stacks counts as one of the workers.
            with Readers[list[Row]](max(self.policy.workers - 1, 1)) as readers:
                return self._read(readers)
        except Cloud66Error as error:
            if not self.policy.warn_only or not self.policy.snapshot or error.status in (401, 403):
                raise
            self.warn(f"{error} All hosts come from the last good reading.")
            return [entry._replace(stale=True) for entry in self.policy.snapshot.values()]

    def _read(self, readers: Readers[list[Row]]) -> list[Entry]:
        started: set[str] = set()

        def start(stacks: Iterable[Row]) -> None:
            for stack in stacks:
                if stack["uid"] not in started:
                    started.add(stack["uid"])
                    readers.start(stack["uid"], partial(self._servers, stack))

        # With one worker, servers wait until the stacks have been read.
        early = self.policy.workers > 1
        stacks = self._stacks(lambda rows: start(self._to_read(rows) if early else ()))
        to_read = self._to_read(stacks)
        unread, old = self._within_limit([stack for stack in to_read if stack["uid"] not in started])
        start(unread)
        self._warn_of_missing(stacks)
        return [entry for stack in stacks for entry in self._entry(stack, readers, started, old)]

    # Stacks

    def _stacks(self, early: Callable[[list[Row]], None]) -> list[Row]:
        """The stacks that are meant, each once. Those whose servers can be read at once are passed to `early`."""
        found: dict[str, Row] = {}
        for client in self.clients:
            for row in self._stacks_of(client, early):
                self.owner.setdefault(row["uid"], client)
                found.setdefault(row["uid"], _trimmed(row, STACK_FIELDS))
        return list(found.values())

    def _stacks_of(self, client: Client, early: Callable[[list[Row]], None]) -> list[Row]:
        api = client.labelled("the stacks", Stack.scope)
        if self.selection.uids:
            return [row for uid in self.selection.uids for row in self._by_uid(api, uid)]

        def arrived(page: Page, rows: list[Row]) -> None:
            meant = [row for row in rows if self.selection.keeps(row)]
            for row in meant:
                self.owner.setdefault(row["uid"], client)
            if self._is_affordable(client, page):
                early(meant)

        sent = self.selection.sent
        rows = [row for row in api.stream(("stacks",), sent, arrived) if self.selection.keeps(row)]
        if sent and not rows:
            # How Cloud 66 compares is not documented, so its "nothing" is confirmed.
            rows = [row for row in api.stream(("stacks",), {}, arrived) if self.selection.keeps(row)]
        return rows

    def _by_uid(self, api: Client, uid: str) -> list[Row]:
        try:
            row = api.labelled(f"stack {uid}", Stack.scope).get("stacks", uid)
        except Cloud66Error as error:
            if error.status != 404:
                raise
            return []
        return [row] if self.selection.keeps(row) else []

    def _warn_of_missing(self, stacks: list[Row]) -> None:
        for wanted in self.selection.stacks:
            if not any(_is_meant(stack, wanted) for stack in stacks):
                self.warn(f"No stack is meant by {wanted!r}, or the token's user cannot see it.")

    # Servers

    def _servers(self, stack: Row) -> list[Row]:
        api = self.owner[stack["uid"]].labelled(f"the servers of stack {stack['name']} ({stack['uid']})", Stack.scope)
        return [_trimmed(row, SERVER_FIELDS) for row in api.list("stacks", stack["uid"], "servers")]

    def _to_read(self, stacks: Iterable[Row]) -> list[Row]:
        return [stack for stack in stacks if not self._is_unchanged(stack)]

    def _is_unchanged(self, stack: Row) -> bool:
        known = self.policy.snapshot.get(stack["uid"])
        if known is None or not self.policy.only_changed or self.now - known.read_at > self.policy.max_age:
            return False
        dated = stack.get("updated_at_iso") or stack.get("updated_at")
        return dated is not None and _trimmed(stack, STACK_FIELDS) == known.stack

    def _entry(self, stack: Row, readers: Readers[list[Row]], started: set[str], old: set[str]) -> list[Entry]:
        """The entry of a stack: as it was read, as it was known, or none where it failed and is not known."""
        uid = stack["uid"]
        known = self.policy.snapshot.get(uid)
        if uid in old and known:
            return [known._replace(stale=True)]
        if uid not in started and known:
            return [known._replace(stack=stack)]
        try:
            return [Entry(stack, readers.result(uid), self.now)]
        except Cloud66Error as error:
            if not self.policy.warn_only or error.status == 401:
                raise
            if known:
                self.warn(f"{error} The hosts of stack {stack['name']} come from the last good reading.")
                # With the stack as it was then, for `changed` must see that the servers are older than it is now.
                return [known._replace(stale=True)]
            self.whole = False
            self.warn(f"{error} The hosts of stack {stack['name']} are missing.")
            return []

    # The hourly limit

    def _is_affordable(self, client: Client, page: Page) -> bool:
        """Whether the rest of the hour's requests surely covers this list and the servers of its stacks."""
        remaining = client.usage.rate_limit.remaining
        return remaining is not None and page.total is not None and remaining > 1.1 * page.total + 10

    def _within_limit(self, unread: list[Row]) -> tuple[list[Row], set[str]]:
        """Of the stacks to read: those that can be read, and the UIDs of those for which an old reading must do.

        Raises Cloud66Error when the hour's requests do not suffice and the options allow nothing else.
        """
        remaining = min((one.usage.rate_limit.remaining or 0 for one in self.clients), default=0)
        known = all(one.usage.rate_limit.remaining is not None for one in self.clients)
        if not known or remaining >= len(unread) or any(one.settings.throttle_wait for one in self.clients):
            return unread, set()
        unknown = [stack for stack in unread if stack["uid"] not in self.policy.snapshot]
        need = f"Reading the servers of {len(unread)} stacks takes {len(unread)} requests, and {remaining} are left"
        if not self.policy.warn_only or len(unknown) > remaining:
            raise Cloud66Error(
                f"{need} of this hour's limit. Come back at the next full hour, allow to wait by throttle_wait, read"
                " less by refresh: changed, stacks or environments, or take old readings by on_error: warn."
            )
        rest = [stack for stack in unread if stack["uid"] in self.policy.snapshot]
        readable = unknown + rest[: remaining - len(unknown)]
        old = {stack["uid"] for stack in rest[remaining - len(unknown) :]}
        self.warn(f"{need} of this hour's limit: the hosts of {len(old)} stacks come from the last good reading.")
        return readable, old


def _is_meant(stack: Row, wanted: str) -> bool:
    return wanted.lower() == stack["uid"] or fnmatchcase(str(stack["name"]), wanted) or stack["name"] == wanted


def _trimmed(row: Row, fields: tuple[str, ...]) -> Row:
    return {field: row.get(field) for field in fields}
