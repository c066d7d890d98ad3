# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The access key of the calling user."""

from __future__ import annotations

from ..api.errors import NotFoundError
from .base import Resource
from .fields import Row


class SshKey(Resource):
    """The access key of the calling user, if one was set. Source: get_access_ssh_key."""

    noun = "ssh_key"
    plural = "ssh_keys"
    schema = "AccessPublicKey"
    identity = "public_key"
    key = ("public_key",)

    @property
    def label(self) -> str:
        return "your access key"

    def all(self) -> list[Row]:
        try:
            row = self.api.get("ssh_keys", "access")
        except NotFoundError:
            # Cloud 66's answer before a key is set is undocumented. It may be 404 or an empty key.
            return []
        return [row] if row.get("public_key") else []
