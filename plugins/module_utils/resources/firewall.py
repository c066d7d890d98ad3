# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The firewall of a stack: its rules, and leases, which are temporary rules."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from ..api.errors import Cloud66Error
from . import keyed
from .action import iso, moment
from .base import Is, Place, Resource, Write
from .command import Command, Plan
from .fields import Address, Codes, Row
from .keyed import ByKey, Keyed, Values
from .places import IN_STACK
from .server_group import GroupOfStack

CALLER = "AUTO"
MAX_PORT = 65535
PROTOCOLS = {"tcp": 1, "udp": 2, "icmp": 3}
PROTOCOL = Codes(PROTOCOLS)
ADDRESS = Address()
# The ends of a rule: option -> field.
ENDS = {
    "from_ip": "from_ip",
    "from_group": "from_group_id",
    "from_server": "from_server_id",
    "to_ip": "to_ip",
    "to_group": "to_group_id",
    "to_server": "to_server_id",
}
ADDRESSES = ("from_ip", "to_ip")
GROUPS = ("from_group", "to_group")
SERVERS = ("from_server_id", "to_server_id")
USERS = "user"


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
    key: tuple[str, ...] = ("from_ip", "to_ip", "protocol", "port")
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
        if self.params["from_ip"] != CALLER and not is_network(self.params["from_ip"]):
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
        return {"until": iso(opened + 60 * self.params["ttl"])}

    def _opens_the_same(self, row: Row) -> bool:
        params = self.params
        same = [
            self.fields["from_ip"].same(row.get("from_ip"), params["from_ip"]),
            row.get("protocol") == params["protocol"],
            str(row.get("port")) == str(params["port"]),
            (row.get("to_group_id") or None) == params["group"],
            (row.get("to_server_id") or None) == params["server"],
            not row.get("to_ip"),
        ]
        return all(same)


class RuleSet(FirewallRule, Keyed):
    """Permanent rules. The key of a rule is a text that is made of all that identifies it; there is no value.

    Source: list_firewall_rules, create_firewall_rule (rules).
    """

    noun = "rule"
    plural = "rules"
    title = "firewall rule"
    titles = "firewall rules"
    key = ("rule",)
    added = ("rule",)
    value_field = None
    shows_others = True
    action = "update_firewall"
    cannot_delete = (
        "Cloud 66's API has no call to delete a firewall rule: delete it in Cloud 66's dashboard, on the Firewall tab"
        " of the stack's Network page."
    )

    _group_ids: Mapping[str | None, int] | None = None

    def all(self) -> list[Row]:
        """All rules with their keys. Those that are not the permanent rule itself have a key of their own: leases, as
        far as they can be recognised, and second rules for the same. Also looks up the groups that the rules name."""
        if self._group_ids is None:
            self._group_ids = self._found_groups()
        rows: dict[str, Row] = {}
        for row in super().all():
            key = key_of(row)
            if row.get("ttl"):
                key += f" (lease {row['id']})"
            elif key in rows:
                key += f" (again: {row['id']})"
            rows[key] = {**row, "rule": key}
        return list(rows.values())

    def exported(self) -> list[Row]:
        """The permanent rules of users, without those of servers that Cloud 66 shows by their UIDs.

        A lease is only told from them if Cloud 66 lists how long it lasts.
        """
        rows = {key_of(row): row for row in super().all() if row.get("rule_type") == USERS and not row.get("ttl")}
        numbered = [key for key, row in rows.items() if all(str(row.get(end) or 0).isdecimal() for end in SERVERS)]
        return [_declared(rows[key]) for key in sorted(numbered)]

    def given(self) -> Values:
        """The rules by their numbers in the list: before groups are looked up, they have no key."""
        for number, rule in enumerate(self.params["rules"], 1):
            problem = _problem(rule)
            if problem:
                raise Cloud66Error(f"Rule {number}: {problem}")
        return {str(number): rule for number, rule in enumerate(self.params["rules"], 1)}

    def targets(self, given: Values, rows: ByKey) -> Values:
        return {} if self.params["state"] == "absent" else self._wanted(given)

    def unwanted(self, given: Values, rows: ByKey) -> tuple[str, ...]:
        return tuple(key for key in self._wanted(given) if key in rows) if self.params["state"] == "absent" else ()

    def refusals(self, plan: keyed.Plan, rows: ByKey) -> list[str]:
        """No rule can be removed. A server's number cannot be compared with a UID, so the rule might exist."""
        kept = [self._refusal_to_delete(rows[key]) for key in plan.removed]
        shown = [row.get(end) for row in rows.values() for end in SERVERS]
        shows_uids = any(isinstance(server, str) and server and not server.isdecimal() for server in shown)
        numbered = [key for key, rule in plan.added.items() if shows_uids and any(rule[end] for end in SERVERS)]
        return kept + [
            f"Whether the {self.name_of({'rule': key})} exists is unknown, because Cloud 66 shows servers of rules by"
            " their UIDs: use an address or a server group instead."
            for key in numbered
        ]

    def predicted(self, key: str, value: Any, rows: ByKey) -> Row:
        return rows.get(key) or self.with_place({**value, "protocol": _word(value["protocol"]), "rule": key})

    def writes(self, plan: keyed.Plan, rows: ByKey) -> list[Write]:
        """One call for each rule. An unused end is not sent."""
        return [self._addition(key, rule) for key, rule in plan.added.items()]

    def _addition(self, key: str, rule: Row) -> Write:
        label = f"the {self.name_of({'rule': key})}"
        api = self.client.labelled(label, self.scope)
        body = {name: value for name, value in rule.items() if value is not None}
        send = partial(api.write, "POST", (*self.place.path, *self.path), body, retry=False)
        return Write(label, send, (key,), starts_action=True)

    def _refusal_to_delete(self, row: Row) -> str:
        of_user = row.get("rule_type") == USERS
        advice = self.cannot_delete if of_user else "It belongs to Cloud 66 and cannot be deleted."
        return f"The {self.name_of(row)} exists. {advice}"

    def _wanted(self, given: Values) -> dict[str, Row]:
        """The rules as they are sent, by their keys."""
        rules = [self._sent(rule) for rule in given.values()]
        return {key_of(rule): rule for rule in rules}

    def _sent(self, rule: Mapping[str, Any]) -> Row:
        ends = {field: rule[option] for option, field in ENDS.items()}
        groups = {ENDS[option]: (self._group_ids or {}).get(rule[option]) for option in GROUPS}
        return {**ends, **groups, "protocol": PROTOCOL.sent(rule["protocol"]), "port": rule["port"] or 0}

    def _found_groups(self) -> dict[str | None, int]:
        """The ids of the server groups that the rules name."""
        named = {rule[option] for rule in self.params["rules"] for option in GROUPS} - {None}
        groups = GroupOfStack(self.client, self.params, self.place)
        rows = [] if all(map(str.isdecimal, named)) else groups.all()
        return {name: int(name) if name.isdecimal() else groups.pick(name, rows)["id"] for name in named}


def key_of(row: Mapping[str, Any]) -> str:
    """What identifies a rule, in words: the same for all forms in which the API writes its values."""
    words = [_word(row.get("protocol"))]
    if not _is_none(row.get("port")):
        words.append(str(row["port"]))
    for side in ("from", "to"):
        ends = [
            _end(field, row[field])
            for field in ENDS.values()
            if field.startswith(side) and not _is_none(row.get(field))
        ]
        if ends:
            words += [side, " and ".join(ends)]
    return " ".join(words)


def _declared(row: Mapping[str, Any]) -> Row:
    """The options that stand for a rule."""
    ends = {option: row[field] for option, field in ENDS.items() if not _is_none(row.get(field))}
    named = {option: str(value) if option in GROUPS else value for option, value in ends.items()}
    port = {} if _is_none(row.get("port")) else {"port": int(row["port"])}
    return {**named, "protocol": _word(row.get("protocol")), **port}


def is_network(text: str) -> bool:
    """Whether a text is an address or a network."""
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _end(field: str, value: Any) -> str:
    if field in ADDRESSES:
        return str(ADDRESS.normal(value))
    return f"{'server' if field in SERVERS else 'group'} {value}"


def _word(protocol: Any) -> str:
    return PROTOCOL.word(protocol) or str(protocol)


def _is_none(value: Any) -> bool:
    """The API writes a missing value as null, 0 or an empty text."""
    return value in (None, 0, "", "0")


def _problem(rule: Mapping[str, Any]) -> str:
    """Why a rule cannot exist; empty if it can."""
    if rule["from_ip"] == CALLER:
        return f"from_ip {CALLER} is only possible for a lease: use c66_firewall_lease, or give the address."
    given = {option: rule[option] for option in ENDS if rule[option] is not None}
    for option, value in given.items():
        if _is_none(value) or (isinstance(value, str) and not value.strip()) or (isinstance(value, int) and value < 0):
            return f"{option} is {value!r}: leave it out if the rule does not have it."
        if option in ADDRESSES and not is_network(value):
            return f"{option} must be an address or a network such as 198.51.100.0/24, not {value!r}."
    if not given:
        return f"it needs at least one of {', '.join(ENDS)}."
    port, is_icmp = rule["port"] or 0, _word(rule["protocol"]) == "icmp"
    if not (0 if is_icmp else 1) <= port <= MAX_PORT:
        return f"{_word(rule['protocol'])} needs a port from 1 to {MAX_PORT}."
    return ""
