# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The firewall of a stack, and leases: temporary rules."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timezone
from typing import Any, NamedTuple

from ..api.errors import Cloud66Error
from .action import moment
from .base import Is, Place, Resource
from .command import Command, Plan
from .fields import Address, Row
from .places import IN_STACK

CALLER = "AUTO"
MAX_PORT = 65535
PROTOCOLS = {"tcp": 1, "udp": 2, "icmp": 3}


class FirewallRule(Resource):
    """A rule of a stack's firewall. Source: list_firewall_rules, get_firewall_rule (rule_id)."""

    noun = "firewall_rule"
    plural = "firewall_rules"
    subject = "Network"
    schema = "FirewallRule"
    scope = "admin"
    parent = IN_STACK
    path = ("firewalls",)
    identity = "id"
    key = ("from_ip", "to_ip", "protocol", "port")
    adds = {"stack_uid": "uid"}
    fields = {"from_ip": Address(), "to_ip": Address()}
    by_identity = ("rule_id", "int")
    filters = {
        "port": Is("port", type="int"),
        "protocol": Is("protocol", choices=list(PROTOCOLS)),
        "rule_type": Is("rule_type"),
    }


class LeaseSnapshot(NamedTuple):
    """A stack and its firewall rules, which are only read if the plan depends on them."""

    place: Place
    rules: tuple[Row, ...]


class Lease(FirewallRule, Command[LeaseSnapshot]):
    """A temporary rule. The API lists it like any other rule, without the time it ends, and cannot close it early.

    Source: create_firewall_rule.
    """

    noun = "lease"
    action = "open_lease"
    refers_to = ("group", "server")

    def snapshot(self) -> LeaseSnapshot:
        """Rules are not read for the caller's own address: it is unknown, so no rule for it can be recognised."""
        if self.params["ttl"] < 1:
            raise Cloud66Error(f"ttl must be at least 1, not {self.params['ttl']}.")
        if not 1 <= self.params["port"] <= MAX_PORT:
            raise Cloud66Error(f"port must be from 1 to {MAX_PORT}, not {self.params['port']}.")
        if not self._is_address(self.params["from_ip"]):
            raise Cloud66Error(
                f"from_ip must be an address, a network such as 198.51.100.0/24, or {CALLER}, not"
                f" {self.params['from_ip']!r}."
            )
        compares = self.params["from_ip"] != CALLER and not self.params["renew"]
        return LeaseSnapshot(self.place, tuple(self.all()) if compares else ())

    def plan(self, snapshot: LeaseSnapshot) -> Plan:
        """No lease is needed if a rule already allows the same access."""
        existing = next((row for row in snapshot.rules if self._opens_the_same(row)), None)
        names = ("from_ip", "port", "protocol", "ttl")
        opened = {"stack_uid": self.stack_uid, **{name: self.params[name] for name in names}}
        return Plan(existing is None, existing, opened, {}, opened)

    def start(self, snapshot: LeaseSnapshot) -> Any:
        params = self.params
        body = {name: params[name] for name in ("from_ip", "port", "ttl")}
        body["protocol"] = PROTOCOLS[params["protocol"]]
        for option, field in (("group", "to_group_id"), ("server", "server_id")):
            if params[option] is not None:
                body[field] = params[option]
        api = self.client.labelled(f"a lease to the firewall of {snapshot.place.label}", self.scope)
        return api.post(*snapshot.place.path, *self.path, body=body)

    def outcome(self, action: Row) -> dict[str, Any]:
        """When the lease ends: as many minutes after its opening as `ttl`, which is presumably in minutes."""
        opened = moment(action.get("finished_at")) or self.client.now()
        until = datetime.fromtimestamp(opened + 60 * self.params["ttl"], timezone.utc)
        return {"until": until.strftime("%Y-%m-%dT%H:%M:%SZ")}

    @staticmethod
    def _is_address(text: str) -> bool:
        try:
            ipaddress.ip_network(text, strict=False)
        except ValueError:
            return text == CALLER
        return True

    def _opens_the_same(self, row: Row) -> bool:
        params = self.params
        return (
            self.fields["from_ip"].same(row.get("from_ip"), params["from_ip"])
            and row.get("protocol") == params["protocol"]
            and str(row.get("port")) == str(params["port"])
            and (row.get("to_group_id") or None) == params["group"]
            and not row.get("to_ip")
            and (row.get("to_server_id") or None) == params["server"]
        )
