# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet: the selected stacks and their servers, read with as few requests as possible."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, NamedTuple

from ansible_collections.cloud66.cloud.plugins.module_utils.api import clock
from ansible_collections.cloud66.cloud.plugins.module_utils.api.client import Client
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import (
    Cloud66Error,
    DeniedError,
    NotFoundError,
    UnauthorizedError,
)
from ansible_collections.cloud66.cloud.plugins.module_utils.api.pages import Page
from ansible_collections.cloud66.cloud.plugins.module_utils.api.parallel import Readers
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.base import did_you_mean
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.stack import UID, Stack

Row = dict[str, Any]

# The fields of stacks and servers that are stored: the sources of host variables. None of them can hold a secret.
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
GLOB_CHARACTERS = frozenset("*?[")


class Entry(NamedTuple):
    """A stack with its servers. `read_at` is in seconds since 1970; `stale` marks data of an earlier read."""

    stack: Row
    servers: list[Row]
    read_at: float
    stale: bool = False


class Selection(NamedTuple):
    """The stacks to read: UIDs, names or globs; environments; account ids. Each empty part selects all."""

    stacks: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    accounts: tuple[int, ...] = ()

    def includes(self, stack: Row) -> bool:
        named = not self.stacks or any(_matches(stack, pattern) for pattern in self.stacks)
        return named and (not self.environments or stack.get("environment") in self.environments)

    @property
    def query(self) -> Row:
        """The part that Cloud 66 can filter by: a single name or a single environment, both literal."""
        query = {}
        if len(self.stacks) == 1 and _is_name(self.stacks[0]):
            query["filter_name"] = self.stacks[0]
        if len(self.environments) == 1:
            query["filter_environment"] = self.environments[0]
        return query

    @property
    def uids(self) -> list[str]:
        """The UIDs, if only UIDs are given: these stacks are read one by one."""
        uids = [stack.lower() for stack in self.stacks]
        return uids if all(UID.fullmatch(uid) for uid in uids) else []


class Policy(NamedTuple):
    """How to read: the number of parallel requests, what to do if a stack fails, and what to reuse.

    `snapshot` is the last successful read of each stack, by UID. With `only_changed`, a stack that looks the same as
    in the snapshot keeps its servers for `max_age` seconds. Without `with_servers`, only stacks are read.
    """

    workers: int = 16
    warn_only: bool = False
    snapshot: dict[str, Entry] = {}
    only_changed: bool = False
    max_age: float = 86400
    with_servers: bool = True


class FleetReader:
    """Reads a fleet once, with one client for each account. `warn` reports what the user must know."""

    def __init__(
        self, clients: list[Client], selection: Selection, policy: Policy, warn: Callable[[str], None]
    ) -> None:
        self.clients = clients
        self.selection = selection
        self.policy = policy
        self.warn = warn
        self.now = clock.now()
        # Stack UID -> the client that can read its servers.
        self.client_of: dict[str, Client] = {}
        # Whether every selected stack has an entry, be it fresh or from the snapshot.
        self.complete = True
        # All stacks that were read, selected or not, by UID; and the accounts in which there were none.
        self.seen: dict[str, Row] = {}
        self.empty_accounts: list[Client] = []
        # What was selected by name and matched nothing, one sentence each.
        self.unmatched: list[str] = []

    def read(self) -> list[Entry]:
        """The selected stacks with their servers, in the order of Cloud 66. Raises Cloud66Error."""
        try:
            # The thread that reads the pages of stacks counts as one of the workers.
            with Readers[list[Row]](max(self.policy.workers - 1, 1)) as readers:
                return self._read(readers)
        except Cloud66Error as error:
            if not self.policy.warn_only or not self.policy.snapshot or isinstance(error, DeniedError):
                raise
            self.warn(f"{error} All hosts come from the last successful read.")
            return [entry._replace(stale=True) for entry in self.policy.snapshot.values()]

    def _read(self, readers: Readers[list[Row]]) -> list[Entry]:
        started: set[str] = set()

        def start(stacks: Iterable[Row]) -> None:
            for stack in stacks:
                if stack["uid"] not in started:
                    started.add(stack["uid"])
                    readers.start(stack["uid"], partial(self._servers, stack))

        # With one worker, servers are read after all stacks.
        early = self.policy.workers > 1
        stacks = self._stacks(lambda rows: start(self._to_read(rows) if early else ()))
        to_read = self._to_read(stacks)
        affordable, skipped = self._within_limit([stack for stack in to_read if stack["uid"] not in started])
        start(affordable)
        self.unmatched = [*self._missing_accounts(), *self._missing_environments(), *self._missing_stacks(stacks)]
        return [entry for stack in stacks for entry in self._entry(stack, readers, started, skipped)]

    # Stacks

    def _stacks(self, early: Callable[[list[Row]], None]) -> list[Row]:
        """The selected stacks, each once. Those whose servers can be read at once are passed to `early`."""
        found: dict[str, Row] = {}
        for client in self.clients:
            for row in self._stacks_of(client, early):
                self.client_of.setdefault(row["uid"], client)
                found.setdefault(row["uid"], _trimmed(row, STACK_FIELDS))
        return list(found.values())

    def _stacks_of(self, client: Client, early: Callable[[list[Row]], None]) -> list[Row]:
        api = client.labelled("the stacks", Stack.scope)
        if self.selection.uids:
            return [row for uid in self.selection.uids for row in self._by_uid(api, uid)]

        def on_page(page: Page, rows: list[Row]) -> None:
            selected = [row for row in rows if self.selection.includes(row)]
            for row in selected:
                self.client_of.setdefault(row["uid"], client)
            if self._is_affordable(client, page):
                early(selected)

        found: dict[str, Row] = {}

        def read(query: Row) -> list[Row]:
            rows = list(api.stream(("stacks",), query, on_page))
            found.update((row["uid"], row) for row in rows)
            return [row for row in rows if self.selection.includes(row)]

        query = self.selection.query
        # It is not documented how Cloud 66 compares, so an empty result is confirmed.
        selected = read(query) or (read({}) if query else [])
        self.seen.update(found)
        if not found:
            self.empty_accounts.append(client)
        return selected

    def _by_uid(self, api: Client, uid: str) -> list[Row]:
        try:
            row = api.labelled(f"stack {uid}", Stack.scope).get("stacks", uid)
        except NotFoundError:
            return []
        self.seen[uid] = row
        return [row] if self.selection.includes(row) else []

    # What matches nothing

    def _missing_accounts(self) -> Iterable[str]:
        """The accounts without any stack. That Cloud 66 refuses an unknown account is not documented."""
        if not self.selection.accounts or not self.empty_accounts:
            return
        known = self._known_accounts()
        for client in self.empty_accounts:
            account = str(client.settings.account_id)
            others = ", ".join(sorted(known - {account}))
            hint = f" The token's accounts are {others}." if others and account not in known else ""
            yield f"There are no stacks in account {account}, or the token's user cannot see them.{hint}"

    def _known_accounts(self) -> set[str]:
        try:
            api = self.clients[0].for_account(None).labelled("the accounts", "users")
            return {str(row["id"]) for row in api.list("accounts")}
        except Cloud66Error:
            # The list only helps, and the token may lack its scope.
            return set()

    def _missing_environments(self) -> Iterable[str]:
        existing = {str(stack["environment"]) for stack in self.seen.values() if stack.get("environment")}
        for environment in self.selection.environments:
            if environment not in existing:
                which = " of the selected name" if self.selection.stacks and self.seen else ""
                yield f"No stack{which} is in the environment {environment!r}.{did_you_mean(environment, existing)}"

    def _missing_stacks(self, stacks: list[Row]) -> Iterable[str]:
        for pattern in self.selection.stacks:
            if any(_matches(stack, pattern) for stack in stacks):
                continue
            elsewhere = {str(stack.get("environment")) for stack in self.seen.values() if _matches(stack, pattern)}
            if elsewhere:
                yield f"{pattern!r} only matches stacks in other environments: {', '.join(sorted(elsewhere))}."
            else:
                near = did_you_mean(pattern, (str(stack["name"]) for stack in self.seen.values()))
                yield f"No stack matches {pattern!r}, or the token's user cannot see it.{near}"

    # Servers

    def _servers(self, stack: Row) -> list[Row]:
        label = f"the servers of stack {stack['name']} ({stack['uid']})"
        api = self.client_of[stack["uid"]].labelled(label, Stack.scope)
        return [_trimmed(row, SERVER_FIELDS) for row in api.list("stacks", stack["uid"], "servers")]

    def _to_read(self, stacks: Iterable[Row]) -> list[Row]:
        return [stack for stack in stacks if self.policy.with_servers and not self._is_unchanged(stack)]

    def _is_unchanged(self, stack: Row) -> bool:
        known = self.policy.snapshot.get(stack["uid"])
        if known is None or not self.policy.only_changed or self.now - known.read_at > self.policy.max_age:
            return False
        dated = stack.get("updated_at_iso") or stack.get("updated_at")
        return dated is not None and _trimmed(stack, STACK_FIELDS) == known.stack

    def _entry(self, stack: Row, readers: Readers[list[Row]], started: set[str], skipped: set[str]) -> list[Entry]:
        """The entry of a stack: fresh or from the snapshot; [] if it failed and is not in the snapshot."""
        uid = stack["uid"]
        if not self.policy.with_servers:
            return [Entry(stack, [], self.now)]
        known = self.policy.snapshot.get(uid)
        if uid in skipped and known:
            return [known._replace(stale=True)]
        if uid not in started and known:
            return [known._replace(stack=stack)]
        try:
            return [Entry(stack, readers.result(uid), self.now)]
        except Cloud66Error as error:
            if not self.policy.warn_only or isinstance(error, UnauthorizedError):
                raise
            return self._fallback(stack, known, error)

    def _fallback(self, stack: Row, known: Entry | None, error: Cloud66Error) -> list[Entry]:
        """The entry of a stack whose servers could not be read."""
        if known is None:
            self.complete = False
            self.warn(f"{error} The hosts of stack {stack['name']} are missing.")
            return []
        self.warn(f"{error} The hosts of stack {stack['name']} come from the last successful read.")
        # The old row of the stack is kept, so that the next read with only_changed sees that the servers are outdated.
        return [known._replace(stale=True)]

    # The hourly limit

    def _is_affordable(self, client: Client, page: Page) -> bool:
        """Whether enough requests are left in this hour for the rest of the list and the servers of its stacks."""
        remaining = client.usage.rate_limit.remaining
        return remaining is not None and page.total is not None and remaining > 1.1 * page.total + 10

    def _within_limit(self, unread: list[Row]) -> tuple[list[Row], set[str]]:
        """The unread stacks that the hourly limit allows to read, and the UIDs of those to take from the snapshot.

        Raises Cloud66Error if not enough requests are left and the options allow no alternative.
        """
        remaining = self._remaining()
        may_wait = any(client.settings.throttle_wait for client in self.clients)
        if remaining is None or remaining >= len(unread) or may_wait:
            return unread, set()
        unknown = [stack for stack in unread if stack["uid"] not in self.policy.snapshot]
        need = f"Reading the servers of {len(unread)} stacks takes {len(unread)} requests, but {remaining} are left"
        if not self.policy.warn_only or len(unknown) > remaining:
            raise Cloud66Error(
                f"{need} of this hour's limit. Try again at the next full hour, allow a wait with throttle_wait, read"
                " less with refresh: changed, stacks or environments, or accept older data with on_error: warn."
            )
        known = [stack for stack in unread if stack["uid"] in self.policy.snapshot]
        room = remaining - len(unknown)
        skipped = {stack["uid"] for stack in known[room:]}
        self.warn(
            f"{need} of this hour's limit: the hosts of {len(skipped)} stacks come from the last successful read."
        )
        return unknown + known[:room], skipped

    def _remaining(self) -> int | None:
        """The requests left in this hour; None if a client does not know it yet."""
        counts = [client.usage.rate_limit.remaining for client in self.clients]
        return None if None in counts else min((count for count in counts if count is not None), default=None)


def _matches(stack: Row, pattern: str) -> bool:
    return pattern.lower() == stack["uid"] or fnmatchcase(str(stack["name"]), pattern) or stack["name"] == pattern


def _is_name(pattern: str) -> bool:
    """Whether a pattern is a literal name: neither a UID nor a glob."""
    return not GLOB_CHARACTERS & set(pattern) and not UID.fullmatch(pattern.lower())


def _trimmed(row: Row, fields: tuple[str, ...]) -> Row:
    return {field: row.get(field) for field in fields}
