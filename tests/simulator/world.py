# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the simulated Cloud 66: its things, its clock, its tokens and its hourly limit."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any

from . import seed, shapes
from .shapes import Row


@dataclass
class Settings:
    """What can be set from outside, by `Simulator.settings()` or POST /_sim/settings.

    latency_ms        wait before every answer of the API
    limit             requests an hour for each user
    remaining         what is left of this hour's limit from now on; None leaves the count alone
    retry_after       seconds of the Retry-After of a throttled answer; None sends none
    warning           text of X-Cloud66-Warning on 2xx answers
    per_page          rows a page; Cloud 66 has 30
    put_answer        what a PUT of a device answers: empty (no body) or device
    delete_answer     what a DELETE of a device answers: empty, device or acknowledgement
    duplicate_devices what a POST of a known device token does: store, update or conflict (409)
    filter_match      how filter_name and its like compare: exact, partial (without case) or ignore
    brief_users       GET /users without access_profile and devices, as on the new site
    action_seconds    how long an asynchronous action takes
    action_failure    message with which actions started from now on fail; None lets them succeed
    success_as_text   finished_success as "true" instead of true
    clock_offset      seconds that the simulator's clock is ahead of the real one
    """

    latency_ms: float = 0
    limit: int = 3000
    remaining: int | None = None
    retry_after: int | None = None
    warning: str | None = None
    per_page: int = 30
    put_answer: str = "empty"
    delete_answer: str = "empty"
    duplicate_devices: str = "store"
    filter_match: str = "exact"
    brief_users: bool = False
    action_seconds: float = 2
    action_failure: str | None = None
    success_as_text: bool = False
    clock_offset: float = 0

    def change(self, **changes: Any) -> None:
        """Set some of them. Raises ValueError for a name or a choice that there is not."""
        known = {field.name: str(field.type) for field in fields(self)}
        unknown = set(changes) - set(known)
        if unknown:
            raise ValueError(f"no such setting: {', '.join(sorted(unknown))}")
        for name, value in changes.items():
            allowed = CHOICES.get(name)
            if allowed and value not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(allowed)}")
            if not isinstance(value, TYPES[known[name]]):
                raise ValueError(f"{name} must be {known[name]}")
            setattr(self, name, value)


TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "float": (int, float),
    "int": (int,),
    "int | None": (int, type(None)),
    "str": (str,),
    "str | None": (str, type(None)),
}
CHOICES = {
    "put_answer": ("empty", "device"),
    "delete_answer": ("empty", "device", "acknowledgement"),
    "duplicate_devices": ("store", "update", "conflict"),
    "filter_match": ("exact", "partial", "ignore"),
}


@dataclass
class Token:
    """An access token: whose it is and what it may do."""

    user_id: int
    scopes: frozenset[str]


@dataclass
class Code:
    """A one-time code of the OAuth flow."""

    client_id: str
    redirect_uri: str
    scopes: frozenset[str]
    expires: float


@dataclass
class Running:
    """An asynchronous action that has not ended yet: when it will, how, and what it then changes."""

    action: Row
    due: float
    failure: str | None
    then: Callable[[], None] | None


class Budget:
    """The hourly limit, counted for each user and forgotten at the full hour."""

    def __init__(self) -> None:
        self._hour = 0
        self._used: dict[int, int] = {}
        self._used_at_start = 0

    def set_remaining(self, remaining: int, limit: int, now: float) -> None:
        """Give every user `remaining` requests for the rest of this hour."""
        self._hour, self._used, self._used_at_start = int(now // 3600), {}, limit - remaining

    def spend(self, user_id: int, limit: int, now: float) -> int:
        """Count one request. Returns how many are left, -1 if this one was already too many."""
        hour = int(now // 3600)
        if hour != self._hour:
            self._hour, self._used, self._used_at_start = hour, {}, 0
        used = self._used.get(user_id, self._used_at_start)
        if used >= limit:
            return -1
        self._used[user_id] = used + 1
        return limit - used - 1


class World:
    """Everything that the simulated Cloud 66 knows. Tests may read and change it directly."""

    def __init__(self, settings: Settings, stacks: int = 3) -> None:
        self.settings = settings
        self.accounts: list[Row] = []
        self.users: list[Row] = []
        self.stacks: list[Row] = []
        self.servers: dict[str, list[Row]] = {}
        self.backups: dict[str, list[Row]] = {}
        self.backup_groups: dict[int, int] = {}
        self.actions: dict[str, list[Row]] = {}
        self.clouds: list[Row] = []
        self.image_repositories: list[Row] = []
        self.ssh_keys: dict[int, str] = {}
        self.apps: dict[str, str] = {}
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, Token] = {}
        self.budget = Budget()
        self._running: list[Running] = []
        self._numbers: dict[str, int] = {}
        seed.fill(self, stacks)

    def now(self) -> float:
        """The simulator's time in seconds since 1970."""
        return time.time() + self.settings.clock_offset

    def number(self, kind: str, start: int = 1) -> int:
        """The next free number of a kind of thing."""
        self._numbers[kind] = self._numbers.get(kind, start - 1) + 1
        return self._numbers[kind]

    # Adding things, for the seed, for the handlers and for tests; `fields` win over the made-up values.

    def add_stack(self, servers: int = 0, front: bool = False, **fields: Any) -> Row:
        stack = shapes.stack(self.number("stack", 0), **fields)
        self.stacks.insert(0 if front else len(self.stacks), stack)
        self.servers[stack["uid"]] = []
        self.backups[stack["uid"]] = []
        self.actions[stack["uid"]] = []
        for _number in range(servers):
            self.add_server(stack["uid"])
        return stack

    def add_server(self, stack_uid: str, front: bool = False, **fields: Any) -> Row:
        server = shapes.server(stack_uid, self.number(f"server of {stack_uid}", 0), **fields)
        rows = self.servers[stack_uid]
        rows.insert(0 if front else len(rows), server)
        return server

    def add_backup(self, stack_uid: str, group: int, front: bool = True, **fields: Any) -> Row:
        """A backup of a backup group; the newest stands in front."""
        number = self.number("backup", 0)
        holders = [row for row in self.servers[stack_uid] if fields.get("db_type", "mysql") in row["server_roles"]]
        backup = shapes.backup(4153 + number, holders[0]["uid"] if holders else None, number, **fields)
        rows = self.backups[stack_uid]
        rows.insert(0 if front else len(rows), backup)
        self.backup_groups[backup["id"]] = group
        return backup

    def add_user(self, front: bool = False, **fields: Any) -> Row:
        known = {user["id"] for user in self.users}
        user_id = fields.pop("id", None) or next(number for number in range(1, len(known) + 2) if number not in known)
        user = shapes.user(user_id, **fields)
        self.users.insert(0 if front else len(self.users), user)
        return user

    def add_device(self, user_id: int, **fields: Any) -> Row:
        device = shapes.device(self.now(), **fields)
        next(user for user in self.users if user["id"] == user_id)["devices"].append(device)
        return device

    def add_token(self, user_id: int, scopes: Iterable[str], token: str | None = None) -> str:
        token = token or secrets.token_hex(32)
        self.tokens[token] = Token(user_id, frozenset(scopes))
        return token

    # Asynchronous actions

    def start_action(
        self,
        stack_uid: str,
        action: str,
        *,
        user: str | None = None,
        seconds: float | None = None,
        resource_type: str = "stack",
        user_reference: str | None = None,
        then: Callable[[], None] | None = None,
    ) -> Row:
        """Start work that ends by itself after `seconds` (default: the setting action_seconds).

        Returns the AsyncAction. `then` changes the world when the action ends well. Whether it ends well is
        decided now, by the setting action_failure.
        """
        now = self.now()
        row = shapes.action(self.number("action", 6566418), now, action)
        row.update(user=user, resource_type=resource_type)
        if user_reference is not None:
            row["metadata"]["user_reference"] = user_reference
        self.actions[stack_uid].insert(0, row)
        due = now + (self.settings.action_seconds if seconds is None else seconds)
        self._running.append(Running(row, due, self.settings.action_failure, then))
        return row

    def settle(self) -> None:
        """End the actions whose time has come. Called before every request."""
        now = self.now()
        ended = [running for running in self._running if running.due <= now]
        self._running = [running for running in self._running if running.due > now]
        for running in sorted(ended, key=lambda one: one.due):
            self._finish(running)

    def _finish(self, running: Running) -> None:
        success = running.failure is None
        if success and running.then:
            running.then()
        running.action.update(
            finished_at=shapes.iso(running.due),
            finished_success=str(success).lower() if self.settings.success_as_text else success,
            finished_message="Completed successfully" if success else running.failure,
            finished_result={} if success else None,
        )


def find(rows: Iterable[Row], key: str, value: Any) -> Row | None:
    """The first row whose `key` is `value`."""
    return next((row for row in rows if row[key] == value), None)
