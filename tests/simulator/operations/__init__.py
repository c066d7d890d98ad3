# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Handlers: what each call does to the world. A handler is registered with the call's operationId:

    @operation("add_device")
    def add_device(world: World, call: Call) -> Row: ...

It gets validated and typed parameters. It returns the value of `response`: a dict, a list (paged if the contract says
so), or EMPTY for an answer without a body. It raises ApiError for an error. All modules in this folder are loaded.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..answers import ApiError
from ..contract import Operation
from ..shapes import Row
from ..world import World, find

EMPTY = object()


@dataclass
class Call:
    """A validated request: the caller, and the path, query and body with the contract's types.

    `raw_path` has the path's parameters as they were sent, percent-encoded; `host` is the header. Handlers add to
    `notes` what the request log should show.
    """

    operation: Operation
    user_id: int | None = None
    account_id: int | None = None
    caller: str = ""
    host: str = ""
    scopes: frozenset[str] = frozenset()
    path: dict[str, Any] = field(default_factory=dict)
    raw_path: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)


Handler = Callable[[World, Call], Any]
HANDLERS: dict[str, Handler] = {}
GROWERS: dict[str, Handler] = {}


def operation(name: str, grow: Handler | None = None) -> Callable[[Handler], Handler]:
    """Register the handler of an operationId. `grow` adds a row at the front of its list, for the fault `moving`."""

    def register(handler: Handler) -> Handler:
        HANDLERS[name] = handler
        if grow:
            GROWERS[name] = grow
        return handler

    return register


def must_find(rows: list[Row], key: str, value: Any) -> Row:
    """Return the row whose `key` is `value`, or raise a 404 error."""
    row = find(rows, key, value)
    if row is None:
        raise ApiError(404)
    return row


def the_stack(world: World, call: Call) -> Row:
    """Return the stack that the path names by its UID, or raise a 404 error."""
    stack = must_find(world.stacks, "uid", call.path["stack_id"])
    hidden = call.account_id is not None and stack.get("account_id") != call.account_id
    if hidden and world.settings.strict_account:
        raise ApiError(404)
    return stack


def the_server(world: World, call: Call, uid: str | None = None) -> Row:
    """Return the server of the path's stack with this UID (default: the path's), or raise a 404 error."""
    rows = world.servers[the_stack(world, call)["uid"]]
    return must_find(rows, "uid", uid or call.path["server_id"])


def the_user(world: World, call: Call) -> Row:
    """Return the user that the path names, or raise a 404 error."""
    return must_find(world.users, "id", call.path["user_id"])


def the_email(world: World, call: Call) -> str | None:
    """Return the caller's email address."""
    user = find(world.users, "id", call.user_id)
    return user["email"] if user else None


def current_account(world: World, call: Call) -> int | None:
    """Return the caller's own account."""
    user = find(world.users, "id", call.user_id)
    return user["primary_account_id"] if user else None


def the_account_id(world: World, call: Call) -> int | None:
    """The account that X-Account picks, or the caller's own."""
    return current_account(world, call) if call.account_id is None else call.account_id


def of_account(world: World, call: Call, rows: list[Row], key: str) -> list[Row]:
    """Return the rows of the account in X-Account, or without it those of the accounts that the caller sees."""
    account_id = call.account_id
    if account_id is None and world.settings.visible_accounts == "current":
        account_id = current_account(world, call)
    return rows if account_id is None else [row for row in rows if row.get(key) == account_id]


def start(world: World, call: Call, action: str, then: Callable[[], None] | None = None, **options: Any) -> Row:
    """Start an asynchronous action on the path's stack, as the caller. See World.start_action for the options."""
    return world.start_action(call.path["stack_id"], action, user=the_email(world, call), then=then, **options)


def change(world: World, call: Call, action: str, then: Callable[[], None], **options: Any) -> Row:
    """Do the same, and make a change at the start or the end of the action (setting async_visible)."""
    if world.settings.async_visible == "start" and world.settings.action_failure is None:
        then()
        return start(world, call, action, **options)
    return start(world, call, action, then, **options)


def read_only(world: World, what: str) -> ApiError:
    return ApiError(world.settings.readonly_status, f"{what} is read-only")


for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
