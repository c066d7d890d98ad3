# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each call does to the world. A handler is a function with the call's operationId:

    @operation("add_device")
    def add_device(world: World, call: Call) -> Row: ...

It gets checked and typed parameters and returns what stands under `response`: a dict, a list (which is cut into
pages where the contract says so), or EMPTY for an answer without a body. It raises ApiError for an error.
Every module in this folder is loaded.
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
    """A checked request: what the path, the query and the body say, as the contract's types, and who asks.

    `raw_path` has the path's parameters as they were sent, percent-encoded. What a handler puts into `notes` is in the
    log of requests.
    """

    operation: Operation
    user_id: int | None = None
    account_id: int | None = None
    caller: str = ""
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
    """The row whose `key` is `value`, or 404."""
    row = find(rows, key, value)
    if row is None:
        raise ApiError(404)
    return row


def the_stack(world: World, call: Call) -> Row:
    """The stack that the path names by its UID, or 404."""
    stack = must_find(world.stacks, "uid", call.path["stack_id"])
    hidden = call.account_id is not None and stack.get("account_id") != call.account_id
    if hidden and world.settings.strict_account:
        raise ApiError(404)
    return stack


def the_server(world: World, call: Call, uid: str | None = None) -> Row:
    """The server of the path's stack with this UID, or the one that the path names, or 404."""
    rows = world.servers[the_stack(world, call)["uid"]]
    return must_find(rows, "uid", uid or call.path["server_id"])


def the_user(world: World, call: Call) -> Row:
    """The user that the path names, or 404."""
    return must_find(world.users, "id", call.path["user_id"])


def the_email(world: World, call: Call) -> str | None:
    """Who calls."""
    user = find(world.users, "id", call.user_id)
    return user["email"] if user else None


def current_account(world: World, call: Call) -> int | None:
    """The caller's own account."""
    user = find(world.users, "id", call.user_id)
    return user["primary_account_id"] if user else None


def the_account_id(world: World, call: Call) -> int | None:
    """The account that X-Account picks, or the caller's own."""
    return current_account(world, call) if call.account_id is None else call.account_id


def of_account(world: World, call: Call, rows: list[Row], key: str) -> list[Row]:
    """The rows of the account that X-Account picks, or of those that the caller sees without it."""
    account_id = call.account_id
    if account_id is None and world.settings.visible_accounts == "current":
        account_id = current_account(world, call)
    return rows if account_id is None else [row for row in rows if row.get(key) == account_id]


def start(world: World, call: Call, action: str, then: Callable[[], None] | None = None, **options: Any) -> Row:
    """Start an asynchronous action on the path's stack, as the caller. See World.start_action for the options."""
    return world.start_action(call.path["stack_id"], action, user=the_email(world, call), then=then, **options)


def change(world: World, call: Call, action: str, then: Callable[[], None], **options: Any) -> Row:
    """The same for a change that can be read at the start or at the end of the action, as the setting says."""
    if world.settings.async_visible == "start" and world.settings.action_failure is None:
        then()
        return start(world, call, action, **options)
    return start(world, call, action, then, **options)


def read_only(world: World, what: str) -> ApiError:
    return ApiError(world.settings.readonly_status, f"{what} is read-only")


for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
