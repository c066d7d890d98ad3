# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role awx: it makes in AWX what the collection needs there, and changes nothing the second time."""

from __future__ import annotations

import json
import os

import pytest
import yaml
from tools.places import ROOT
from unit.fixtures.awx import PLAYBOOKS, TOKEN, credential_type_problems, modules_of_awx, running_awx

SECRET = "c66-token-never-shown-123"
WITHOUT = {"awx_templates": ["deploy"], "awx_stacks_file": "", "awx_servers_file": ""}


@pytest.fixture
def awx():
    with running_awx() as one:
        yield one


@pytest.fixture
def set_up(play, awx):
    """Run the role. Returns the run, with what is reported as (state, kind, name), and the writes."""

    def call(*options, modules=True, check=True, **variables):
        given = {
            "awx_host": awx.url,
            "awx_oauth_token": TOKEN,
            "awx_cloud66_token": SECRET,
            "awx_image": "registry.example.com/c66-ee:1",
            "awx_scm_url": "https://git.example.com/fleet.git",
            **variables,
        }
        task = {"ansible.builtin.include_role": {"name": "cloud66.cloud.awx"}, "vars": given}
        paths = [os.environ["ANSIBLE_COLLECTIONS_PATH"], *([str(modules_of_awx())] if modules else [])]
        before = len(awx.writes)
        done = play(task, options=options, check=check, ANSIBLE_COLLECTIONS_PATH=os.pathsep.join(paths))
        done.writes = awx.writes[before:]
        made = [task for task in done.tasks if task.name.endswith("Create and update the objects in AWX")]
        done.objects = made[0].result.get("objects", []) if made else []
        done.states = {row["state"] for row in done.objects}
        assert SECRET not in done.everything() and TOKEN not in done.everything()
        return done

    return call


def failure(done):
    return next(task.result["msg"] for task in done.tasks if task.event == "failed")


def test_everything_is_created_once(set_up, awx):
    plan = set_up("--check", "--diff")
    assert (plan.states, plan.writes) == ({"created"}, [])
    assert "-does not exist" in plan.stdout
    assert "+as declared" in plan.stdout

    first = set_up("-vvv")
    assert [(row["kind"], row["name"]) for row in plan.objects] == [(row["kind"], row["name"]) for row in first.objects]
    assert first.states == {"created", "changed"}
    assert [row["name"] for row in first.objects if row["state"] == "changed"] == ["approval -> apply"]
    assert sum(SECRET in json.dumps(body) for _method, _path, body in first.writes) == 1

    second = set_up()
    assert (second.states, second.writes) == ({"ok"}, [])
    _check_content(awx)

    awx.named("job_templates", "Cloud 66 fleet plan")["job_type"] = "run"
    again = set_up("--check", "--diff")
    assert [row["name"] for row in again.objects if row["state"] != "ok"] == ["Cloud 66 fleet plan"]
    assert again.writes == []
    assert "-differs" in again.stdout


def _check_content(awx):
    declared = yaml.safe_load((ROOT / "extensions/awx/credential_type.yml").read_text(encoding="utf-8"))
    kind = awx.named("credential_types", "Cloud 66")
    assert {"inputs": kind["inputs"], "injectors": kind["injectors"]} == declared
    assert awx.named("credentials", "Cloud 66")["inputs"] == {"token": SECRET}

    deploy = awx.named("job_templates", "Cloud 66 deploy")
    assert json.loads(deploy["extra_vars"]) == {"deploy_user_reference": "awx-{{ awx_job_id }}"}
    assert awx.named("hosts", "localhost")["variables"].count("{{ ansible_playbook_python }}") == 1
    assert deploy["inventory"] == awx.named("inventories", "Cloud 66 localhost")["id"]

    plan, apply = (awx.named("job_templates", f"Cloud 66 fleet {name}") for name in ("plan", "apply"))
    assert (plan["job_type"], apply["job_type"]) == ("check", "run")
    assert json.loads(apply["extra_vars"]) == {"fleet_mode": "apply"}
    assert {row["playbook"] for row in awx.things["job_templates"].values()} == set(PLAYBOOKS[:5])
    assert awx.surveys.keys() == awx.things["job_templates"].keys()
    assert awx.linked("job_templates", "Cloud 66 ping", "credentials") == ["Cloud 66"]

    drift = awx.named("job_templates", "Cloud 66 fleet drift")
    assert awx.named("schedules", "Cloud 66 drift")["unified_job_template"] == drift["id"]
    assert awx.linked("workflow_job_template_nodes", "plan", "success_nodes") == ["approval"]
    assert awx.linked("workflow_job_template_nodes", "approval", "success_nodes") == ["apply"]
    assert awx.named("workflow_job_template_nodes", "apply")["unified_job_template"] == apply["id"]
    assert awx.named("workflow_approval_templates", "Cloud 66 approval")["timeout"] == 86400


def test_only_what_differs_is_changed(set_up, awx):
    awx.add("notification_templates", {"name": "Team chat", "organization": 1})
    options = {
        "awx_templates": ["fleet"],
        "awx_servers_file": "",
        "awx_playbooks": {"fleet": "plays/fleet.yml"},
        "awx_notify_error": ["Team chat"],
    }
    set_up(**options)
    assert awx.linked("job_templates", "Cloud 66 fleet drift", "notification_templates_error") == ["Team chat"]
    changes = {"awx_update_secrets": True, "awx_fleet_slices": 4}
    awx.version = "25.0.0"
    done = set_up(**options, **changes, awx_template_options={"fleet_apply": {"forks": 20}})
    assert done.all_output.count("You are running collection version 24.6.1") == 1
    changed = [(row["kind"], row["name"]) for row in done.objects if row["state"] != "ok"]
    names = [f"Cloud 66 fleet {name}" for name in ("plan", "apply", "drift")]
    assert changed == [("credential", "Cloud 66"), *(("job_template", name) for name in names)]
    assert [awx.named("job_templates", name)["job_slice_count"] for name in names] == [4, 4, 4]
    assert awx.named("job_templates", names[1])["forks"] == 20


def test_what_awx_refuses_is_one_sentence(set_up, awx):
    done = set_up(check=False, **WITHOUT, awx_playbooks={"deploy": "nowhere.yml"})
    assert failure(done) == (
        "The job template 'Cloud 66 deploy' was not created or changed: Unable to create job_template Cloud 66 deploy: "
        "{'playbook': ['Playbook not found for project.']}"
    )
    assert [row["kind"] for row in done.objects][-1] == "host"
    done = set_up("--check", check=False, awx_organization="Nobody & Co")
    assert failure(done) == (
        "The credential 'Cloud 66' was not created or changed: AWX has no organization named 'Nobody & Co', or this "
        "user cannot see it."
    )


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"awx_image_pul": "never"}, "There is no variable awx_image_pul. Did you mean awx_image_pull"),
        ({"awx_servers_file": ""}, "The template ping needs an inventory of servers: set awx_servers_file"),
        ({"awx_stacks_file": ""}, "The template fleet needs an inventory of stacks: set awx_stacks_file"),
        ({"awx_playbooks": {"deplo": "d.yml"}}, "There is no job template deplo: correct the keys of awx_playbooks"),
    ],
)
def test_wrong_variables_are_refused(set_up, awx, variables, message):
    # AWX sets these two in a job.
    done = set_up(modules=False, check=False, awx_job_id=17, awx_workflow_job_id=3, **variables)
    assert failure(done).startswith(message)
    assert awx.writes == []


def test_without_the_modules_the_role_says_what_to_install(set_up):
    done = set_up(modules=False, check=False, awx_collection="ansible.controller")
    assert failure(done) == (
        "The collection ansible.controller is not installed. Install it with `ansible-galaxy collection install "
        "ansible.controller`, or choose another with awx_collection."
    )


def test_surveys_ask_for_variables_that_the_playbooks_have():
    text = (ROOT / "roles/awx/vars/main.yml").read_text(encoding="utf-8")
    surveys = yaml.safe_load(text.replace("!unsafe ", ""))["awx__surveys"]
    asked = {name: [one["variable"] for one in survey["spec"]] for name, survey in surveys.items()}
    sources = {name: (ROOT / "roles" / name / "defaults/main.yml") for name in ("deploy", "backup_audit")}
    files = {"fleet": "fleet.yml", "ping": "ping_servers.yml", "reboot": "reboot_servers.yml"}
    sources.update({name: ROOT / "playbooks" / file for name, file in files.items()})
    known = {name: path.read_text(encoding="utf-8") for name, path in sources.items()}
    # The stack has no default.
    missing = {one for name, names in asked.items() for one in names if one not in known[name]} - {"deploy_stack"}
    assert missing == set()
    assert sum(map(len, asked.values())) > 10


def _blocks():
    text = (ROOT / "docs/awx.md").read_text(encoding="utf-8")
    blocks = [yaml.safe_load(block.split("```")[0]) for block in text.split("```yaml\n")[1:]]
    inputs = [one for one in blocks if isinstance(one, dict) and "fields" in one]
    env = [one for one in blocks if isinstance(one, dict) and "env" in one]
    return {"inputs": inputs[0], "injectors": env[0]}


def test_the_documentation_shows_the_credential_type():
    declared = yaml.safe_load((ROOT / "extensions/awx/credential_type.yml").read_text(encoding="utf-8"))
    assert credential_type_problems(**declared) == []
    assert _blocks() == declared


@pytest.mark.parametrize(
    ("inputs", "injectors", "problem"),
    [
        ({"fields": [{"id": "tower", "label": "T", "type": "string"}]}, {}, "should not be valid"),
        ({"fields": [{"id": "a", "label": "A", "type": "boolean", "secret": True}]}, {}, "cannot have ['secret']"),
        ({"fields": [], "required": ["a"]}, {}, "a is required but not declared"),
        ({"fields": []}, {"env": {"ANSIBLE_X": "1"}}, "does not match"),
        ({"fields": []}, {"env": {"X": "{{ token }}"}}, "'token' is undefined"),
        ({"fields": []}, {"env": {"X": "\u00e9"}}, "is not ASCII"),
    ],
)
def test_wrong_credential_types_are_found(inputs, injectors, problem):
    assert problem in " ".join(credential_type_problems(inputs, injectors))
