# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, and the devices of all users."""

from __future__ import annotations

from ..api.parallel import side_by_side
from .base import IN_ACCOUNT, Is, Resource
from .device import FIELDS, Device
from .fields import Row, Rows

WORKERS = 8


class User(Resource):
    """A user that the token's user can see. Source: list_users, get_user (user_id)."""

    noun = "user"
    plural = "users"
    schema = "User"
    scope = "users"
    path = ("users",)
    identity = "id"
    key = ("email",)
    fields = {"devices": Rows(FIELDS)}
    filters = {"email": Is("email")}
    by_identity = ("user_id", "int")


class UsersDevice(Device):
    """A device of any user, with its `user_id`. Source: list_users, get_user."""

    parent = IN_ACCOUNT
    added = ("user_id",)
    reveals = {"include_token": "token"}
    options = {"user_id": {"type": "int"}, "email": {"type": "str"}}
    refers_to = ("user_id",)

    @property
    def label(self) -> str:
        return "the devices of users"

    def read(self) -> list[Row]:
        users = User(self.client, self.params)
        # The list of users may lack their devices; a single user has them.
        rows = side_by_side(lambda user: user if "devices" in user else users.one(user["id"]), users.read(), WORKERS)
        return [{**device, "user_id": user["id"]} for user in rows for device in user.get("devices") or []]
