# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Firewall rules, permanent or leased."""

from __future__ import annotations

from ..answers import ApiError
from ..shapes import RULE_ENDS, Row
from ..world import World
from . import Call, must_find, operation, start, the_server, the_stack

PROTOCOLS = {"1": "tcp", "2": "udp", "3": "icmp"}
MAX_LEASE = 60 * 24 * 366
NATURAL_KEY = (*RULE_ENDS, "protocol", "port")


def _add_row(world: World, call: Call) -> Row:
    return world.add_rule(call.path["stack_id"], front=True, from_ip="192.0.2.1")


@operation("list_firewall_rules", grow=_add_row)
def list_firewall_rules(world: World, call: Call) -> list[Row]:
    return [_shown(world, rule) for rule in world.firewalls[the_stack(world, call)["uid"]]]


@operation("get_firewall_rule")
def get_firewall_rule(world: World, call: Call) -> Row:
    return _shown(world, must_find(world.firewalls[the_stack(world, call)["uid"]], "id", call.path["id"]))


@operation("create_firewall_rule")
def create_firewall_rule(world: World, call: Call) -> Row:
    """Add a rule when the action ends. A lease is removed again after its ttl."""
    uid = the_stack(world, call)["uid"]
    new, ttl = _new_rule(world, call), call.body.get("ttl")
    exists = _exists(world.firewalls[uid], new)
    if exists and world.settings.duplicate_rules == "conflict":
        raise ApiError(409, "This rule exists already")

    def open_port() -> None:
        if exists and world.settings.duplicate_rules == "ignore":
            return
        rule = world.add_rule(uid, **new)
        if ttl is not None:
            rule["rule_type"] = world.settings.lease_rule_type
            if world.settings.lease_ttl_read:
                rule["ttl"] = ttl
            world.schedule.at(world.now() + ttl * world.settings.lease_unit, lambda: _close(world.firewalls[uid], rule))

    return start(world, call, "update_firewall" if ttl is None else "open_lease", open_port)


def _new_rule(world: World, call: Call) -> Row:
    """Return the rule that the body describes, as the API returns it."""
    body = call.body
    if "ttl" in body and not 0 < body["ttl"] <= MAX_LEASE:
        raise ApiError(400, f"ttl must be between 1 and {MAX_LEASE}")
    rule = {end: _end(body.get(end)) for end in RULE_ENDS}
    if rule["from_ip"] == "AUTO":
        rule["from_ip"] = world.settings.caller_address or call.caller
    if body.get("server_id"):
        rule["to_server_id"] = the_server(world, call, body["server_id"])["uid"]
    protocol = str(body.get("protocol", "tcp"))
    return {**rule, "protocol": PROTOCOLS.get(protocol, protocol), "port": body["port"]}


def _shown(world: World, rule: Row) -> Row:
    """A rule as it is read."""
    servers = {number: uid for uid, number in world.taggable("server")} if world.settings.rule_servers == "uid" else {}
    ends = {end: servers.get(rule[end], rule[end]) for end in ("from_server_id", "to_server_id")}
    port = str(rule["port"]) if world.settings.rule_port_as_text else rule["port"]
    return {**rule, **ends, "port": port}


def _close(rules: list[Row], rule: Row) -> None:
    if rule in rules:
        rules.remove(rule)


def _end(value: object) -> object:
    """Normalize an end: 0 and the empty string mean none."""
    return value or None


def _exists(rules: list[Row], new: Row) -> bool:
    return any(all(rule[key] == new[key] for key in NATURAL_KEY) for rule in rules)
