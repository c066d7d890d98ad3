# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Firewall rules and leases."""

from __future__ import annotations

import pytest

STACK = "f196c5b41758cb7977620d49eb1492ef"
PATH = f"/stacks/{STACK}/firewalls"
RULE = {"from_ip": "203.0.113.9", "to_group_id": 19, "protocol": 1, "port": 8080}


@pytest.fixture
def rules(call, conforms):
    """Reads the rules that a test has added."""
    before = {rule["id"] for rule in conforms("list_firewall_rules", call("GET", PATH))["response"]}
    return lambda: [rule for rule in call("GET", PATH).json["response"] if rule["id"] not in before]


def open_port(call, conforms, fields=None, form=False):
    fields = fields or RULE
    reply = call("POST", PATH, **{"form" if form else "body": fields})
    return conforms("create_firewall_rule", reply).get("response")


def test_initial_rules_have_every_type(call):
    assert {rule["rule_type"] for rule in call("GET", PATH).json["response"]} == {"static", "dynamic", "user"}


@pytest.mark.parametrize("form", [False, True])
def test_rule_exists_once_its_action_ends(sim, call, conforms, rules, form):
    sim.settings(action_seconds=60)
    action = open_port(call, conforms, form=form)
    assert (action["action"], action["user"]) == ("update_firewall", "owner@example.com")
    assert rules() == []
    sim.settings(clock_offset=61)
    (rule,) = rules()
    assert {name: rule[name] for name in RULE} == {**RULE, "protocol": "tcp"}
    assert rule["rule_type"] == "user"
    assert conforms("get_firewall_rule", call("GET", f"{PATH}/{rule['id']}"))["response"] == rule
    assert call("GET", f"{PATH}/1").status == 404


def test_lease_expires(sim, call, conforms, rules):
    sim.settings(action_seconds=0, lease_rule_type="dynamic")
    action = open_port(call, conforms, {**RULE, "ttl": 20})
    assert action["action"] == "open_lease"
    (rule,) = rules()
    assert rule["rule_type"] == "dynamic"
    assert "ttl" not in rule
    sim.settings(clock_offset=19 * 60)
    assert rules() == [rule]
    sim.settings(clock_offset=20 * 60 + 1)
    assert rules() == []


@pytest.mark.parametrize("shown", [True, False])
def test_ttl_of_a_lease_is_read_or_not(sim, call, conforms, rules, shown):
    sim.settings(action_seconds=0, lease_ttl_read=shown)
    open_port(call, conforms, {**RULE, "ttl": 20})
    (rule,) = rules()
    assert rule.get("ttl") == (20 if shown else None)


@pytest.mark.parametrize(("choice", "as_text"), [("number", False), ("uid", True)])
def test_servers_and_ports_as_they_are_read(sim, call, conforms, rules, choice, as_text):
    sim.settings(action_seconds=0, rule_servers=choice, rule_port_as_text=as_text)
    uid, number = next(iter(sim.world.taggable("server")))
    open_port(call, conforms, {"to_server_id": number, "port": 8080, "protocol": 1})
    (rule,) = rules()
    assert rule["to_server_id"] == (uid if choice == "uid" else number)
    assert rule["port"] == ("8080" if as_text else 8080)
    assert conforms("get_firewall_rule", call("GET", f"{PATH}/{rule['id']}"))["response"] == rule


def test_lease_expires_without_requests(sim, call, conforms, rules):
    open_port(call, conforms, {**RULE, "ttl": 1})
    sim.settings(clock_offset=3600)
    assert rules() == []


def test_form_of_cloud66s_own_client(sim, call, conforms, rules):
    sim.settings(action_seconds=0, caller_address="198.51.100.77")
    server = sim.world.servers[STACK][0]["uid"]
    for uid, address in ((server, "AUTO"), ("", "203.0.113.1")):
        assert open_port(call, conforms, {"ttl": 20, "from_ip": address, "port": 22, "server_id": uid})
    found = [(rule["from_ip"], rule["to_server_id"], rule["protocol"], rule["port"]) for rule in rules()]
    assert found == [("198.51.100.77", server, "tcp", 22), ("203.0.113.1", None, "tcp", 22)]
    assert call("POST", PATH, body={"ttl": 20, "from_ip": "AUTO", "port": 22, "server_id": "nope"}).status == 404


def test_auto_is_the_callers_address(sim, call, conforms, rules):
    sim.settings(action_seconds=0)
    open_port(call, conforms, {"from_ip": "AUTO", "ttl": 20, "port": 22})
    assert [rule["from_ip"] for rule in rules()] == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("protocol", "word"), [(1, "tcp"), (2, "udp"), (3, "icmp"), ("2", "udp"), ("icmp", "icmp"), (None, "tcp")]
)
def test_protocols_are_returned_as_words(sim, call, conforms, rules, protocol, word):
    sim.settings(action_seconds=0)
    fields = {**RULE, "protocol": protocol}
    open_port(call, conforms, {name: value for name, value in fields.items() if value is not None})
    assert [rule["protocol"] for rule in rules()] == [word]


@pytest.mark.parametrize(("choice", "status", "count"), [("store", 200, 2), ("ignore", 200, 1), ("conflict", 409, 1)])
def test_duplicate_rule(sim, call, rules, choice, status, count):
    sim.settings(action_seconds=0, duplicate_rules=choice)
    assert call("POST", PATH, body=RULE).status == 200
    assert len(rules()) == 1
    assert call("POST", PATH, body={**RULE, "from_group_id": 0, "protocol": "tcp"}).status == status
    assert len(rules()) == count


def test_failed_action_adds_no_rule(sim, call, conforms, rules):
    sim.settings(action_seconds=0, action_failure="The cloud is down")
    action = open_port(call, conforms)
    assert rules() == []
    read = conforms("get_stack_action", call("GET", f"/stacks/{STACK}/actions/{action['id']}"))["response"]
    assert (read["finished_success"], read["finished_message"]) == (False, "The cloud is down")


@pytest.mark.parametrize(
    "changes", [{"from_ip": "AUTO"}, {"port": 65536}, {"port": None}, {"protocol": 4}, {"ttl": 0}, {"ttl": 10**400}]
)
def test_rule_is_refused(sim, call, conforms, changes):
    assert conforms("create_firewall_rule", call("POST", PATH, body={**RULE, **changes}))["error"] == "bad_request"
    assert call("POST", PATH, body={"port": 80}).status == 400
    assert not any(record.applied for record in sim.writes)
