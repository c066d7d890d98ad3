# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_firewall_rule: a set of permanent rules that is only ever added to, and what else the firewall allows."""

from __future__ import annotations

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.firewall import key_of
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN
from unit.fixtures.writes import LOST

OFFICE = {"from_ip": "203.0.113.0/24", "to_group": "Rails Server", "port": 8080}
PING = {"from_ip": "198.51.100.7", "protocol": "icmp"}
# As the seed has it.
EXISTING = {"from_ip": "203.0.113.66", "to_group": "129", "port": 3306}
KEYS = ["icmp from 198.51.100.7/32", "tcp 8080 from 203.0.113.0/24 to group 128"]
EXISTING_KEY = "tcp 3306 from 203.0.113.66/32 to group 129"
IN_DASHBOARD = "delete it in Cloud 66's dashboard, on the Firewall tab of the stack's Network page"


@pytest.fixture
def firewall(run_module):
    return lambda *rules, **args: run_module(
        "c66_firewall_rule", **{"diff": True, "stack": "Awesome App", "rules": list(rules), **args}
    )


@pytest.fixture
def stored(sim):
    """The keys of all rules, once all actions have ended."""

    def read():
        sim.world.settle()
        return sorted(map(key_of, sim.world.firewalls[AWESOME_APP]))

    return read


def rules_of(result, part="rules"):
    return sorted(row["rule"] for row in result[part])


def test_present_twice(sim, firewall, bodies, stored):
    before = stored()
    result = firewall(OFFICE, PING, EXISTING).result
    assert result["changed"]
    assert result["changes"] == {"added": KEYS, "changed": [], "removed": []}
    assert rules_of(result) == sorted([*KEYS, EXISTING_KEY])
    assert rules_of(result, "others") == sorted(set(before) - {EXISTING_KEY})
    assert (result["diff"]["before"], result["diff"]["after"]) == (
        {"rules": before},
        {"rules": sorted([*before, *KEYS])},
    )
    assert [action["action"] for action in result["actions"]] == ["update_firewall"] * 2
    assert bodies() == [
        {"from_ip": "203.0.113.0/24", "to_group_id": 128, "protocol": 1, "port": 8080},
        {"from_ip": "198.51.100.7", "protocol": 3, "port": 0},
    ]
    again = firewall(EXISTING, PING, OFFICE, OFFICE).result
    assert not again["changed"]
    assert rules_of(again) == rules_of(result)
    assert len(sim.writes) == 2


@pytest.mark.parametrize(
    "same",
    [
        {"from_ip": "203.0.113.9/24"},
        {"protocol": "1"},
        {"to_group": "128"},
        {"to_group": "rails server"},
    ],
)
def test_forms_of_the_same_rule(sim, firewall, same):
    firewall(OFFICE)
    assert not firewall({**OFFICE, **same}).result["changed"]
    assert len(sim.writes) == 1


@pytest.mark.parametrize("nothing", [None, 0, ""])
@pytest.mark.parametrize("port", [8080, "8080"])
def test_forms_of_the_same_rule_in_the_answer(sim, firewall, nothing, port):
    """As Terraform's provider writes it: no end is null, 0 or an empty text."""
    ends = {"from_group_id": nothing, "from_server_id": nothing, "to_ip": nothing, "to_server_id": nothing}
    sim.world.add_rule(AWESOME_APP, from_ip="203.0.113.0/24", to_group_id=128, protocol="tcp", port=port, **ends)
    assert not firewall(OFFICE).result["changed"]


def test_ports_as_texts_and_ranges(sim, firewall):
    sim.settings(rule_port_as_text=True)
    sim.world.add_rule(AWESOME_APP, from_ip="198.51.100.7", port="8000-8999")
    assert firewall(OFFICE).result["changed"]
    again = firewall(OFFICE).result
    assert not again["changed"]
    assert "tcp 8000-8999 from 198.51.100.7/32" in rules_of(again, "others")


@pytest.mark.parametrize(("shown", "changed"), [(True, True), (False, False)])
def test_a_lease_is_not_the_rule_if_it_can_be_recognised(sim, firewall, run_module, shown, changed):
    sim.settings(lease_ttl_read=shown)
    run_module("c66_firewall_lease", stack="Awesome App", from_ip="198.51.100.7", port=5432)
    result = firewall({"from_ip": "198.51.100.7", "port": 5432}).result
    assert result["changed"] is changed
    assert any("(lease " in rule for rule in rules_of(result, "others")) is shown
    assert not firewall({"from_ip": "198.51.100.7", "port": 5432}).result["changed"]


def test_a_second_rule_for_the_same_is_among_the_others(sim, firewall):
    firewall(OFFICE)
    copy = sim.world.add_rule(AWESOME_APP, from_ip="203.0.113.0/24", to_group_id=128, port=8080)
    result = firewall(OFFICE).result
    assert not result["changed"]
    assert f"{KEYS[1]} (again: {copy['id']})" in rules_of(result, "others")


@pytest.mark.parametrize("rules", [[OFFICE, PING], [EXISTING], []])
def test_check_mode_predicts_the_change_and_sends_no_write(sim, firewall, rules):
    check = firewall(*rules, check=True).result
    assert not sim.writes
    real = firewall(*rules).result
    for name in ("changed", "changes", "diff"):
        assert check[name] == real[name]
    for part in ("rules", "others"):
        assert rules_of(check, part) == rules_of(real, part)
    for before, after in zip(check["rules"], real["rules"], strict=True):
        assert before.items() <= after.items()
    assert not firewall(*rules, check=True).result["changed"]


# Removal


@pytest.mark.parametrize("check", [False, True])
def test_an_existing_rule_cannot_be_removed(sim, firewall, check):
    result = firewall(EXISTING, OFFICE, state="absent", check=check).result
    assert (result["failed"], result["changed"]) == (True, False)
    assert f"The firewall rule {EXISTING_KEY} of stack Awesome App" in result["msg"]
    assert IN_DASHBOARD in result["msg"]
    assert not sim.writes


def test_a_rule_of_cloud_66_cannot_be_removed_at_all(firewall):
    result = firewall({"from_ip": "0.0.0.0/0", "to_group": "128", "port": 443}, state="absent").result
    assert "It belongs to Cloud 66 and cannot be deleted." in result["msg"]


def test_absent_twice(sim, firewall, stored):
    for _time in range(2):
        result = firewall(OFFICE, PING, state="absent").result
        assert not result["changed"]
        assert result["rules"] == []
        assert rules_of(result, "others") == stored()
    assert not sim.writes


# Actions


def test_rules_are_not_doubled_by_a_run_that_did_not_wait(sim, firewall, stored):
    """The action of the first run is still running, so the rule is not listed."""
    sim.settings(action_seconds=60)
    assert firewall(OFFICE, wait=False).result["changed"]
    result = firewall(OFFICE).result
    assert not result["changed"]
    assert rules_of(result) == [KEYS[1]]
    assert len(sim.writes) == 1
    assert stored().count(KEYS[1]) == 1


def test_a_failed_action(sim, firewall):
    sim.settings(action_failure="The firewall cannot be reached")
    result = firewall(OFFICE).result
    assert (result["failed"], result["changed"]) == (True, True)
    assert "The firewall cannot be reached" in result["msg"]
    sim.settings(action_failure=None)
    assert firewall(OFFICE).result["changed"]


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
@pytest.mark.parametrize("duplicates", ["store", "ignore", "conflict"])
def test_a_lost_answer(sim, firewall, stored, kind, options, applied, duplicates):
    sim.settings(duplicate_rules=duplicates)
    sim.fault(kind, method="POST", times=1, **options)
    result = firewall(OFFICE, PING).result
    assert result["changed"]
    assert not result.get("failed"), result["msg"]
    assert len(sim.writes) == (2 if applied else 3)
    assert [stored().count(key) for key in KEYS] == [1, 1]
    assert not firewall(OFFICE, PING).result["changed"]


# Bad input


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({}, "Rule 2: it needs at least one of from_ip, from_group"),
        ({"from_ip": "AUTO"}, "use c66_firewall_lease"),
        ({"from_ip": "the office"}, "from_ip must be an address or a network"),
        ({"to_ip": "10.0.0.256"}, "to_ip must be an address or a network"),
        ({"from_ip": "", "to_group": "128"}, "from_ip is '': leave it out"),
        ({"from_group": " "}, "from_group is ' ': leave it out"),
        ({"to_group": "0"}, "to_group is '0': leave it out"),
        ({"to_server": 0}, "to_server is 0: leave it out"),
        ({"from_server": -1}, "from_server is -1: leave it out"),
        ({"from_ip": "198.51.100.7", "port": None}, "tcp needs a port from 1 to 65535."),
        ({"from_ip": "198.51.100.7", "port": 0}, "tcp needs a port from 1 to 65535."),
        ({"from_ip": "198.51.100.7", "port": 65536, "protocol": "icmp"}, "icmp needs a port"),
        ({"to_group": "Rails Servre"}, "Did you mean Rails Server"),
    ],
)
def test_invalid_rules(sim, firewall, rule, words):
    """None of the rules is added."""
    rule = {name: value for name, value in {"port": 80, **rule}.items() if value is not None}
    result = firewall(PING, rule).result
    assert (result["failed"], result["changed"]) == (True, False)
    assert words in result["msg"]
    assert not sim.writes


def test_servers_by_their_numbers(sim, firewall, bodies):
    rule = {"to_server": dict(sim.world.taggable("server"))[sim.world.servers[AWESOME_APP][0]["uid"]], "port": 9000}
    assert firewall(rule).result["changed"]
    assert bodies() == [{"to_server_id": rule["to_server"], "protocol": 1, "port": 9000}]
    assert not firewall(rule).result["changed"]


def test_servers_that_are_shown_by_their_uids_are_never_doubled(sim, firewall, clock):
    """The first run cannot find its rule; no other adds it again."""
    sim.settings(rule_servers="uid")
    rule = {"to_server": dict(sim.world.taggable("server"))[sim.world.servers[AWESOME_APP][0]["uid"]], "port": 9000}
    first = firewall(rule).result
    assert (first["failed"], first["changed"]) == (True, True)
    second = firewall(rule).result
    assert (second["failed"], second["changed"]) == (True, False)
    assert "use an address or a server group instead" in second["msg"]
    assert len(sim.writes) == 1


def test_groups_are_only_looked_up_by_name(sim, firewall):
    firewall(EXISTING)
    assert "list_server_groups" not in [record.operation_id for record in sim.requests]


@pytest.mark.parametrize("conflict", ["store", "conflict"])
def test_a_rule_that_somebody_adds_at_the_same_time(sim, firewall, conflict):
    """Refused or doubled, as Cloud 66 likes: the message is Cloud 66's."""
    sim.settings(duplicate_rules=conflict, lease_ttl_read=True)
    sim.world.add_rule(AWESOME_APP, from_ip="198.51.100.7", protocol="icmp", port=0, ttl=20)
    result = firewall(PING).result
    assert bool(result.get("failed")) is (conflict == "conflict")
    assert conflict == "store" or "This rule exists already" in result["msg"]


def test_without_the_scope(sim, firewall):
    result = firewall(OFFICE, api_token=PUBLIC_TOKEN).result
    assert (result["failed"], result["status"]) == (True, 403)
    assert "the scope admin" in result["msg"]
    assert not sim.writes
