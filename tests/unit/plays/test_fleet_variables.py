# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_fleet in plays: the variables of the hosts, and what of a play it follows."""

from __future__ import annotations

import json

import pytest
import yaml
from ansible_collections.cloud66.cloud.plugins.modules import c66_fleet
from simulator.seed import AWESOME_APP

STACKS = {"awesome": AWESOME_APP, "ledger": "Ledger", "storefront": "Storefront"}


@pytest.fixture
def fleet(play):
    """Run c66_fleet on three hosts with variables, and return its result and the run."""

    def call(variables=None, *, check=True, task=None, per_host=None, **of_play):
        play.sim.settings(action_seconds=0)
        hosts = {
            name: {"cloud66_fleet_stack": stack, **(per_host or {}).get(name, {})} for name, stack in STACKS.items()
        }
        inventory = json.dumps({"all": {"hosts": hosts, "vars": variables or {}}})
        one = {"name": "Fleet", "cloud66.cloud.c66_fleet": {**play.connection, "wait_interval": 1, **(task or {})}}
        own = {"hosts": "all", "gather_facts": False, "tasks": [one], **of_play}
        return play(plays=[own], inventory=inventory, check=check)

    return call


def result(playbook):
    return playbook["Fleet"].result


def added(playbook):
    return {host: one["kinds"]["env_vars"]["added"] for host, one in result(playbook)["stacks"].items()}


def test_one_task_for_all_hosts_of_the_play(fleet, sim):
    """Its result has the documented keys."""
    playbook = fleet({"cloud66_fleet_env_vars": {"A": "{{ inventory_hostname }}"}})
    assert result(playbook)["summary"] == {"changed": 3}
    assert set(result(playbook)) >= set(yaml.safe_load(c66_fleet.RETURN))
    assert [task.host for task in playbook.tasks] == ["awesome"]
    values = {row["value"] for rows in sim.world.env_vars.values() for row in rows if row["key"] == "A"}
    assert values == set(STACKS)


def test_waves(fleet):
    playbook = fleet({"cloud66_fleet_env_vars": {"A": "1"}}, serial=2)
    assert [list(task.result["stacks"]) for task in playbook.tasks] == [["awesome", "ledger"], ["storefront"]]


def test_layers(fleet, sim):
    """The order is that of their names, and the variable without a layer counts most."""
    variables = {
        "cloud66_fleet_env_vars__a": {"FIRST": "a", "SECOND": "a", "THIRD": "a"},
        "cloud66_fleet_env_vars__b": {"SECOND": "b", "THIRD": "b"},
        "cloud66_fleet_env_vars": {"THIRD": "own"},
    }
    assert added(fleet(variables))["awesome"] == ["FIRST", "SECOND", "THIRD"]
    values = {row["key"]: row["value"] for row in sim.world.env_vars[AWESOME_APP]}
    assert [values[key] for key in ("FIRST", "SECOND", "THIRD")] == ["a", "b", "own"]


def test_variables_of_a_host(fleet):
    playbook = fleet(
        {"cloud66_fleet_env_vars__all": {"A": "1"}}, per_host={"ledger": {"cloud66_fleet_env_vars": {"B": "2"}}}
    )
    assert added(playbook) == {"awesome": ["A"], "ledger": ["A", "B"], "storefront": ["A"]}


MISTAKES = [
    (
        {"cloud66_fleet_env_var": {}},
        "There is no variable cloud66_fleet_env_var. Did you mean cloud66_fleet_env_vars?",
    ),
    ({"cloud66_fleet_purge__all": []}, "cloud66_fleet_purge has no layers"),
    ({"cloud66_fleet_env_vars": ["A"]}, "cloud66_fleet_env_vars must be a dictionary."),
    ({"cloud66_fleet_ssl_certificates": {}}, "cloud66_fleet_ssl_certificates must be a list."),
    ({"cloud66_fleet_ssl_certificates": ["x"]}, "ssl_certificates: Each item must be a dictionary"),
    ({"cloud66_fleet_purge": True}, "cloud66_fleet_purge must be a list of kinds"),
    ({"cloud66_fleet_purge": ["settings"]}, "cloud66_fleet_purge cannot contain 'settings'."),
    ({"cloud66_fleet_deploy": "yes"}, "cloud66_fleet_deploy must be one of never, when_changed, always"),
    ({"cloud66_fleet_env_vars": {"A": "{{ nothing }}"}}, "cloud66_fleet_env_vars cannot be evaluated"),
    ({"cloud66_fleet_env_vars": {"A": ["a list"]}}, "is a string, a number or a boolean"),
    ({"cloud66_fleet_stack": "Awsome App"}, "No stack matches 'Awsome App'"),
    ({"cloud66_fleet_stack": ""}, "The name of the stack is empty."),
]


def test_mistakes(play):
    """Each is the mistake of one host, and does not stop the others."""
    good = {"cloud66_fleet_env_vars": {"A": "1"}}
    names = [play.sim.world.add_stack(name=f"stack-{number}", environment="production")["name"] for number in range(14)]
    hosts = {
        name: {"cloud66_fleet_stack": name, **(MISTAKES[number][0] if number < len(MISTAKES) else good)}
        for number, name in enumerate(names)
    }
    task = {"name": "Fleet", "cloud66.cloud.c66_fleet": play.connection, "check_mode": True}
    playbook = play(
        plays=[{"hosts": "all", "gather_facts": False, "tasks": [task]}],
        inventory=json.dumps({"all": {"hosts": hosts}}),
        check=False,
    )
    stacks = result(playbook)["stacks"]
    messages = [stacks[name].get("msg", "") for name in names]
    assert [
        message for message, (_mistake, wanted) in zip(messages, MISTAKES, strict=False) if wanted not in message
    ] == []
    assert stacks[names[-1]]["state"] == "differs"
    assert playbook.rc == 2


def test_a_host_that_is_no_stack(play):
    task = {"name": "Fleet", "cloud66.cloud.c66_fleet": play.connection}
    server = {"cloud66_uid": "1" * 32, "cloud66_stack_uid": AWESOME_APP}
    inventory = json.dumps({"all": {"hosts": {"server": server, "other": {}}}})
    playbook = play(plays=[{"hosts": "all", "gather_facts": False, "tasks": [task]}], inventory=inventory, check=False)
    stacks = result(playbook)["stacks"]
    assert "It is a server, not a stack." in stacks["server"]["msg"]
    assert "It is no stack: it has neither cloud66_fleet_stack" in stacks["other"]["msg"]


def test_two_hosts_of_one_stack(fleet, sim):
    playbook = fleet({}, check=False, per_host={"ledger": {"cloud66_fleet_stack": AWESOME_APP}})
    assert f"The hosts awesome and ledger are the same stack, {AWESOME_APP}." in result(playbook)["msg"]
    assert sim.requests == []


def test_another_strategy(fleet, sim):
    """Ansible itself refuses it."""
    playbook = fleet({}, check=False, strategy="free")
    assert playbook.rc != 0
    assert "not supported in the free strategy" in playbook.all_output.replace("\n", " ")
    assert sim.requests == []


def test_an_unknown_canary(fleet, sim):
    playbook = fleet({}, check=False, task={"canary": "canaries"})
    assert "The inventory has no group 'canaries' (canary)." in result(playbook)["msg"]
    assert sim.requests == []


def test_every_kind(fleet, sim):
    """Declared as the guide shows it, applied at once, and then nothing differs."""
    variables = {
        "cloud66_fleet_settings": {"git.branch": "release"},
        "cloud66_fleet_server_settings": {sim.world.servers[AWESOME_APP][0]["uid"]: {"server.name": "Tiger"}},
        "cloud66_fleet_env_vars": {"A": "1"},
        "cloud66_fleet_configurations": {"service_yaml": {"services": {"web": {"image": "shop"}}}},
        "cloud66_fleet_server_groups": {"Rails Server": 3},
        "cloud66_fleet_processes": {"worker": {"Caribou": 3}},
        "cloud66_fleet_firewall_rules": [{"from_ip": "203.0.113.0/24", "port": 8080}],
        "cloud66_fleet_ssl_certificates": [
            {"type": "lets_encrypt", "server_names": ["shop.example.com"], "ssl_termination": True}
        ],
        "cloud66_fleet_tags": {"Caribou": ["blue"]},
        "cloud66_fleet_jobs": {"cleanup": "paused"},
        "cloud66_fleet_notifications": {"noticent_server_back": ["email"]},
    }
    once = fleet({}, check=False, per_host={"awesome": variables})
    again = fleet({}, check=False, per_host={"awesome": variables})
    one = result(once)["stacks"]["awesome"]
    assert {kind: bool(found["added"] or found["changed"]) for kind, found in one["kinds"].items()} == {
        name.removeprefix("cloud66_fleet_"): True for name in variables
    }, one.get("msg")
    assert [one["state"], result(again)["stacks"]["awesome"]["state"]] == ["changed", "clean"], one.get("msg")


def test_check_mode(fleet, sim):
    playbook = fleet({"cloud66_fleet_env_vars": {"A": "1"}}, check_mode=True)
    assert result(playbook)["summary"] == {"differs": 3}
    assert sim.writes == []


def test_no_secret_is_shown(fleet):
    playbook = fleet({"cloud66_fleet_env_vars": {"A": "a-very-secret-value"}})
    shown = playbook.everything().replace((playbook.folder / "inventory").read_text(), "")
    assert "a-very-secret-value" not in shown
