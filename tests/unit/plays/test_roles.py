# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles in plays on several hosts, and what all of them do alike."""

from __future__ import annotations

import json
import sys

import pytest

LEDGER = "Ledger"
HOSTS = {"one": "Awesome App", "two": "awesome app", "three": LEDGER, "four": "Awesome App", "five": LEDGER}
INVENTORY = "[stacks]\n" + "".join(
    f"{host} its_stack='{stack}' ansible_python_interpreter={sys.executable}\n" for host, stack in HOSTS.items()
)
DEPLOY = {"name": "cloud66.cloud.deploy"}


@pytest.fixture
def fleet(play):
    """Run plays on five hosts of two stacks."""

    def call(*plays, **options):
        play.sim.settings(deploy_seconds=1, action_seconds=0.1)
        shared = {"hosts": "stacks", "gather_facts": False, "vars": {"deploy_healthy": []}}
        access = {"CLOUD66_ACCESS_TOKEN": play.sim.token, "CLOUD66_API_URL": play.sim.url}
        return play(plays=[{**shared, **one} for one in plays], inventory=INVENTORY, **access, **options)

    return call


def deployed(sim):
    """The stacks of the deployments that were started, in order."""
    names = {stack["uid"]: stack["name"] for stack in sim.world.stacks}
    posts = [request for request in sim.requests if request.method == "POST" and "deployments" in request.path]
    return [names[request.path.rpartition("/stacks/")[2].partition("/")[0]] for request in posts]


def refused(message, **variables):
    """Tasks that note why the role deploy is refused."""
    return {
        "block": [
            {"name": "Run", "ansible.builtin.include_role": DEPLOY, "vars": variables},
            {"name": "It ran", "ansible.builtin.fail": {"msg": "it was not refused"}},
        ],
        "rescue": [
            {
                "name": message,
                "ansible.builtin.assert": {"that": ["message in ansible_failed_result.msg"], "quiet": True},
                "vars": {"message": message},
            }
        ],
    }


@pytest.mark.parametrize(
    "how",
    [{}, {"serial": 1}, {"strategy": "free"}, {"strategy": "host_pinned"}],
    ids=["linear", "serial", "free", "pinned"],
)
def test_each_stack_is_deployed_once(fleet, sim, how):
    """By the role in `roles` and by an included one, one after the other."""
    role = {"role": DEPLOY["name"], "deploy_stack": "{{ its_stack }}"}
    again = {"ansible.builtin.include_role": DEPLOY, "vars": {"deploy_stack": "{{ its_stack }}"}}
    show = {"name": "Show", "ansible.builtin.debug": {"msg": "{{ deploy_report.deployment.id }}"}}
    playbook = fleet({**how, "roles": [role], "tasks": [again, show]})
    assert sorted(deployed(sim)) == ["Awesome App"] * 2 + [LEDGER] * 2
    shown = {task.host: task.result["msg"] for task in playbook.tasks if task.name == "Show"}
    assert shown["one"] == shown["two"] == shown["four"] != shown["three"] == shown["five"]


def test_stacks_are_deployed_side_by_side(fleet, sim):
    fleet({"roles": [{"role": DEPLOY["name"], "deploy_stack": "{{ its_stack }}"}]})
    rows = [sim.world.deployments[stack["uid"]][0] for stack in sim.world.stacks if stack["name"] in HOSTS.values()]
    assert max(row["started_at"] for row in rows) <= min(row["finished_at"] for row in rows)


def test_a_failure_is_one_of_all_hosts_of_the_stack(fleet, sim):
    [ledger] = [stack["uid"] for stack in sim.world.stacks if stack["name"] == LEDGER]
    sim.world.deploy_failures[ledger] = "No disk"
    playbook = fleet({"roles": [{"role": DEPLOY["name"], "deploy_stack": "{{ its_stack }}"}]}, check=False)
    messages = {
        task.host: task.result["msg"] for task in playbook.tasks if task.event == "failed" and task.name != "Deploy"
    }
    failed = {host: message for host, message in messages.items() if "No disk" in message}
    assert set(failed) == {"three", "five"}
    # Either may be the first.
    others = {"three": "five", "five": "three"}
    assert [failed[host].endswith(f" (on the host {other})") for host, other in others.items()].count(True) == 1
    assert sorted(deployed(sim)) == ["Awesome App", LEDGER]


@pytest.mark.parametrize("how", [{}, {"serial": 1}, {"strategy": "free"}], ids=["linear", "serial", "free"])
def test_what_cannot_be_done_is_refused_before_anything_is_sent(fleet, sim, how):
    fleet(
        {
            **how,
            "tasks": [
                refused(
                    "The hosts one and four ask for Awesome App with different values of deploy_git_ref, and",
                    deploy_stack="{{ its_stack }}",
                    deploy_git_ref="{{ 'v2' if inventory_hostname == 'four' else 'v1' }}",
                ),
                refused(
                    "report.json would be written for Awesome App and for Ledger.",
                    deploy_stack="{{ its_stack }}",
                    deploy_report_file="report.json",
                ),
                refused(
                    "report.md would be written for Awesome App and for Ledger.",
                    deploy_stack="{{ its_stack }}",
                    deploy_markdown_file="report.md",
                ),
                refused(
                    "There is no variable deploy_ref. Did you mean deploy_git_ref",
                    deploy_stack="{{ its_stack }}",
                    deploy_ref="main",
                ),
            ],
        }
    )
    assert not sim.writes


@pytest.mark.parametrize("role", ["deploy", "env_vars", "ssh_access"])
def test_unknown_variables_are_refused(play, role):
    wrong = {f"{role}_modee": 1, f"{role}_mine": 2, f"{role}_own_variables": [f"{role}_mine"], "deploy_stack": "x"}
    wrong = {name: value for name, value in wrong.items() if name.startswith(role)}
    playbook = play({"ansible.builtin.include_role": {"name": f"cloud66.cloud.{role}"}, "vars": wrong}, check=False)
    [failed] = [task for task in playbook.tasks if task.event == "failed"]
    assert failed.result["msg"].startswith(f"There is no variable {role}_modee.")
    assert f"{role}_mine" not in failed.result["msg"]
    assert "exception" not in playbook.all_output.lower()
    assert not play.sim.requests


def test_the_item_of_the_user_is_kept_and_reports_are_written_here(play, sim, tmp_path, monkeypatch):
    """In loops around the roles, whose own loops have other items."""
    sim.settings(deploy_seconds=1, action_seconds=0.1)
    here = tmp_path / "here"
    (here / "env_vars").mkdir(parents=True)
    (here / "env_vars" / "ledger.yml").write_text("stack: Ledger\nenv_vars: {A: x}\npurge: false\n", encoding="utf-8")
    (here / "service.yml").write_text("services: {web: {}}\n", encoding="utf-8")
    monkeypatch.chdir(here)
    variables = {
        "deploy_stack": "{{ item }}",
        "deploy_healthy": [],
        "deploy_configurations": [{"type": "service_yaml", "src": "service.yml"}],
        "deploy_report_file": "{{ item }}.json",
        "env_vars_folder": "env_vars",
        "env_vars_report_file": "variables.json",
    }
    play(
        {"ansible.builtin.include_role": DEPLOY, "loop": ["Awesome App", LEDGER], "vars": variables},
        {"ansible.builtin.include_role": {"name": "cloud66.cloud.env_vars"}, "loop": ["x"], "vars": variables},
        CLOUD66_ACCESS_TOKEN=sim.token,
        CLOUD66_API_URL=sim.url,
    )
    for stack in ("Awesome App", LEDGER):
        report = json.loads((here / f"{stack}.json").read_text(encoding="utf-8"))
        assert (report["stack"], report["state"], report["configurations"]) == (stack, "done", ["service_yaml"])
    assert json.loads((here / "variables.json").read_text(encoding="utf-8"))["stacks"][0]["added"] == ["A"]
    assert deployed(sim) == ["Awesome App", LEDGER]


@pytest.mark.parametrize("how", [{}, {"serial": 1}, {"strategy": "free"}], ids=["linear", "serial", "free"])
def test_variables_are_synced_once(fleet, sim, how):
    files = {"ledger.yml": "stack: Ledger\nenv_vars: {A: x}\npurge: false\n"}
    role = {"role": "cloud66.cloud.env_vars", "env_vars_folder": "{{ playbook_dir }}"}
    show = {"name": "Show", "ansible.builtin.debug": {"msg": "{{ env_vars_report.state }}"}}
    playbook = fleet({**how, "roles": [role], "tasks": [show]}, files=files)
    assert len(sim.writes) == 1
    assert {task.result["msg"] for task in playbook.tasks if task.name == "Show"} == {"applied"}


@pytest.mark.parametrize("how", [{}, {"serial": 1}, {"strategy": "free"}], ids=["linear", "serial", "free"])
def test_access_is_set_up_once(fleet, sim, tmp_path, how):
    role = {
        "role": "cloud66.cloud.ssh_access",
        "ssh_access_folder": str(tmp_path / "ssh"),
        "ssh_access_stacks": [LEDGER],
    }
    fleet({**how, "roles": [role]})
    paths = [request.path for request in sim.requests if request.path.endswith("/servers")]
    assert len(paths) == len(set(paths)) == 1


@pytest.mark.parametrize("how", [{}, {"strategy": "free"}], ids=["linear", "free"])
def test_a_failure_of_access_is_that_of_all_hosts(fleet, how):
    role = {"role": "cloud66.cloud.ssh_access", "ssh_access_folder": "relative/ssh"}
    playbook = fleet({**how, "roles": [role]}, check=False)
    failed = {
        task.host: task.result["msg"]
        for task in playbook.tasks
        if task.event == "failed" and not task.name.endswith(": Set up the access")
    }
    words = "ssh_access_folder must be an absolute path"
    assert all(words in message for message in failed.values())
    assert sum("(on the host " in message for message in failed.values()) == len(failed) - 1


def test_a_failed_item_is_named_with_its_reason(play, sim):
    sim.settings(action_seconds=0)
    variables = {
        "deploy_stack": "Awesome App",
        "deploy_configurations": [{"type": "service_yaml", "body": "{}"}, {"type": "nginxx", "body": "x"}],
    }
    playbook = play(
        {"name": "deploy", "ansible.builtin.include_role": DEPLOY, "vars": variables, "ignore_errors": True},
        check=False,
        CLOUD66_ACCESS_TOKEN=sim.token,
        CLOUD66_API_URL=sim.url,
    )
    failed = playbook.tasks[-1]
    assert failed.result["msg"].startswith("Store the configuration: nginxx: Stack Awesome App has no configuration of")
