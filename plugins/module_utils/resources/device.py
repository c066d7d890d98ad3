# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mobile devices that receive a user's notifications."""

from __future__ import annotations

from .fields import Codes, Row, Text
from .places import IN_USER
from .thing import Thing

FIELDS = {
    "token": Text(option="device_token", secret=True, create_only=True),
    "device_type": Codes({"ios": 1, "android": 2}, required=True, settable=True),
    "sub_type": Codes({"iphone": 1, "ipad": 2, "ipod": 3}, required=True, settable=True),
}


class Device(Thing):
    """A device of one user. Source: get_user, add_device, update_device, delete_device."""

    noun = "device"
    plural = "devices"
    schema = "Device"
    scope = "users"
    parent = IN_USER
    path = ("devices",)
    identity = "token"
    key = ("token",)
    fields = FIELDS

    def all(self) -> list[Row]:
        """Devices are only listed as part of their user."""
        return self.api.get(*self.place.path).get("devices") or []
