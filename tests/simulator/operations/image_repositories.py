# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registries from which an account pulls images."""

from __future__ import annotations

import re

from .. import shapes
from ..answers import ApiError
from ..shapes import Row
from ..world import World
from . import Call, must_find, operation, the_account_id

WRITTEN = {
    "url": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+"),
    "username": re.compile(r".*\S.*", re.DOTALL),
    "email": re.compile(r"[^@\s]+@[^@\s]+"),
    "password": re.compile(r".*\S.*", re.DOTALL),
}
STATUS = {"conflict": 409, "bad_request": 400}


def _one_more(world: World, call: Call) -> Row:
    return world.add_image_repository(the_account_id(world, call), front=True)


@operation("list_image_repositories", grow=_one_more)
def list_image_repositories(world: World, call: Call) -> list[Row]:
    return [_shown(row) for row in _all(world, call)]


@operation("get_image_repository")
def get_image_repository(world: World, call: Call) -> Row:
    return _shown(_the_repository(world, call))


@operation("create_image_repository")
def create_image_repository(world: World, call: Call) -> Row:
    """The setting duplicate_repositories decides about a second one with the same URL and username."""
    wanted, choice = _wanted(call), world.settings.duplicate_repositories
    if choice != "store" and any(_key(row) == _key(wanted) for row in _all(world, call)):
        raise ApiError(STATUS[choice], "There is an image repository with this URL and username")
    now = shapes.iso(world.now())
    created: Row = {"created_at_iso": now, "updated_at_iso": now}
    return _shown(world.add_image_repository(the_account_id(world, call), **wanted, **created))


@operation("update_image_repository")
def update_image_repository(world: World, call: Call) -> Row:
    row = _the_repository(world, call)
    row.update(_wanted(call), updated_at_iso=shapes.iso(world.now()))
    return _shown(row)


@operation("delete_image_repository")
def delete_image_repository(world: World, call: Call) -> Row:
    _all(world, call).remove(_the_repository(world, call))
    return {"ok": True, "message": None}


def _all(world: World, call: Call) -> list[Row]:
    return world.image_repositories[the_account_id(world, call)]


def _the_repository(world: World, call: Call) -> Row:
    return must_find(_all(world, call), "id", call.path["id"])


def _key(row: Row) -> tuple[str, str]:
    return row["url"], row["username"]


def _wanted(call: Call) -> Row:
    for name, pattern in WRITTEN.items():
        if not pattern.fullmatch(call.body[name]):
            raise ApiError(400, f"{name} is empty or not valid")
    return {name: call.body[name] for name in WRITTEN}


def _shown(row: Row) -> Row:
    """The password is never returned."""
    return {name: value for name, value in row.items() if name != "password"}
