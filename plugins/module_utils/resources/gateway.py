# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The deploy gateways of accounts."""

from __future__ import annotations

from functools import partial

from .action import moment
from .base import Is, Resource, Write
from .fields import Pem, Row, Text, UnreadNumber
from .places import OF_ACCOUNT
from .thing import Thing


class Gateway(Resource):
    """A deploy gateway, through which Cloud 66 reaches servers without public addresses. Source: list_gateways."""

    noun = "gateway"
    plural = "gateways"
    subject = "Network"
    schema = "Gateway"
    scope = "public"
    parent = OF_ACCOUNT
    path = ("gateways",)
    identity = "id"
    key: tuple[str, ...] = ("name",)
    lookup = ("id", "name")
    fields = {"content": Pem("private key", secret=True)}
    by_identity = ("gateway_id", "int")
    only_listed = True
    filters = {"name": Is("name"), "address": Is("address", "private_ip")}


class ManagedGateway(Gateway, Thing):
    """A gateway that is added, changed, opened or removed.

    Source: create_gateway, update_gateway, delete_gateway.
    """

    scope = "admin"
    renewed = "open"
    sends_changes = True
    fields = {
        "name": Text(),
        "username": Text(clear=""),
        "address": Text(clear=""),
        "private_ip": Text(clear=""),
        "content": Pem("private key", option="private_key", secret=True, policy=True),
        # When read, `ttl` is the time at which the gateway closes.
        "seconds": UnreadNumber(option="ttl", sent_as="ttl", least=1),
    }

    def renewal(self, existing: Row) -> Write:
        """The call that opens the gateway, with the key and for the time that the options give."""
        body = {"content": self.params["private_key"], "ttl": self.params["ttl"]}
        label = self.label_of(existing)
        api = self.client.labelled(label, self.scope)
        return Write(label, partial(api.write, "PUT", self._path(existing), body))

    def is_renewed(self, before: Row, row: Row) -> bool:
        """Whether the gateway is open. It is sent again if that cannot be told from an earlier opening."""
        return moment(row.get("ttl")) > self.client.now()
