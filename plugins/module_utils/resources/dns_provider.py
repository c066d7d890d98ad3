# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""DNS providers that are connected to the account."""

from __future__ import annotations

from ..api.errors import NotFoundError
from .base import Resource
from .fields import Row


class DnsProvider(Resource):
    """A DNS provider. Source: list_dns_providers."""

    noun = "dns_provider"
    plural = "dns_providers"
    title = "DNS provider"
    titles = "DNS providers"
    schema = "DnsProvider"
    scope = "admin"
    path = ("dns_providers",)
    identity = "uuid"
    key = ("display_name",)
    lookup = ("uuid", "key", "display_name")

    def all(self) -> list[Row]:
        """Sources disagree on the path of the list."""
        try:
            return super().all()
        except NotFoundError:
            return self.api.list("stacks", *self.path)
