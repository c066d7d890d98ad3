# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stacks as hosts, alone and beside their servers."""

from __future__ import annotations

import json

import pytest
from simulator.seed import AWESOME_APP

STACKS = {"hosts": "stacks"}
BOTH = {"hosts": "both"}


def test_each_stack_is_a_local_host(read):
    inventory = read(**STACKS)
    assert set(inventory.hosts) == {"awesome_app", "storefront", "ledger"}
    host = inventory.hosts["awesome_app"]
    assert host["cloud66_uid"] == host["cloud66_stack_uid"] == AWESOME_APP
    assert (host["cloud66_name"], host["cloud66_environment"]) == ("Awesome App", "production")
    assert (host["cloud66_status"], host["cloud66_status_name"]) == (1, "success")
    assert (host["cloud66_health"], host["cloud66_health_name"]) == (3, "ok")
    assert host["cloud66_stack_health_name"] == "ok"
    assert host["cloud66_maintenance_mode"] is False
    assert host["ansible_connection"] == "local"
    assert host["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"
    assert not {"ansible_host", "ansible_user", "ansible_control_path", "cloud66_address"} & set(host)


def test_all_groups_are_below_that_of_the_stacks(read):
    inventory = read(**STACKS)
    assert inventory.groups["cloud66_stacks"] == inventory.groups["all"]
    assert inventory.children("cloud66") == {"cloud66_stacks"}
    assert inventory.children("cloud66_stacks") == set(inventory.groups) - {
        *("all", "ungrouped", "cloud66", "cloud66_stacks")
    }
    assert inventory.groups["stack_awesome_app"] == ["awesome_app"]
    assert "awesome_app" in inventory.groups["env_production"]
    assert inventory.groups["framework_rails"] == ["awesome_app", "ledger"]
    assert [name for name in inventory.groups if name.startswith("role_")] == []


def test_servers_are_not_read(read, fleet):
    for number in range(61):
        fleet.stack(f"shop {number}", "Lion")
    inventory = read(**STACKS)
    assert len(inventory.hosts) == 61
    assert inventory.requested == ["/stacks", "/stacks?page=2", "/stacks?page=3"]


def test_equal_names_get_their_environment(read, fleet):
    for environment in ("production", "staging"):
        fleet.stack("shop", environment=environment)
    inventory = read(**STACKS)
    assert set(inventory.hosts) == {"shop.production", "shop.staging"}
    assert set(inventory.groups["stack_shop"]) == {"shop.production", "shop.staging"}
    assert not inventory.warnings


def test_a_name_that_no_host_can_have(read, fleet):
    uid = fleet.stack("localhost")
    inventory = read(**STACKS)
    assert list(inventory.hosts) == [uid]


def test_selection_and_filters(read):
    assert set(read(stacks=["Awesome*"], **STACKS).hosts) == {"awesome_app"}
    inventory = read(filters=[{"exclude": "cloud66_name != 'Storefront'"}], **STACKS)
    assert set(inventory.hosts) == {"storefront"}
    inventory = read(filters=[{"exclude": True}], **STACKS)
    assert "The filters exclude all stacks (3)." in inventory.warning_text


def test_roles_only_select_servers(read):
    inventory = read(roles=["haproxy"], **STACKS)
    assert (len(inventory.hosts), inventory.warnings) == (3, [])
    assert set(read(roles=["haproxy"], **BOTH).hosts) == {"awesome_app", "storefront", "ledger", "storefront.Badger"}


def test_stacks_and_servers_share_groups(read):
    inventory = read(**BOTH)
    assert len(inventory.hosts) == 10
    assert inventory.groups["stack_awesome_app"] == ["awesome_app", "awesome_app.Lion", "awesome_app.Caribou"]
    assert set(inventory.groups["cloud66_stacks"]) == {"awesome_app", "storefront", "ledger"}
    assert set(inventory.groups["cloud66_servers"]) == set(inventory.hosts) - {"awesome_app", "storefront", "ledger"}
    assert set(inventory.groups["cloud66"]) == set(inventory.hosts)
    # Variables of the stack have the same names on both.
    assert inventory.values("cloud66_stack_name") == {"Awesome App", "Storefront", "Ledger"}


def test_a_server_named_like_an_environment(read, fleet):
    fleet.stack("shop", "staging", environment="staging")
    fleet.stack("shop", "staging")
    inventory = read(**BOTH)
    assert len(inventory.hosts) == 4
    assert inventory.names()[fleet.world.stacks[0]["uid"]] == "shop.staging"


def test_a_host_of_another_source(read, fleet, make_reader):
    """Another stack with the same name is told apart, and the same stack is the same host."""
    first = fleet.stack("shop")
    inventory = read(**STACKS)
    again = read(into=inventory.data, **STACKS)
    assert set(again.hosts) == {"shop"}
    fleet.world.stacks.clear()
    second = fleet.stack("shop", environment="staging")
    merged = read(into=inventory.data, **STACKS)
    assert merged.names() == {first: "shop", second: "shop.staging"}


def test_the_caches_are_separate(read, tmp_path):
    cache = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    assert len(read(**STACKS, **cache).hosts) == 3
    assert len(read(**cache).hosts) == 7
    again = read(**STACKS, **cache)
    assert (len(again.hosts), again.requests) == (3, [])


def test_no_secret_is_a_variable(read, sim):
    for stack in sim.world.stacks:
        stack["redeploy_hook"] = "https://hooks.example.com/secret-4711"
    assert "secret-" not in str(read(**STACKS).hosts)


PLAYBOOK = [
    {
        "hosts": "cloud66_stacks",
        "gather_facts": False,
        "module_defaults": {"group/cloud66.cloud.c66_stack": {"stack": "{{ cloud66_uid }}"}},
        "tasks": [
            {"cloud66.cloud.c66_env_var_info": {}, "register": "found"},
            {"ansible.builtin.debug": {"msg": "{{ inventory_hostname }}: {{ found.env_vars | length }} {{ team }}"}},
        ],
    }
]


@pytest.mark.parametrize("hosts", ["stacks", "both"])
def test_tasks_run_on_stacks(read, sim, run_program, tmp_path, hosts):
    """Modules find their stack by its UID, without a further request, and variables of the group apply."""
    read.write(hosts=hosts)
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "stack_awesome_app.yml").write_text("team: blue\n", encoding="utf-8")
    (tmp_path / "group_vars" / "all.yml").write_text("team: none\n", encoding="utf-8")
    (tmp_path / "play.yml").write_text(json.dumps(PLAYBOOK), encoding="utf-8")
    before = len(sim.requests)
    environment = {"CLOUD66_API_URL": sim.url, "CLOUD66_ACCESS_TOKEN": sim.token}
    output = run_program("ansible-playbook", "-i", "c66.yml", "play.yml", "--limit", "awesome_app", **environment)
    assert "awesome_app: " in output.stdout
    assert " blue" in output.stdout
    requested = [request.path.removeprefix("/api/3") for request in sim.requests[before:]]
    assert requested.count(f"/stacks/{AWESOME_APP}") == 1
    assert f"/stacks/{AWESOME_APP}/environments" in requested
