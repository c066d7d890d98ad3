# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task runs in Ansible's worker where that makes no difference, and as a module in a process of its own elsewhere."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from unit.fixtures.collection import BASE, MODULES, declared, own_examples
from unit.fixtures.programs import HANG

ACTIONS = f"{BASE}.action"
THIS_PYTHON = {"ansible_python_interpreter": sys.executable}
ADVICE = "add `delegate_to: localhost`, `become: false` and, with several hosts, `run_once: true` to it."


def stacks(connection, name, **keywords):
    return {"name": name, "cloud66.cloud.c66_stack_info": connection, "ignore_errors": True, **keywords}


def other_python(folder):
    """A Python of another place, with the same libraries."""
    path = folder / "bin" / "python3"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def ways(played, names):
    return {name: played[name].way for name in names}


def test_what_the_worker_cannot_do_runs_as_a_module(play, tmp_path):
    same_place = str(Path(sys.executable).with_name("python3"))
    choices = {
        "as it is": {},
        "discovered": {"vars": {"ansible_python_interpreter": "auto"}},
        "discovered in silence": {"vars": {"ansible_python_interpreter": "auto_silent"}},
        "this Python": {"vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}},
        "its other name": {"vars": {"ansible_python_interpreter": same_place}},
        "a switch that is on": {"vars": {"cloud66_in_worker": "{{ 1 == 1 }}"}},
    }
    others = {
        "another Python": {"vars": {"ansible_python_interpreter": other_python(tmp_path)}},
        "a switch that is off": {"vars": {"cloud66_in_worker": "{{ 'no' }}", **THIS_PYTHON}},
        "become": {"become": True, "become_method": "same", "vars": THIS_PYTHON},
        "async": {"async": HANG, "poll": 1, "vars": THIS_PYTHON},
    }
    tasks = [stacks(play.connection, name, **keywords) for name, keywords in {**choices, **others}.items()]
    played = play(*tasks, inventory="localhost ansible_connection=local\n")
    assert ways(played, choices) == dict.fromkeys(choices, "worker")
    assert ways(played, others) == dict.fromkeys(others, "process")
    assert {name: len(played[name].result.get("stacks", [])) for name in {**choices, **others}} == dict.fromkeys(
        {**choices, **others}, 3
    )


def test_an_asynchronous_task_goes_on_by_itself(play):
    played = play(
        stacks(play.connection, "start", **{"async": HANG, "poll": 0}, register="started"),
        {
            "name": "wait",
            "ansible.builtin.async_status": {"jid": "{{ started.ansible_job_id }}"},
            "register": "status",
            "until": "status is finished",
            "retries": 5 * HANG,
            "delay": 0.2,
        },
    )
    assert played["start"].way == "process"
    assert len(played["wait"].result["stacks"]) == 3


def test_hosts_that_are_elsewhere(play):
    inventory = f"""
        far ansible_connection=elsewhere ansible_python_interpreter={sys.executable}
        near ansible_connection=local ansible_python_interpreter=auto_silent
    """
    no_token = {"api_url": play.sim.url}
    tasks = [
        stacks(play.connection, "there"),
        stacks(play.connection, "delegated", delegate_to="localhost"),
        stacks(no_token, "no token"),
        stacks(no_token, "no token, become", become=True, become_method="same", vars=THIS_PYTHON),
    ]
    plays = [{"hosts": host, "gather_facts": False, "tasks": tasks} for host in ("far", "near")]
    played = play(plays=plays, inventory=inventory)
    at = {(told.name, told.host): told for told in played.told}
    expected = {
        ("there", "far"): "process",
        ("there", "near"): "worker",
        ("delegated", "far"): "worker",
        ("delegated", "near"): "worker",
        ("no token", "far"): "process",
        ("no token", "near"): "worker",
        ("no token, become", "far"): "process",
        ("no token, become", "near"): "process",
    }
    assert {place: at[place].way for place in expected} == expected
    assert all(len(at[place].result["stacks"]) == 3 for place in expected if "token" not in place[0])
    for place in (("no token", "far"), ("no token, become", "far"), ("no token, become", "near")):
        assert at[place].result["msg"].endswith(ADVICE)
    assert "No Cloud 66 token found" in at["no token", "near"].result["msg"]
    assert "delegate_to" not in at["no token", "near"].result["msg"]


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_many_hosts_at_once(play, strategy):
    hosts = [f"host{number}" for number in range(4)]
    inventory = "".join(f"{host} ansible_connection=local\n" for host in hosts)
    tasks = [stacks(play.connection, "all"), stacks({**play.connection, "stack": "Ledger"}, "one")]
    played = play(
        plays=[{"hosts": "all", "gather_facts": False, "strategy": strategy, "tasks": tasks}], inventory=inventory
    )
    rows = {(told.name, told.host): len(told.result["stacks"]) for told in played.told}
    assert rows == {(name, host): count for name, count in (("all", 3), ("one", 1)) for host in hosts}
    assert {told.way for told in played.told} == {"worker"}


def test_the_items_of_a_loop_share_a_connection_and_no_environment(play):
    """One session a worker: items reuse the connection. What one item's `environment` sets is gone for the next."""
    token = {"CLOUD66_ACCESS_TOKEN": play.sim.token}
    played = play(
        stacks(
            {"api_url": play.sim.url, "api_retries": 0},
            "loop",
            loop=[token, token, {"CLOUD66_ACCOUNT_ID": "139"}],
            environment="{{ item }}",
        ),
    )
    first, second, third = played["loop"].result["results"]
    assert (len(first["stacks"]), len(second["stacks"])) == (3, 3)
    assert "No Cloud 66 token found" in third["msg"]
    assert len({request.client_port for request in play.sim.requests}) == 1
    assert len(play.sim.requests) == 2


def test_defaults_of_the_group_and_of_one_module(play):
    """The action group holds every module; a module's own defaults win over its group's, and the task's over both."""
    group = {"api_url": play.sim.url, "api_token": play.sim.token, "api_retries": 0, "account_id": 207}
    defaults = {"group/cloud66.cloud.c66": group, "cloud66.cloud.c66_stack_info": {"account_id": 139}}
    tasks = []
    for way in (True, False):
        task = {"vars": {"cloud66_in_worker": way}}
        tasks += [
            {"name": f"group {way}", "cloud66.cloud.c66_server_info": {"stack": "Ledger"}, **task},
            {"name": f"module {way}", "cloud66.cloud.c66_stack_info": {}, **task},
            {"name": f"task {way}", "cloud66.cloud.c66_stack_info": {"account_id": 207}, **task},
        ]
    tasks += [{"name": name, f"cloud66.cloud.{name}": {"colour": 1}, "ignore_errors": True} for name in MODULES]
    played = play(plays=[{"hosts": "localhost", "gather_facts": False, "module_defaults": defaults, "tasks": tasks}])
    accounts = [request.headers["x-account"] for request in play.sim.requests]
    once = ["207"] * (len(accounts) // 2 - 2) + ["139", "207"]
    assert accounts == once * 2
    shown = {name: played[name].result["invocation"]["module_args"]["api_url"] for name in MODULES}
    assert shown == dict.fromkeys(MODULES, play.sim.url)


def test_a_play_names_its_stack_once(play):
    """The other action group holds every module that takes `stack`."""
    defaults = {"group/cloud66.cloud.c66": play.connection, "group/cloud66.cloud.c66_stack": {"stack": "Storefront"}}
    tasks = [
        {"name": f"{name} {way}", f"cloud66.cloud.{name}": {}, "vars": {"cloud66_in_worker": way}}
        for name in ("c66_stack_info", "c66_server_info", "c66_user_info")
        for way in (True, False)
    ]
    played = play(plays=[{"hosts": "localhost", "gather_facts": False, "module_defaults": defaults, "tasks": tasks}])
    for way in (True, False):
        assert [row["name"] for row in played[f"c66_stack_info {way}"].result["stacks"]] == ["Storefront"]
        assert {row["stack_name"] for row in played[f"c66_server_info {way}"].result["servers"]} == {"Storefront"}


@pytest.mark.parametrize("library", ["requests", "oauthlib"])
def test_a_missing_library_is_named(play, tmp_path, library):
    (tmp_path / library).mkdir()
    (tmp_path / library / "__init__.py").write_text(f"raise ImportError('no {library} here')\n", encoding="utf-8")
    tasks = [stacks(play.connection, str(way), vars={"cloud66_in_worker": way}) for way in (True, False)]
    played = play(*tasks, PYTHONPATH=str(tmp_path))
    for name in ("True", "False"):
        assert played[name].way == "process"
        assert f"Failed to import the required Python library ({library})" in played[name].result["msg"]
    assert "Traceback" not in played.stdout


def test_importing_an_action_never_fails(tmp_path):
    for library in ("requests", "urllib3", "oauthlib"):
        (tmp_path / f"{library}.py").write_text("raise ImportError('not here')\n", encoding="utf-8")
    finder = "ansible.utils.collection_loader._collection_finder"
    program = f"""
import importlib, os, sys
from {finder} import _AnsibleCollectionFinder as Finder
Finder(paths=[os.environ["ANSIBLE_COLLECTIONS_PATH"]])._install()
for name in {MODULES}:
    importlib.import_module(f"{ACTIONS}.{{name}}")
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", MODULES)
def test_an_action_file_brings_its_module(name):
    """Its import is enough to have the module, so that no worker has to load it."""
    action = import_module(f"{ACTIONS}.{name}").ActionModule
    assert action.module is declared(name)


def test_secrets_and_async_do_not_go_together(play):
    asking = {
        name: {**own_examples(name)[0][1], **dict.fromkeys(declared(name).reveals, True)}
        for name in MODULES
        if declared(name).reveals
    }
    tasks = [
        {
            "name": f"{name} {way}",
            f"cloud66.cloud.{name}": {**play.connection, **arguments},
            "async": HANG,
            "poll": poll,
            "ignore_errors": True,
            "vars": {"cloud66_in_worker": way},
        }
        for name, arguments in asking.items()
        for way, poll in ((True, 1), (False, 0))
    ]
    played = play(*tasks)
    assert all("cannot be used with async" in told.result["msg"] for told in played.told)
    assert len(played.told) == 2 * len(asking) > 0
    assert play.sim.requests == []
