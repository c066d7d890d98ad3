# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the simulated Cloud 66: its data, its clock, its tokens and its hourly limit."""

from __future__ import annotations

import base64
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from . import hostile, seed, shapes
from .access import Budget, Code, Token
from .clock import Clock
from .deploys import Deploys
from .settings import Settings
from .shapes import Row
from .work import Job, Schedule, Work


class Lazy(dict[str, list[Row]]):
    """Rows by UID, created on first access, so that a large seed starts quickly."""

    def __init__(self, make: Callable[[str], list[Row]]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, uid: str) -> list[Row]:
        self[uid] = self._make(uid)
        return self[uid]


class World:
    """The whole state of the simulated Cloud 66. Tests may read and change it directly."""

    def __init__(
        self, settings: Settings, stacks: int = 3, hostile_fleet: bool = False, clock: Clock | None = None
    ) -> None:
        self.settings = settings
        self.clock = clock or Clock()
        self.schedule = Schedule()
        self.work = Work(self)
        self.accounts: list[Row] = []
        self.users: list[Row] = []
        self.stacks: list[Row] = []
        self.servers: dict[str, list[Row]] = {}
        self.backups: dict[str, list[Row]] = {}
        self.backup_groups: dict[int, int] = {}
        # The schedules that were created, which the API does not return, and the files of backups with their sizes.
        self.backup_schedules: list[Row] = []
        self.backup_imports: list[Row] = []
        self.backup_files: dict[int, list[Row]] = {}
        self.actions: dict[str, list[Row]] = {}
        self.clouds: list[Row] = []
        self.clusters: list[Row] = []
        # By account.
        self.image_repositories: dict[int | None, list[Row]] = defaultdict(list)
        self.dns_providers: dict[int | None, list[Row]] = defaultdict(list)
        self.gateways: dict[int | None, list[Row]] = defaultdict(list)
        self.failover_groups: dict[int | None, list[Row]] = defaultdict(list)
        self.onprems: dict[int | None, list[Row]] = defaultdict(list)
        # Records of ConfigStore by namespace.
        self.records: dict[str, list[Row]] = defaultdict(list)
        self.certificates: dict[str, list[Row]] = defaultdict(list)
        # What is going to happen to a certificate, by its UUID.
        self.installing: dict[str, list[Job]] = {}
        # Numbers of load balancers by their UIDs, and tags by `server/UID` and `loadbalancer/UID`.
        self.load_balancers: dict[str, int] = {}
        self.tags: dict[str, Row] = {}
        self.ssh_keys: dict[int, str] = {}
        # UIDs of stacks by the name of their application group.
        self.application_groups: dict[str, list[str]] = {}
        # Base templates by account, and logs by the UID of their operation.
        self.base_templates: dict[int | None, list[Row]] = defaultdict(list)
        self.operation_logs: dict[str, list[Row]] = {}
        self.apps: dict[str, str] = {}
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, Token] = {}
        self.budget = Budget()
        # Created on first access.
        self.firewalls = Lazy(shapes.firewall_rules)
        self.notifications = Lazy(shapes.notifications)
        self.alerts = Lazy(shapes.stack_alerts)
        self.env_vars = Lazy(self._env_vars)
        self.deployments = Lazy(lambda uid: shapes.deployments(self.stack(uid)))
        self.services = Lazy(lambda uid: shapes.services(self.servers[uid]))
        self.processes = Lazy(lambda uid: shapes.processes(self.servers[uid]))
        self.jobs = Lazy(shapes.jobs)
        self.server_groups = Lazy(lambda uid: shapes.server_groups(self.servers[uid]))
        self.stack_settings = Lazy(lambda uid: shapes.stack_settings())
        self.server_settings = Lazy(lambda uid: shapes.server_settings())
        self.service_yamls = Lazy(lambda uid: shapes.versions(uid, "service", shapes.SERVICE_YAML))
        self.manifest_yamls = Lazy(lambda uid: shapes.versions(uid, "manifest", shapes.MANIFEST_YAML))
        self.configurations = Lazy(lambda uid: shapes.configurations())
        self.formations = Lazy(self._formations)
        self.snapshots = Lazy(shapes.snapshots)
        self.variants = Lazy(shapes.variants)
        # By "<stack UID>/<server group>".
        self.databases = Lazy(lambda key: [shapes.database("app_production", "app_user")])
        self.database_users = Lazy(lambda key: [shapes.database_user("app_user", "app_production")])
        # The last applied body of each configuration, by "<stack UID>/<type>".
        self.applied: dict[str, str] = {}
        # Stacks that are not listed yet, and keys of variables that an action will add, by stack UID.
        self.creating: dict[str, Row] = {}
        self.coming_keys: dict[str, list[str]] = {}
        # Failure messages for the deployments of a stack, by its UID.
        self.deploy_failures: dict[str, str] = {}
        self.deploys = Deploys(self)
        # Private keys that get_server returns, by server UID. Other servers have a placeholder.
        self.private_keys: dict[str, str] = {}
        # UIDs of the hostile fleet's stacks, by what they test.
        self.hostile: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._moved: dict[str, float] = {}
        seed.fill(self, stacks)
        if hostile_fleet:
            hostile.fill(self)

    def now(self) -> float:
        """Return the simulator's time in seconds since 1970."""
        moment = self.schedule.moment
        return self.clock.now() + self.settings.clock_offset if moment is None else moment

    def number(self, kind: str, start: int = 1) -> int:
        """Return the next free number for a kind of thing."""
        self._numbers[kind] = self._numbers.get(kind, start - 1) + 1
        return self._numbers[kind]

    # Add rows, for the seed, the handlers and tests. `fields` override the generated values.

    def add_stack(self, servers: int = 0, front: bool = False, **fields: Any) -> Row:
        stack = shapes.stack(self.number("stack", 0), **fields)
        self.stacks.insert(0 if front else len(self.stacks), stack)
        for rows in (self.servers, self.backups, self.actions):
            rows.setdefault(stack["uid"], [])
        for _number in range(servers):
            self.add_server(stack["uid"])
        return stack

    def add_server(self, stack_uid: str, front: bool = False, **fields: Any) -> Row:
        server = shapes.server(stack_uid, self.number(f"server of {stack_uid}", 0), **fields)
        rows = self.servers[stack_uid]
        rows.insert(0 if front else len(rows), server)
        if self.settings.servers_touch_stack:
            self.touch(stack_uid)
        return server

    def remove_server(self, server_uid: str) -> None:
        for stack_uid, rows in self.servers.items():
            kept = [row for row in rows if row["uid"] != server_uid]
            if len(kept) < len(rows):
                rows[:] = kept
                if self.settings.servers_touch_stack:
                    self.touch(stack_uid)

    def later_do(self, do: Callable[[], None]) -> None:
        """Change containers as soon as they are listed (setting containers_show_after)."""
        after = self.settings.containers_show_after
        if after:
            self.schedule.at(self.now() + after, do)
        else:
            do()

    def touch(self, stack_uid: str) -> None:
        """Advance a stack's updated_at, by at least a second so that it differs."""
        self.move(self.stack(stack_uid))

    def move(self, stack: Row) -> None:
        """Do the same for a row, which may have left the list."""
        moment = self.later(stack["uid"])
        stack.update(
            updated_at=shapes.spaced(moment),
            updated_at_iso=shapes.iso(moment),
            last_activity=shapes.iso(moment),
            last_activity_iso=shapes.iso(moment),
        )

    def later(self, thing: str) -> float:
        """Return the current time, but at least a second after the last one returned for this thing."""
        self._moved[thing] = max(self.now(), self._moved.get(thing, 0) + 1)
        return self._moved[thing]

    def stack(self, uid: str) -> Row:
        return next(row for row in self.stacks if row["uid"] == uid)

    def _env_vars(self, stack_uid: str) -> list[Row]:
        return shapes.env_vars(stack_uid, self.stack(stack_uid).get("git_branch"))

    def _formations(self, stack_uid: str) -> list[Row]:
        templates = self.base_templates[self.stack(stack_uid)["account_id"]]
        return shapes.formations(stack_uid, templates[0]) if templates else []

    def add_backup(self, stack_uid: str, group: int, front: bool = True, now: bool = False, **fields: Any) -> Row:
        """Add a backup to a backup group, by default as the newest, at the front. With `now`, it was just made."""
        if now:
            fields = {**dict.fromkeys(shapes.BACKUP_TIMES, shapes.iso(self.now())), **fields}
        number = self.number("backup", 0)
        databases = [row for row in self.servers[stack_uid] if fields.get("db_type", "mysql") in row["server_roles"]]
        backup = shapes.backup(4153 + number, databases[0]["uid"] if databases else None, number, **fields)
        rows = self.backups[stack_uid]
        rows.insert(0 if front else len(rows), backup)
        self.backup_groups[backup["id"]] = group
        return backup

    def files_of(self, backup: Row) -> list[Row]:
        """The files of a backup. Tests may put others in their place in backup_files."""
        name = f"{backup['database_name']}.tar"
        return self.backup_files.setdefault(backup["id"], [{"id": "tar", "name": name, "size": backup["backup_size"]}])

    def cut_backup(self, backup_id: int, *sizes: int) -> list[Row]:
        """Let a backup consist of several segments with these sizes."""
        ids = [f"tar-{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(len(sizes))]
        rows = [{"id": each, "name": f"backup.{each}", "size": size} for each, size in zip(ids, sizes, strict=True)]
        self.backup_files[backup_id] = rows
        return rows

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

    def add_account(self, account_id: int, **fields: Any) -> Row:
        account = shapes.account(account_id, **fields)
        self.accounts.append(account)
        return account

    def add_rule(self, stack_uid: str, front: bool = False, **fields: Any) -> Row:
        """Add a firewall rule. `fields` contains at least one end and a port."""
        rule = shapes.firewall_rule(self.number("firewall rule", 168_806_136), self.now(), **fields)
        rows = self.firewalls[stack_uid]
        rows.insert(0 if front else len(rows), rule)
        return rule

    def add_env_var(self, stack_uid: str, key: str, value: str, front: bool = False, **fields: Any) -> Row:
        row = shapes.env_var(self.number("env var", 100_000_000), key, value, self.now(), **fields)
        rows = self.env_vars[stack_uid]
        rows.insert(0 if front else len(rows), row)
        return row

    def add_image_repository(self, account_id: int | None = 139, front: bool = False, **fields: Any) -> Row:
        """A registry of an account, with its password."""
        row = shapes.image_repository(self.number("image repository", 283), **fields)
        return _added(self.image_repositories[account_id], row, front)

    def add_gateway(self, account_id: int | None = 139, front: bool = False, **fields: Any) -> Row:
        """A deploy gateway, with its private key."""
        return _added(self.gateways[account_id], shapes.gateway(self.number("gateway"), **fields), front)

    def add_failover_group(self, account_id: int | None = 139, front: bool = False, **fields: Any) -> Row:
        row = shapes.failover_group(self.number("failover group", 516), **fields)
        return _added(self.failover_groups[account_id], row, front)

    def add_dns_provider(self, account_id: int | None = 139, front: bool = False, **fields: Any) -> Row:
        return _added(self.dns_providers[account_id], shapes.dns_provider(self.number("DNS provider"), **fields), front)

    def add_cluster(self, front: bool = False, **fields: Any) -> Row:
        return _added(self.clusters, shapes.cluster(self.number("cluster"), **fields), front)

    def add_onprem(self, account_id: int | None = 139, front: bool = False, **fields: Any) -> Row:
        return _added(self.onprems[account_id], shapes.onprem(self.number("onprem"), **fields), front)

    def add_base_template(self, account_id: int | None = 139, front: bool = False, **fields: Any) -> Row:
        """A base template that has been pulled."""
        row = shapes.base_template(self.number("base template"), **fields)
        return _added(self.base_templates[account_id], row, front)

    def add_variant(self, stack_uid: str, kind: str, front: bool = False, **fields: Any) -> Row:
        number = self.number(f"variant of {stack_uid}", 3)
        return _added(self.variants[stack_uid], shapes.variant(number, stack_uid, kind, **fields), front)

    def add_record(
        self,
        namespace: str,
        key: str,
        raw_value: str | None = None,
        *,
        value: str = "",
        front: bool = False,
        **fields: Any,
    ) -> Row:
        """A record of ConfigStore: its value as a text, or as it is stored in `raw_value`."""
        raw_value = base64.b64encode(value.encode()).decode() if raw_value is None else raw_value
        return _added(self.records[namespace], shapes.record(key, raw_value, **fields), front)

    def add_certificate(self, stack_uid: str, front: bool = False, **fields: Any) -> Row:
        """A certificate that is installed."""
        number = self.number(f"certificate of {stack_uid}")
        return _added(self.certificates[stack_uid], shapes.certificate(number, stack_uid, **fields), front)

    def add_load_balancer(self, number: int) -> str:
        """A load balancer, of which nothing but its tags can be read. Returns its UID."""
        uid = shapes.digest(f"load balancer {number}")
        self.load_balancers[uid] = number
        return uid

    def add_tags(self, kind: str, uid: str, *tags: str, reserved: tuple[str, ...] = ()) -> Row:
        """The tags of a `server` or a `loadbalancer`, instead of those it has; `reserved` are the platform's."""
        self.tags[f"{kind}/{uid}"] = row = shapes.entity_tags(*tags, reserved=reserved)
        return row

    def taggable(self, kind: str) -> Iterator[tuple[str, int]]:
        """The UIDs of all servers or load balancers, each with the number that Cloud 66 has for it."""
        if kind == "loadbalancer":
            yield from self.load_balancers.items()
        elif kind == "server":
            for row in (row for rows in self.servers.values() for row in rows):
                yield row["uid"], shapes.digest_number(f"server {row['uid']}")

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
        **end: Any,
    ) -> Row:
        """Start an action that ends by itself after `seconds` (default: the setting action_seconds).

        Returns the AsyncAction. `end` takes the `then`, `otherwise` and `failure` of Work.end_after.
        """
        row = self.work.open(stack_uid, action, user=user, resource_type=resource_type, user_reference=user_reference)
        self.work.end_after(row, self.settings.action_seconds if seconds is None else seconds, **end)
        return row

    def add_past_actions(self, stack_uid: str, count: int) -> None:
        """Add actions that ended long ago, newest first."""
        for number in range(count):
            started = shapes.SEED_TIME + number * shapes.HOUR
            action = shapes.action(self.number("action", 6566418), started, "application_deployment")
            action.update(
                user="owner@example.com",
                finished_at=shapes.iso(started + 240),
                finished_success=True,
                finished_message="Completed successfully",
                finished_result={},
            )
            self.actions[stack_uid].insert(0, action)

    def settle(self) -> None:
        """Do what is due, such as ending actions. Called before every request."""
        self.schedule.run(self.now())


def _added(rows: list[Row], row: Row, front: bool) -> Row:
    """The row, which now is among the others, at the end or in front."""
    rows.insert(0 if front else len(rows), row)
    return row


def find(rows: Iterable[Row], key: str, value: Any) -> Row | None:
    """Return the first row whose `key` is `value`, or None."""
    return next((row for row in rows if row[key] == value), None)
