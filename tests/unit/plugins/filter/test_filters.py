# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters in plays: their EXAMPLES, and texts that look like templates."""

from __future__ import annotations

import json
import subprocess
from importlib import import_module

import pytest
import yaml
from simulator.seed import AWESOME_APP
from unit.fixtures.collection import PLUGINS

NAMES = sorted(path.stem for path in (PLUGINS / "filter").glob("*.py"))
EVIL = "{{ 7 * 7 }}<b>{% raw %}"


def examples(name):
    return yaml.safe_load(import_module(f"ansible_collections.cloud66.cloud.plugins.filter.{name}").EXAMPLES)


def test_documentation():
    names = [f"cloud66.cloud.{name}" for name in NAMES]
    done = subprocess.run(["ansible-doc", "-t", "filter", "--json", *names], capture_output=True, text=True, check=True)
    documented = json.loads(done.stdout)
    assert NAMES == ["chat_message", "deploy_markdown", "fleet_html", "fleet_markdown", "fleet_report", "fleet_table"]
    assert sorted(documented) == names
    assert all(one["examples"] and one["return"]["_value"] for one in documented.values())


@pytest.fixture
def fleet(play):
    """Run tasks on two hosts: a stack with an evil name and a variable to set, and one that does not exist."""

    def call(*tasks):
        stack = play.sim.world.add_stack(name=EVIL, environment=EVIL, status=1, health=3)
        found = {"cloud66_fleet_env_vars": {"COLOUR": "a-very-secret-value"}}
        hosts = {
            "good": {"cloud66_fleet_stack": AWESOME_APP, **found},
            "evil": {"cloud66_fleet_stack": stack["uid"], **found},
            "gone": {"cloud66_fleet_stack": "Nobody"},
        }
        local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        inventory = json.dumps({"all": {"hosts": hosts, "vars": local}})
        variables = {"deploy_report": {"stack": EVIL, "state": "planned", "steps": {}}}
        one = {"hosts": "all", "gather_facts": False, "ignore_errors": True, "vars": variables, "tasks": list(tasks)}
        environment = {"CLOUD66_ACCESS_TOKEN": play.sim.token, "CLOUD66_API_URL": play.sim.url}
        return play(plays=[one], inventory=inventory, check=False, **environment)

    return call


def test_the_examples(fleet):
    """They run unchanged, also after c66_fleet has failed. What the API returns is not evaluated."""
    again = {"ansible.builtin.set_fact": {"again": "{{ stored }}"}, "name": "Again", "run_once": True}
    stored = {
        "ansible.builtin.set_fact": {"stored": "{{ fleet | cloud66.cloud.fleet_html }}"},
        "name": "Store",
        "run_once": True,
    }
    playbook = fleet(*(task for name in NAMES for task in examples(name)), stored, again)
    events = {(task.name, task.event) for task in playbook.tasks}
    assert {event for name, event in events if "ompare" not in name} == {"ok"}, playbook.all_output
    lines = playbook["Show what differs"].result["msg"]
    assert lines[0].split() == ["STACK", "KIND", "CHANGES", "OUTCOME"]
    assert lines[-1] == "3 stacks: 1 unreachable, 2 differ."
    text = "\n".join(lines)
    assert "No stack matches 'Nobody'" in text
    assert f"evil ({EVIL})" in text
    markdown = (playbook.folder / "fleet.md").read_text(encoding="utf-8")
    assert f"#### `evil ({EVIL})`, `{EVIL}`: differs" in markdown
    page = (playbook.folder / "fleet.html").read_text(encoding="utf-8")
    assert "{{ 7 * 7 }}&lt;b&gt;{% raw %}" in page
    assert "<title>Production</title>" in page
    assert "Last deployment" in page
    assert "{{ 7 * 7 }}&lt;b&gt;{% raw %}" in playbook["Again"].result["ansible_facts"]["again"]
    report = (playbook.folder / "fleet.json").read_text(encoding="utf-8")
    assert json.loads(report)["stacks"]["evil"]["name"] == EVIL
    message = json.dumps(playbook["Make a message"].result["ansible_facts"]["message"])
    assert "{{ 7 * 7 }}&lt;b&gt;{% raw %}" in message
    assert (playbook.folder / "deploy.md").exists()
    assert "a-very-secret-value" not in text + markdown + page + report + message


def test_errors(fleet):
    wrong = [
        {"ansible.builtin.debug": {"msg": f"{{{{ {what} | cloud66.cloud.fleet_table }}}}"}, "run_once": True}
        for what in ("'x'", "{}", "nothing")
    ]
    playbook = fleet(*wrong)
    assert {task.event for task in playbook.tasks} == {"failed"}
    output = playbook.all_output
    assert "fleet_table: It needs the registered result of c66_fleet, a dictionary, not a string." in output
    assert "fleet_table: It needs the registered result of c66_fleet, which has the key `stacks`." in output
    assert "Traceback" not in output
