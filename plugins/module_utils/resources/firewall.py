# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Firewall rules of stacks, and leases: rules that Cloud 66 takes away after a time."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timezone
from typing import Any

from .action import moment
from .base import Field, Is, Resource, Row
from .stack import the_stack
from .work import Work

CALLER = "AUTO"
PROTOCOLS = {"tcp": 1, "udp": 2, "icmp": 3}


class Address(Field):
    """An address or network: 198.51.100.7 and 198.51.100.7/32 are the same."""

    def stored(self, value: Any) -> Any:
        try:
            return str(ipaddress.ip_network(str(value), strict=False))
        except ValueError:
            return value

    def same(self, one: Any, other: Any) -> bool:
        return self.stored(one) == self.stored(other)


class FirewallRule(Resource):
    """A rule of a stack's firewall. Source: list_firewall_rules, create_firewall_rule."""

    noun = "firewall_rule"
    schema = "FirewallRule"
    added = ("stack_uid",)
    plural = "firewall_rules"
    scope = "admin"
    key = "id"
    fields = {"from_ip": Address(), "to_ip": Address()}
    filters = {"port": Is("port"), "protocol": Is("protocol"), "rule_type": Is("rule_type")}

    def read(self) -> list[Row]:
        stack = the_stack(self.api, self.params)
        return [{**row, "stack_uid": stack["uid"]} for row in self.matching(self._of(stack))]

    def _of(self, stack: Row) -> list[Row]:
        api = self.api.labelled(f"the firewall rules of stack {stack['name']}", self.scope)
        return api.list("stacks", stack["uid"], "firewalls")


class Lease(Work, FirewallRule):
    """A rule for a time. It is read as a rule like any other, without its end, and cannot be closed before.

    Source: create_firewall_rule.
    """

    noun = "lease"
    action = "open_lease"

    def prepare(self) -> None:
        """A rule that opens the same stands already. The caller's own address is not known here."""
        self.stack = the_stack(self.api, self.params)
        self.start_api = self.api.labelled(f"a lease to the firewall of stack {self.stack['name']}", self.scope)
        if self.params["from_ip"] != CALLER and not self.params["renew"]:
            self.standing = next((row for row in self._of(self.stack) if self._is_same(row)), None)
        self.needed = self.standing is None

    def predicted(self) -> Row:
        """What the lease opens, for results."""
        names = ("from_ip", "port", "protocol", "ttl")
        return {"stack_uid": self._uid(), **{name: self.params[name] for name in names}}

    def start(self) -> Any:
        params = self.params
        body = {name: params[name] for name in ("from_ip", "port", "ttl")}
        body["protocol"] = PROTOCOLS[params["protocol"]]
        for option, field in (("group", "to_group_id"), ("server", "server_id")):
            if params[option] is not None:
                body[field] = params[option]
        return self.start_api.post("stacks", self._uid(), "firewalls", body=body)

    def outcome(self, action: Row) -> dict[str, Any]:
        """Until when it is open: the lease's minutes after it was opened, as far as is known."""
        opened = moment(action.get("finished_at")) or self.api.now()
        until = datetime.fromtimestamp(opened + 60 * self.params["ttl"], timezone.utc)
        return {"until": until.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def _is_same(self, row: Row) -> bool:
        params = self.params
        return (
            self.fields["from_ip"].same(row.get("from_ip"), params["from_ip"])
            and row.get("protocol") == params["protocol"]
            and str(row.get("port")) == str(params["port"])
            and (row.get("to_group_id") or None) == params["group"]
            and not row.get("to_ip")
            and (row.get("to_server_id") or None) == params["server"]
        )
