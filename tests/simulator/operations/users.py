# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users and their devices."""

from __future__ import annotations

from typing import Any

from .. import shapes
from ..answers import ApiError
from ..shapes import Row
from ..world import World, find
from . import EMPTY, Call, must_find, of_account, operation, the_user


@operation("list_users", grow=lambda world, call: world.add_user(front=True))
def list_users(world: World, call: Call) -> list[Row]:
    rows = of_account(world, call, world.users, "primary_account_id")
    if world.settings.brief_users:
        omitted = {"devices", "access_profile"}
        rows = [{key: value for key, value in row.items() if key not in omitted} for row in rows]
    return rows


@operation("get_user")
def get_user(world: World, call: Call) -> Row:
    return the_user(world, call)


@operation("update_user")
def update_user(world: World, call: Call) -> Row:
    """Only the access profile is applied. The setting profile_put decides about what it leaves out."""
    user, wanted = the_user(world, call), call.body["access_profile"]
    if world.settings.profile_put == "merge":
        known = user["access_profile"]
        roles = [*known.get("stack_profiles", []), *wanted.get("stack_profiles", [])]
        wanted = {
            **known,
            **wanted,
            "account_profile": {**known.get("account_profile", {}), **wanted.get("account_profile", {})},
            "stack_profiles": [row for number, row in enumerate(roles) if row not in roles[:number]],
        }
    user["access_profile"] = wanted
    user["updated_at"] = shapes.iso(world.now())
    return user


@operation("add_device")
def add_device(world: World, call: Call) -> Row:
    """Add a device. The effect on an existing token is undocumented: the setting duplicate_devices decides."""
    user = the_user(world, call)
    existing = find(user["devices"], "token", call.body["token"])
    if existing and world.settings.duplicate_devices == "conflict":
        raise ApiError(409, "The user has a device with this token already")
    if existing and world.settings.duplicate_devices == "update":
        return _update(world, existing, call)
    return world.add_device(user["id"], **_fields(call), token=call.body["token"])


@operation("update_device")
def update_device(world: World, call: Call) -> Any:
    device = must_find(the_user(world, call)["devices"], "token", call.path["token"])
    return _answer(world.settings.put_answer, _update(world, device, call))


@operation("update_device_by_body")
def update_device_by_body(world: World, call: Call) -> Any:
    device = must_find(the_user(world, call)["devices"], "token", call.body["token"])
    return _answer(world.settings.put_answer, _update(world, device, call))


@operation("delete_device")
def delete_device(world: World, call: Call) -> Any:
    """Delete one entry, even if the token is stored twice."""
    devices = the_user(world, call)["devices"]
    device = must_find(devices, "token", call.path["token"])
    devices.remove(device)
    return _answer(world.settings.delete_answer, device)


def _fields(call: Call) -> Row:
    return {"device_type": call.body["device_type"], "sub_type": call.body["sub_type"]}


def _update(world: World, device: Row, call: Call) -> Row:
    now = world.now()
    device.update(_fields(call), updated_at=shapes.spaced(now), updated_at_iso=shapes.iso(now))
    return device


def _answer(kind: str, device: Row) -> Any:
    return {"empty": EMPTY, "device": device, "acknowledgement": {"ok": True, "message": None}}[kind]
