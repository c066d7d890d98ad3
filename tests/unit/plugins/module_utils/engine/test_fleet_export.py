# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What exists in many stacks, as the variables that declare it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.cloud66.cloud.plugins.action.c66_fleet import KINDS, ActionModule
from ansible_collections.cloud66.cloud.plugins.module_utils.engine import run as running
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.fleet import Declared, FleetModule
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.fleet_export import FleetExportModule
from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet import PREFIX
from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet_files import FleetFiles, _Loader
from simulator import shapes
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN, STOREFRONT
from unit.fixtures.runs import ModuleRun
from yaml import load

SECRET = "a-very-secret-value"
NAMES = {"awesome": AWESOME_APP, "storefront": STOREFRONT}


@pytest.fixture
def run_fleet(sim):
    """Run a module of the fleet."""

    def call(module, check=False, diff=False, **options):
        given = {"api_url": sim.url, "api_token": sim.token, "api_retries": 0, **options}
        run = ModuleRun({})
        run.result, run.secrets, run.warnings = running.execute(
            module,
            running.validated(module, given),
            check_mode=check,
            diff=diff,
            notify=run.notices.append,
            log=run.logs.append,
        )
        return run

    return call


@pytest.fixture
def export(run_fleet, tmp_path):
    """Run c66_fleet_export on hosts, by default those of two stacks."""

    def call(*stacks, check=False, diff=False, **options):
        declared = stacks or tuple(Declared(host, uid) for host, uid in NAMES.items())
        hosts = [one.host for one in declared]
        folders = dict.fromkeys(hosts, str(tmp_path / "host_vars"))
        vault = VaultLib([("default", VaultSecret(b"password"))])
        files = FleetFiles(folders, PREFIX, vault, hosts, ["all", "ungrouped"])
        return run_fleet(FleetExportModule().of(KINDS, declared, files), check, diff, **options)

    return call


@pytest.fixture
def state(tmp_path):
    """The exported variables of a host, by kind."""

    def read(host="awesome"):
        text = (tmp_path / "host_vars" / host / "state.yml").read_text(encoding="utf-8")
        return {name.removeprefix(PREFIX): value for name, value in load(text, Loader=_Loader).items()}

    return read


@pytest.fixture
def plan(run_fleet):
    """Plan with c66_fleet what has been exported."""

    def call(host, values):
        declared = Declared(host, NAMES[host], values=values)
        return run_fleet(FleetModule().of(KINDS, ActionModule.deployment, [declared]), check=True).result

    return call


def states(run):
    return {host: one["state"] for host, one in run.result["exported"].items()}


def test_twice(export, sim):
    run = export()
    assert run.result["changed"]
    assert states(run) == {"awesome": "changed", "storefront": "changed"}
    assert run.result["summary"] == {"changed": 2}
    again = export()
    assert not again.result["changed"]
    assert again.result["summary"] == {"unchanged": 2}
    assert again.result["exported"]["awesome"]["changed_files"] == []
    assert again.result["exported"]["awesome"]["files"] == run.result["exported"]["awesome"]["files"]
    assert sim.writes == []


def test_check_mode(export, tmp_path):
    planned = export(check=True, values="vault")
    assert planned.result["changed"]
    assert list(tmp_path.iterdir()) == []
    done = export(values="vault")
    assert done.result["exported"] == planned.result["exported"]
    assert not export(check=True, values="vault").result["changed"]


def test_what_is_exported(sim, export, state):
    sim.world.add_env_var(AWESOME_APP, "RELEASE", "1.2")
    export(kinds=["settings", "env_vars", "configurations", "server_groups", "tags", "jobs", "server_settings"])
    found = state()
    assert found["settings"]["git.branch"] == "fig"
    assert "db.check.backup.size" not in found["settings"]
    assert found["env_vars"]["RELEASE"] == "{{ vault_cloud66_env_vars['RELEASE'] | string }}"
    assert not {"STACK_BASE", "MYSQL_PASSWORD"} & set(found["env_vars"])
    assert found["configurations"]["nginx"] == "worker_processes 1;\n"
    assert "service_yaml" in found["configurations"]
    assert found["tags"] == {"Lion": ["blue", "web"]}
    assert sum(found["server_groups"].values()) == len(sim.world.servers[AWESOME_APP])
    assert set(found["jobs"].values()) <= {"paused", "unpaused"}
    assert found["jobs"]
    assert found["server_settings"] == {}


def test_firewall_rules(sim, export, state, plan, run_module):
    """Those of users, without those of Cloud 66. A plan finds them again."""
    rules = [
        {"from_ip": "198.51.100.0/24", "port": 22},
        {"from_group": "Rails Server", "to_ip": "203.0.113.9", "port": 80},
    ]
    run_module("c66_firewall_rule", stack="Awesome App", rules=rules)
    export(kinds=["firewall_rules"])
    found = state()["firewall_rules"]
    assert {"from_group": "128", "to_ip": "203.0.113.9", "protocol": "tcp", "port": 80} in found
    assert len(found) == 3
    assert plan("awesome", {"firewall_rules": found})["summary"] == {"clean": 1}


def test_settings_of_servers(sim, export, state):
    """Only what is asked for, and only servers that have any that can be changed."""
    server = sim.world.servers[AWESOME_APP][1]
    sim.world.server_settings[server["uid"]].append(shapes.setting("swap.size", 2))
    export(kinds=["server_settings"])
    assert state() == {"server_settings": {server["name"]: {"swap.size": 2}}}
    assert state("storefront") == {"server_settings": {}}


def test_services_and_processes(sim, export, state):
    export(kinds=["services", "processes"])
    found = state("storefront")
    names = {row["uid"]: row["name"] for row in sim.world.servers[STOREFRONT]}
    for service in sim.world.services[STOREFRONT]:
        counts = {}
        for container in service["containers"]:
            name = names[container["server_uid"]]
            counts[name] = counts.get(name, 0) + 1
        assert found["services"].get(service["name"], {"servers": {}}) == {"servers": counts}
    assert found["services"]
    for process in sim.world.processes[STOREFRONT]:
        assert found["processes"].get(process["name"], {"servers": {}}) == {"servers": process["servers"]}


def test_a_service_on_kubernetes(sim, export, state):
    """Cloud 66 has one number of replicas."""
    service = sim.world.services[STOREFRONT][0]
    service["desired_count"] = 7
    sim.world.server_groups[STOREFRONT][:] = sim.world.server_groups[STOREFRONT][:1]
    export(kinds=["services"])
    group = sim.world.server_groups[STOREFRONT][0]["name"]
    assert state("storefront")["services"][service["name"]] == {"groups": {group: 7}}


def test_things_with_one_name(sim, export, state):
    """They are told apart by their ids."""
    jobs = sim.world.jobs[AWESOME_APP]
    jobs[1]["name"] = jobs[0]["name"]
    jobs[0]["paused"], jobs[1]["paused"] = True, False
    export(kinds=["jobs"])
    found = state()["jobs"]
    assert {uid: found[uid] for uid in (jobs[0]["uid"], jobs[1]["uid"])} == {
        jobs[0]["uid"]: "paused",
        jobs[1]["uid"]: "unpaused",
    }
    assert jobs[0]["name"] not in found


def test_jobs_of_which_nothing_is_known(sim, export, state):
    sim.settings(job_paused=False)
    export(kinds=["jobs"])
    assert state()["jobs"] == {}


@pytest.mark.parametrize("host", NAMES)
@pytest.mark.parametrize("keys", ["name", "uid"])
def test_nothing_differs_afterwards(sim, export, state, plan, host, keys):
    sim.settings(process_keys=keys)
    export()
    found = {**state(host), "env_vars": {}}
    result = plan(host, found)
    assert result["summary"] == {"clean": 1}, result


def test_only_some_kinds(sim, export, state):
    export(kinds=["tags"])
    assert list(state()) == ["tags"]
    assert {request.path.rpartition("/")[2] for request in sim.requests} & {"environments", "settings"} == set()


MISTAKES = [
    (["ssl_certificates"], "kinds cannot contain 'ssl_certificates'. Cloud 66 never returns the private key"),
    (["notifications"], "kinds cannot contain 'notifications'. The URLs of subscriptions are secrets"),
    (["setings"], "kinds cannot contain 'setings'. Did you mean settings or server_settings?"),
    (["nothing"], "kinds cannot contain 'nothing'. Possible: settings, server_settings, env_vars"),
]


@pytest.mark.parametrize(("kinds", "message"), MISTAKES)
def test_kinds_that_cannot_be_exported(sim, export, kinds, message):
    run = export(kinds=kinds)
    assert run.result["failed"]
    assert message in run.result["msg"]
    assert sim.requests == []


def test_values_are_not_shown(sim, export, tmp_path):
    sim.world.add_env_var(AWESOME_APP, "TOKEN", SECRET)
    run = export(diff=True, values="vault")
    sim.world.env_vars[AWESOME_APP][-1]["value"] = SECRET + "-2"
    again = export(diff=True, values="vault")
    assert again.result["exported"]["awesome"]["changed_files"] == [
        str(tmp_path / "host_vars" / "awesome" / "vault.yml")
    ]
    assert again.result["diff"][0]["after"] == {"changed": ["vault_cloud66_env_vars.TOKEN"]}
    for one in (run, again):
        text = json.dumps([one.result, one.notices, one.logs, one.warnings])
        assert "TOKEN" in text
        assert SECRET not in text
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert SECRET.encode() not in files


def test_a_value_that_the_user_wrote_into_the_file_is_not_shown(sim, export, tmp_path):
    sim.world.add_env_var(AWESOME_APP, "TOKEN", SECRET)
    export(kinds=["env_vars"])
    path = tmp_path / "host_vars" / "awesome" / "state.yml"
    path.write_text(path.read_text() + f"# {SECRET}\n")
    diff = export(kinds=["env_vars"], diff=True).result["diff"]
    assert "TOKEN" in diff[0]["before"]
    assert SECRET not in json.dumps(diff)


def test_the_diff_of_the_state(sim, export):
    export(kinds=["tags"])
    sim.world.add_tags("server", sim.world.servers[AWESOME_APP][0]["uid"], "green")
    diffs = export(kinds=["tags"], diff=True, check=True).result["diff"]
    assert len(diffs) == 1
    assert "- blue" in diffs[0]["before"]
    assert "- green" in diffs[0]["after"]


def test_a_stack_that_fails_does_not_stop_the_others(sim, export, tmp_path):
    sim.fault("status", status=500, path=f"/stacks/{AWESOME_APP}/settings", times=50)
    run = export()
    assert run.result["failed"]
    assert "1 of 2 stacks failed. awesome: settings: " in run.result["msg"]
    assert states(run) == {"awesome": "unreachable", "storefront": "changed"}
    assert run.result["changed"]
    assert [path.name for path in (tmp_path / "host_vars").iterdir()] == ["storefront"]


def test_a_host_with_a_problem(export):
    run = export(Declared("bad", problem="It is no stack."), Declared("awesome", AWESOME_APP))
    assert states(run) == {"bad": "failed", "awesome": "changed"}
    assert run.result["exported"]["bad"]["msg"] == "It is no stack."


def test_a_file_of_the_user(export, tmp_path):
    path = Path(tmp_path / "host_vars" / "awesome" / "state.yml")
    path.parent.mkdir(parents=True)
    path.write_text("mine: 1\n")
    run = export()
    assert states(run) == {"awesome": "failed", "storefront": "changed"}
    assert "was not written by c66_fleet_export" in run.result["msg"]
    assert path.read_text() == "mine: 1\n"


def test_a_denied_scope(export, tmp_path):
    run = export(api_token=PUBLIC_TOKEN, kinds=["env_vars"])
    assert run.result["failed"]
    assert "admin" in run.result["msg"]
    assert list(tmp_path.iterdir()) == []


def test_unmatched(export, tmp_path):
    (tmp_path / "host_vars" / "gone").mkdir(parents=True)
    run = export(kinds=["tags"])
    assert run.result["unmatched"] == [str(tmp_path / "host_vars" / "gone")]
    assert run.warnings == [
        f"Ansible ignores {tmp_path / 'host_vars' / 'gone'}, because the inventory has no host or group of that name."
    ]


def test_too_many_requests_are_refused_before_anything_is_written(sim, export, tmp_path):
    many = [Declared("awesome", AWESOME_APP), *(Declared(f"host-{n}", f"{n:032x}") for n in range(3000))]
    run = export(*many)
    assert run.result["failed"]
    assert "Reading 3000 more stacks takes about" in run.result["msg"]
    assert list(tmp_path.iterdir()) == []


def test_workers(sim, export):
    run = export(workers=0)
    assert run.result["failed"]
    assert "workers must be from 1 to" in run.result["msg"]
    assert sim.requests == []


def test_in_a_process_of_its_own(run_fleet):
    run = run_fleet(FleetExportModule())
    assert run.result["failed"]
    assert "only runs on the controller" in run.result["msg"]


def test_known_stacks_take_no_request_of_their_own(sim, export):
    row = next(row for row in sim.world.stacks if row["uid"] == AWESOME_APP)
    known = {name: row[name] for name in ("uid", "name", "environment")}
    export(Declared("awesome", AWESOME_APP, known))
    paths = [request.path for request in sim.requests]
    assert len(paths) == len(set(paths))
    assert [path for path in paths if path.endswith(AWESOME_APP)] == []
