# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_firewall_rule_info: the rules of a stack."""

from __future__ import annotations

from simulator.seed import AWESOME_APP, PUBLIC_TOKEN


def test_firewall_rules(run_module, sim):
    sim.world.add_rule(AWESOME_APP, from_ip="198.51.100.7", protocol="tcp", port=5432)
    result = run_module("c66_firewall_rule_info", stack="Awesome App").result
    rules = sim.world.firewalls[AWESOME_APP]
    assert [rule["id"] for rule in result["firewall_rules"]] == [rule["id"] for rule in rules]
    assert {rule["stack_uid"] for rule in result["firewall_rules"]} == {AWESOME_APP}
    assert not result["changed"]

    def rules(**filters):
        return run_module("c66_firewall_rule_info", stack="Awesome App", **filters).result["firewall_rules"]

    assert [rule["from_ip"] for rule in rules(port=5432)] == ["198.51.100.7"]
    assert rules(port=5432, protocol="udp") == []
    assert {rule["rule_type"] for rule in rules(rule_type="user")} == {"user"}
    refused = run_module("c66_firewall_rule_info", stack="Awesome App", api_token=PUBLIC_TOKEN).result
    assert "lacks the scope admin" in refused["msg"]
