# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deploy gateways, which are open for a time."""

from __future__ import annotations

from typing import Any

from .. import shapes
from ..answers import ApiError
from ..shapes import Row
from ..world import World, find
from . import EMPTY, Call, must_find, operation

WRITTEN = ("name", "username", "address", "private_ip", "content")
ACKNOWLEDGED = {"ok": True, "message": None}


@operation("list_gateways", grow=lambda world, call: world.add_gateway(_account_id(world, call), front=True))
def list_gateways(world: World, call: Call) -> list[Row]:
    """The private key is never returned."""
    return [{**row, "content": "N/A"} for row in _all(world, call)]


@operation("create_gateway")
def create_gateway(world: World, call: Call) -> Row:
    """The setting duplicate_gateways decides about a second one with the same name."""
    if not call.body["name"].strip():
        raise ApiError(400, "name is empty")
    if world.settings.duplicate_gateways == "conflict" and find(_all(world, call), "name", call.body["name"]):
        raise ApiError(409, "There is a gateway with this name")
    now = shapes.iso(world.now())
    blank: Row = {**dict.fromkeys(WRITTEN), "created_at_iso": now, "updated_at_iso": now}
    world.add_gateway(_account_id(world, call), **{**blank, **_wanted(world, call)})
    return ACKNOWLEDGED


@operation("update_gateway")
def update_gateway(world: World, call: Call) -> Row:
    """Change what is given, or open the gateway for as many seconds as `ttl`."""
    row = must_find(_all(world, call), "id", call.path["id"])
    row.update(_wanted(world, call), updated_at_iso=shapes.iso(world.now()))
    return ACKNOWLEDGED


@operation("delete_gateway")
def delete_gateway(world: World, call: Call) -> Any:
    rows = _all(world, call)
    rows.remove(must_find(rows, "id", call.path["id"]))
    return ACKNOWLEDGED if world.settings.gateway_delete_answer == "acknowledgement" else EMPTY


def _account_id(world: World, call: Call) -> int:
    account = next((row for row in world.accounts if str(row["id"]) == str(call.path["account_id"])), None)
    if account is None:
        raise ApiError(404)
    return int(account["id"])


def _all(world: World, call: Call) -> list[Row]:
    return world.gateways[_account_id(world, call)]


def _wanted(world: World, call: Call) -> Row:
    found = {name: call.body[name] for name in WRITTEN if name in call.body}
    if call.body.get("ttl") is not None:
        found["ttl"] = shapes.iso(world.now() + call.body["ttl"])
    return found
