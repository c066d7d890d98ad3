# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task runs in the worker if that makes no difference, and otherwise as a module in a process."""

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
    """A Python at another path, with the same libraries."""
    path = folder / "bin" / "python3"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def ways(playbook, names):
    return {name: playbook[name].way for name in names}


def test_tasks_that_the_worker_cannot_run_are_run_as_modules(play, tmp_path):
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
    playbook = play(*tasks, inventory="localhost ansible_connection=local\n")
    assert ways(playbook, choices) == dict.fromkeys(choices, "worker")
    assert ways(playbook, others) == dict.fromkeys(others, "process")
    assert {name: len(playbook[name].result.get("stacks", [])) for name in {**choices, **others}} == dict.fromkeys(
        {**choices, **others}, 3
    )


def test_remote_hosts(play):
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
    playbook = play(plays=plays, inventory=inventory)
    at = {(task.name, task.host): task for task in playbook.tasks}
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


def test_many_hosts_at_once(play):
    hosts = [f"host{number}" for number in range(4)]
    inventory = "".join(f"{host} ansible_connection=local\n" for host in hosts)
    strategies = ("linear", "free")
    plays = []
    for strategy in strategies:
        ledger = {**play.connection, "stack": "Ledger"}
        tasks = [stacks(play.connection, f"all {strategy}"), stacks(ledger, f"one {strategy}")]
        plays.append({"hosts": "all", "gather_facts": False, "strategy": strategy, "tasks": tasks})
    playbook = play(plays=plays, inventory=inventory)
    rows = {(task.name, task.host): len(task.result["stacks"]) for task in playbook.tasks}
    assert rows == {
        (f"{name} {strategy}", host): count
        for name, count in (("all", 3), ("one", 1))
        for strategy in strategies
        for host in hosts
    }
    assert {task.way for task in playbook.tasks} == {"worker"}


def test_the_items_of_a_loop_share_a_connection_but_no_environment(play):
    """Items reuse the connection of their worker. The `environment` of an item does not affect the next."""
    token = {"CLOUD66_ACCESS_TOKEN": play.sim.token}
    playbook = play(
        stacks(
            {"api_url": play.sim.url, "api_retries": 0},
            "loop",
            loop=[token, token, {"CLOUD66_ACCOUNT_ID": "139"}],
            environment="{{ item }}",
        ),
    )
    first, second, third = playbook["loop"].result["results"]
    assert (len(first["stacks"]), len(second["stacks"])) == (3, 3)
    assert "No Cloud 66 token found" in third["msg"]
    assert len({request.client_port for request in play.sim.requests}) == 1
    assert len(play.sim.requests) == 2


def test_defaults_of_the_group_and_of_one_module(play):
    """A module's own defaults win over those of its group, and the task's options win over both."""
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
    playbook = play(plays=[{"hosts": "localhost", "gather_facts": False, "module_defaults": defaults, "tasks": tasks}])
    accounts = [request.headers["x-account"] for request in play.sim.requests]
    once = ["207"] * (len(accounts) // 2 - 2) + ["139", "207"]
    assert accounts == once * 2
    shown = {name: playbook[name].result["invocation"]["module_args"]["api_url"] for name in MODULES}
    assert shown == dict.fromkeys(MODULES, play.sim.url)


def test_a_play_can_name_its_stack_once(play):
    """The action group c66_stack contains every module with the option `stack`."""
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
    playbook = play(*tasks, PYTHONPATH=str(tmp_path))
    for name in ("True", "False"):
        assert playbook[name].way == "process"
        assert f"The Python library {library} is not installed" in playbook[name].result["msg"]
    assert "Traceback" not in playbook.stdout


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
def test_an_action_file_imports_its_module(name):
    """Importing the file loads the module, so no worker has to."""
    action = import_module(f"{ACTIONS}.{name}").ActionModule
    assert action.module is declared(name)


def test_asynchronous_tasks(play):
    """They run in the background, and cannot reveal secrets, which Ansible would store in a file."""
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
    playbook = play(
        *tasks,
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
    assert len(asking) > 0
    assert all("cannot be used with async" in playbook[task["name"]].result["msg"] for task in tasks)
    assert playbook["start"].way == "process"
    assert len(playbook["wait"].result["stacks"]) == 3
    assert len(play.sim.requests) == 1
