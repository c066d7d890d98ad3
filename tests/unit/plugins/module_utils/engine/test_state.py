# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Things whose writes answer actions: firewall rules, declared for this test."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.run import execute
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.state import StateModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.fields import Address, Codes, Number
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.places import IN_STACK
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.thing import Thing

RULE = {"from_ip": "198.51.100.7", "protocol": "tcp", "port": 8443}


class Protocol(Codes):
    """Written as a number, and read as a word."""

    def normal(self, value):
        return str(self.word(value))


class Rule(Thing):
    """A firewall rule. Source: list_firewall_rules, create_firewall_rule."""

    noun, plural, title = "rule", "rules", "firewall rule"
    scope = "admin"
    parent = IN_STACK
    path = ("firewalls",)
    identity = "id"
    key = ("from_ip", "protocol", "port")
    starts_actions = True
    cannot_delete = "Remove it in Cloud 66's dashboard."
    fields = {
        "from_ip": Address(settable=True),
        "protocol": Protocol({"tcp": 1, "udp": 2, "icmp": 3}, settable=True),
        "port": Number(),
    }


@pytest.fixture
def rule(sim, clock):
    """Run a module of rules."""

    def run(check=False, **more):
        module = StateModule(Rule)
        defaults = {name: spec.get("default") for name, spec in module.argument_spec.items()}
        params = {**defaults, "api_url": sim.url, "api_token": sim.token, "api_retries": 0, "stack": "Awesome App"}
        result, _secrets, _warnings = execute(module, {**params, **RULE, **more}, check_mode=check)
        return SimpleNamespace(**result)

    return run


def test_it_waits_for_the_action(sim, rule):
    sim.settings(action_seconds=20)
    assert rule(check=True).changed
    assert not sim.writes
    result = rule()
    assert result.changed
    assert [action["finished_success"] for action in result.actions] == [True]
    assert (result.rule["port"], result.rule["protocol"]) == (8443, "tcp")
    again = rule()
    assert (again.changed, again.actions, len(sim.writes)) == (False, [], 1)


def test_without_wait(sim, rule):
    sim.settings(action_seconds=20)
    result = rule(wait=False)
    assert result.changed
    assert [action["finished_at"] for action in result.actions] == [None]


def test_a_failed_action(sim, rule):
    sim.settings(action_failure="The agent is away")
    result = rule()
    assert result.failed and result.changed
    assert "The agent is away" in result.msg
    assert [action["finished_success"] for action in result.actions] == [False]


@pytest.mark.parametrize(("fault", "writes"), [("reset_after", 1), ("reset", 2)])
def test_a_lost_answer(sim, rule, fault, writes):
    sim.settings(action_seconds=20)
    sim.fault(fault, method="POST", times=1)
    result = rule()
    assert result.changed
    assert result.rule["port"] == 8443
    assert len(sim.writes) == writes


def test_things_that_cannot_be_deleted(sim, rule):
    rule()
    result = rule(state="absent")
    assert result.failed and not result.changed
    assert result.msg.endswith("of stack Awesome App exists. Remove it in Cloud 66's dashboard.")
    assert not rule(state="absent", port=1).changed
