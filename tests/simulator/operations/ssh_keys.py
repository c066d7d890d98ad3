# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's public SSH key for access to servers."""

from __future__ import annotations

import base64
import binascii

from ..answers import ApiError
from ..shapes import Row
from ..world import World
from . import Call, operation


@operation("get_access_ssh_key")
def get_access_ssh_key(world: World, call: Call) -> Row:
    key = world.ssh_keys.get(call.user_id or 0)
    if key is None:
        if world.settings.ssh_key_missing == "not_found":
            raise ApiError(404, "No key is set")
        return {"public_key": None}
    if world.settings.ssh_key_read == "base64":
        key = base64.b64encode(key.encode()).decode()
    return {"public_key": key}


@operation("set_access_ssh_key")
def set_access_ssh_key(world: World, call: Call) -> None:
    """Set the key. The response is null."""
    try:
        key = base64.b64decode("".join(call.body["public_key"].split()), validate=True).decode()
    except (binascii.Error, ValueError) as problem:
        raise ApiError(400, "public_key is not base64-encoded text") from problem
    if not key.strip():
        raise ApiError(400, "public_key is empty")
    world.ssh_keys[call.user_id or 0] = key
