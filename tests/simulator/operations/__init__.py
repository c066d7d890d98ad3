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
    """A checked request: what the path, the query and the body say, as the contract's types, and who asks."""

    operation: Operation
    user_id: int | None = None
    account_id: int | None = None
    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)


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
    return must_find(world.stacks, "uid", call.path["stack_id"])


def the_user(world: World, call: Call) -> Row:
    """The user that the path names, or 404."""
    return must_find(world.users, "id", call.path["user_id"])


for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
