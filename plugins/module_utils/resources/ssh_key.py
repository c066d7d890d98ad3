# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The access key: the public SSH key of the calling user, which Cloud 66 puts on servers."""

from __future__ import annotations

from ..api.errors import Cloud66Error
from .base import Resource, Row


class SshKey(Resource):
    """The access key of the calling user, if one was set. Source: get_access_ssh_key."""

    noun = "ssh_key"
    schema = "AccessPublicKey"
    plural = "ssh_keys"
    key = "public_key"

    @property
    def label(self) -> str:
        return "your access key"

    def all(self) -> list[Row]:
        try:
            row = self.api.get("ssh_keys", "access")
        except Cloud66Error as error:
            # What comes before a key was set is not documented: 404, or an empty key.
            if error.status != 404:
                raise
            return []
        return [row] if row.get("public_key") else []
