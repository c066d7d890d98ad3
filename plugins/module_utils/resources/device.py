# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mobile devices of users, which get notifications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.client import Client
from ..api.transport import Unshown
from .base import Codes, Resource, Row, Secret

TYPE = Codes(ios=1, android=2)
SUB_TYPE = Codes(iphone=1, ipad=2, ipod=3)
FIELDS = {"token": Secret(), "device_type": TYPE, "sub_type": SUB_TYPE}


class Device(Resource):
    """A device of one user. Source: get_user, add_device, update_device, delete_device."""

    noun = "device"
    schema = "Device"
    plural = "devices"
    scope = "users"
    key = "token"
    fields = FIELDS

    def __init__(self, client: Client, params: Mapping[str, Any]) -> None:
        self.user_id = params["user_id"]
        super().__init__(client, params)
        self.one = client.labelled(f"a device of user {self.user_id}", self.scope)

    @property
    def label(self) -> str:
        return f"the devices of user {self.user_id}"

    def all(self) -> list[Row]:
        return self.api.get("users", self.user_id).get("devices") or []

    def create(self, want: Row) -> Any:
        return self.one.post("users", self.user_id, "devices", body=want)

    def update(self, have: Row, want: Row) -> Any:
        body = {name: want[name] for name in ("device_type", "sub_type")}
        return self.one.put("users", self.user_id, "devices", Unshown(have["token"]), body=body)

    def delete(self, have: Row) -> Any:
        return self.one.delete("users", self.user_id, "devices", Unshown(have["token"]))
