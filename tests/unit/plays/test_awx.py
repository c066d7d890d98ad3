# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role awx: it makes in AWX what the collection needs there, and changes nothing the second time."""

from __future__ import annotations

import copy
import json
import os
import re
import socket
import ssl
from importlib import import_module

import pytest
import trustme
import yaml
from tools.places import ROOT
from unit.fixtures.awx import (
    PASSWORD,
    PLAYBOOKS,
    TOKEN,
    USER,
    credential_type_problems,
    modules_of_awx,
    running_awx,
    survey_problem,
)

SECRET = "c66-token-never-shown-123"
CHAT = "chat-token-never-shown-456"
CHANGED_CHAT = "chat-token-never-shown-789"
WITHOUT = {"awx_templates": ["deploy"], "awx_stacks_file": "", "awx_servers_file": ""}
TEMPLATES = {
    "deploy": "Cloud 66 deploy",
    "fleet_plan": "Cloud 66 fleet plan",
    "fleet_apply": "Cloud 66 fleet apply",
    "fleet_drift": "Cloud 66 fleet drift",
    "backup_audit": "Cloud 66 backup audit",
    "ping": "Cloud 66 ping",
    "reboot": "Cloud 66 reboot",
}
# The modules run in the worker, which is much faster than a process for each.
FAST = "recorder,awx_modules"


@pytest.fixture
def awx():
    with running_awx() as one:
        yield one


def environment(callbacks=FAST, modules=True):
    paths = [os.environ["ANSIBLE_COLLECTIONS_PATH"], *([str(modules_of_awx())] if modules else [])]
    return {
        "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join(paths),
        "ANSIBLE_CALLBACKS_ENABLED": callbacks if modules else "recorder",
        # The modules would read the certificates of all authorities again for each request.
        "SSL_CERT_FILE": os.devnull,
        "SSL_CERT_DIR": os.devnull,
    }


@pytest.fixture
def play_role(play, awx):
    """Run the role once for each of the given variables, even after a failure."""

    def call(*runs, options=(), modules=True, check=True, callbacks=FAST):
        defaults = {
            "awx_host": awx.url,
            "awx_oauth_token": TOKEN,
            "awx_cloud66_token": SECRET,
            "awx_image": "registry.example.com/c66-ee:1",
            "awx_scm_url": "https://git.example.com/fleet.git",
        }
        tasks = [
            {"ansible.builtin.include_role": {"name": "cloud66.cloud.awx"}, "vars": {**defaults, **variables}}
            for variables in runs
        ]
        go_on = [{"ansible.builtin.debug": {"msg": "Go on"}}]
        if len(tasks) > 1:
            tasks = [{"block": [task], "rescue": go_on} for task in tasks]
        done = play(*tasks, options=options, check=check, **environment(callbacks, modules))
        assert not any(secret in done.everything() for secret in (SECRET, TOKEN, PASSWORD, CHAT, CHANGED_CHAT))
        return done

    return call


@pytest.fixture
def set_up(play_role, awx):
    """Run the role. Returns the run, with the objects, those that change as (state, kind, name), and the writes."""

    def call(*options, check=True, callbacks=FAST, **variables):
        before = len(awx.writes)
        done = play_role(variables, options=options, check=check, callbacks=callbacks)
        done.writes = awx.writes[before:]
        done.objects = done["cloud66.cloud.awx : Create and update the objects in AWX"].result.get("objects", [])
        done.states = {row["state"] for row in done.objects}
        done.changes = [(row["state"], row["kind"], row["name"]) for row in done.objects if row["state"] != "ok"]
        return done

    return call


def failures(done):
    return [task.result for task in done.tasks if task.event == "failed"]


def failure(done):
    return failures(done)[0]["msg"]


def sent(done, secret):
    """How often a secret was sent to AWX."""
    return sum(secret in json.dumps(body) for _method, _path, body in done.writes)


def test_everything_is_created_once(set_up, awx):
    plan = set_up("--check", "--diff")
    assert (plan.states, plan.writes) == ({"created"}, [])
    assert "-does not exist" in plan.stdout
    assert "+as declared" in plan.stdout

    first = set_up("-vvv", callbacks="recorder")
    assert [(row["kind"], row["name"]) for row in plan.objects] == [(row["kind"], row["name"]) for row in first.objects]
    assert first.states == {"created", "changed"}
    assert [name for state, _kind, name in first.changes if state == "changed"] == ["approval -> apply"]
    assert sent(first, SECRET) == 1

    second = set_up()
    assert (second.states, second.writes) == ({"ok"}, [])
    _check_content(awx)

    awx.named("job_templates", "Cloud 66 fleet plan")["job_type"] = "run"
    again = set_up("--check", "--diff")
    assert again.changes == [("changed", "job_template", "Cloud 66 fleet plan")]
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
    assert {row["name"] for row in awx.things["job_templates"].values()} == set(TEMPLATES.values())
    assert {row["playbook"] for row in awx.things["job_templates"].values()} == set(PLAYBOOKS[:5])
    assert awx.surveys.keys() == awx.things["job_templates"].keys()
    assert awx.linked("job_templates", "Cloud 66 ping", "credentials") == ["Cloud 66"]
    source = awx.named("inventory_sources", "Cloud 66 stacks")
    assert (source["source_path"], source["inventory"]) == (
        "stacks.c66.yml",
        awx.named("inventories", "Cloud 66 stacks")["id"],
    )

    drift = awx.named("job_templates", "Cloud 66 fleet drift")
    assert awx.named("schedules", "Cloud 66 drift")["unified_job_template"] == drift["id"]
    assert awx.linked("workflow_job_template_nodes", "plan", "success_nodes") == ["approval"]
    assert awx.linked("workflow_job_template_nodes", "approval", "success_nodes") == ["apply"]
    assert awx.named("workflow_job_template_nodes", "apply")["unified_job_template"] == apply["id"]
    assert awx.named("workflow_approval_templates", "Cloud 66 approval")["timeout"] == 86400


def test_only_what_differs_is_changed(set_up, awx):
    options = {
        "awx_templates": ["fleet"],
        "awx_servers_file": "",
        "awx_playbooks": {"fleet": "plays/fleet.yml"},
    }
    set_up(**options)
    changes = {"awx_update_secrets": True, "awx_fleet_slices": 4}
    awx.version = "25.0.0"
    done = set_up(**options, **changes, awx_template_options={"fleet_apply": {"forks": 20}})
    assert done.all_output.count("You are running collection version 24.6.1") == 1
    names = [f"Cloud 66 fleet {name}" for name in ("plan", "apply", "drift")]
    assert done.changes == [
        ("changed", "credential", "Cloud 66"),
        *(("changed", "job_template", name) for name in names),
    ]
    assert sent(done, SECRET) == 1
    assert [awx.named("job_templates", name)["job_slice_count"] for name in names] == [4, 4, 4]
    assert awx.named("job_templates", names[1])["forks"] == 20


def test_a_later_version_adds_what_is_new(set_up, awx):
    set_up(awx_templates=["deploy"])
    before = copy.deepcopy(awx.things)
    done = set_up(awx_templates=["deploy", "ping"])
    assert done.changes == [("created", "job_template", "Cloud 66 ping")]
    new = awx.things["job_templates"].popitem()[1]
    assert (new["name"], awx.things) == ("Cloud 66 ping", before)


def test_what_was_removed_in_awx_is_created_again(set_up, awx):
    set_up()
    for kind, name in (("job_templates", "Cloud 66 fleet apply"), ("workflow_job_template_nodes", "approval")):
        del awx.things[kind][awx.named(kind, name)["id"]]
    plan, done = set_up("--check", "--diff"), set_up()
    assert plan.writes == []
    assert done.changes == [
        ("created", "job_template", "Cloud 66 fleet apply"),
        ("changed", "workflow_job_template_node", "apply"),
        ("created", "workflow_job_template_node", "approval"),
        ("changed", "workflow_job_template_node", "approval -> apply"),
        ("changed", "workflow_job_template_node", "plan"),
    ]
    # One and the same node, which does not exist yet.
    assert [change[1:] for change in plan.changes] == [change[1:] for change in done.changes]
    assert [state for state, _kind, _name in plan.changes] == ["created", "changed", "created", "created", "changed"]
    assert set_up().states == {"ok"}


def test_other_objects_are_left_alone(set_up, awx):
    """Others have the same names, in another organization and of another type."""
    other = awx.add("organizations", {"name": "Other"})["id"]
    machine = awx.add("credential_types", {"name": "Machine", "kind": "ssh", "inputs": {"fields": []}})["id"]
    for name, organization in (("Cloud 66", 1), ("Cloud 66", other), ("Mine", 1)):
        awx.add(
            "credentials",
            {"name": name, "organization": organization, "credential_type": machine, "inputs": {}},
        )
    for kind in ("inventories", "projects"):
        for name in ("Cloud 66", "Cloud 66 localhost", "Cloud 66 servers", "Cloud 66 stacks"):
            awx.add(kind, {"name": name, "organization": other})
    for name in TEMPLATES.values():
        awx.add("job_templates", {"name": name, "organization": other})
    before = copy.deepcopy(awx.things)
    set_up()
    after = {kind: {number: rows[number] for number in before[kind]} for kind, rows in awx.things.items()}
    assert after == before
    number = next(row["id"] for row in awx.things["job_templates"].values() if row["organization"] == 1)
    [credential] = awx.links["job_templates", number, "credentials"]
    kind = awx.things["credentials"][credential]["credential_type"]
    assert awx.things["credential_types"][kind]["name"] == "Cloud 66"
    assert set_up().states == {"ok"}


def test_a_second_organization_has_another_prefix(play_role, set_up, awx):
    awx.add("organizations", {"name": "Second"})
    second = {**WITHOUT, "awx_organization": "Second"}
    done = play_role(WITHOUT, second)
    assert failure(done) == (
        "The execution environment 'Cloud 66' was not created or changed: Unable to update execution_environment Cloud "
        "66: {'organization': ['Cannot change the organization of an execution environment']}"
    )
    before = copy.deepcopy(awx.things)
    done = set_up(**second, awx_prefix="Second 66")
    assert done.states == {"created"}
    assert all(before[kind][number] == awx.things[kind][number] for kind in before for number in before[kind])


def notification(**options):
    return {
        "name": "Team chat",
        "notification_type": "slack",
        "notification_configuration": {"token": CHAT, "channels": ["operations"]},
        **options,
    }


def attached(awx):
    """[job template or workflow, event, notification template] of all that is attached."""
    events = ("started", "success", "error", "approvals")
    names = [("job_templates", name) for name in TEMPLATES.values()]
    names.append(("workflow_job_templates", "Cloud 66 fleet"))
    return [
        [name, event, one]
        for kind, name in names
        for event in events
        for one in awx.linked(kind, name, f"notification_templates_{event}")
    ]


def test_notifications_are_created_and_attached(set_up, awx):
    set_up()
    plan = set_up("--check", "--diff", awx_notifications=[notification()])
    first = set_up("-vvv", awx_notifications=[notification()])
    assert plan.changes == first.changes
    assert first.changes == [
        ("created", "notification_template", "Team chat"),
        *(("changed", "job_template", name) for name in TEMPLATES.values()),
        ("changed", "workflow_job_template", "Cloud 66 fleet"),
    ]
    assert plan.writes == []
    assert sent(first, CHAT) == 1
    assert attached(awx) == [
        *([name, "error", "Team chat"] for name in TEMPLATES.values()),
        ["Cloud 66 fleet", "error", "Team chat"],
        ["Cloud 66 fleet", "approvals", "Team chat"],
    ]
    second = set_up(awx_notifications=[notification()])
    assert (second.states, second.writes) == ({"ok"}, [])


def test_notifications_are_for_the_chosen_templates(set_up, awx):
    """One exists and another one is new. What they do not name is detached, which an empty list leaves alone."""
    existing = awx.add(
        "notification_templates",
        {
            "name": "Pager",
            "organization": 1,
            "notification_type": "webhook",
            "notification_configuration": {"url": "https://pager.example.com", "headers": {}},
        },
    )
    before = copy.deepcopy(existing)
    chosen = [
        {"name": "Pager", "events": ["error"], "templates": ["fleet_drift", "fleet"]},
        notification(events=["success", "started", "approval"], templates=["deploy", "fleet"]),
    ]
    set_up(awx_notifications=chosen)
    assert attached(awx) == [
        ["Cloud 66 deploy", "started", "Team chat"],
        ["Cloud 66 deploy", "success", "Team chat"],
        ["Cloud 66 fleet drift", "error", "Pager"],
        ["Cloud 66 fleet", "started", "Team chat"],
        ["Cloud 66 fleet", "success", "Team chat"],
        ["Cloud 66 fleet", "error", "Pager"],
        ["Cloud 66 fleet", "approvals", "Team chat"],
    ]
    assert set_up().states == {"ok"}
    set_up(awx_notifications=[chosen[0]])
    assert attached(awx) == [["Cloud 66 fleet drift", "error", "Pager"], ["Cloud 66 fleet", "error", "Pager"]]
    assert awx.named("notification_templates", "Pager") == before


def test_a_notification_is_sent_again_only_if_it_differs(set_up, awx):
    hook = {
        "name": "Hook",
        "notification_type": "webhook",
        "notification_configuration": {"url": "https://hook.example.com", "headers": {}, "password": CHAT},
        "messages": {"error": {"body": "{% raw %}{{ job_metadata }}{% endraw %}"}},
    }
    first = set_up(**WITHOUT, awx_notifications=[hook])
    assert sent(first, CHAT) == 1
    assert awx.named("notification_templates", "Hook")["messages"]["error"] == {"body": "{{ job_metadata }}"}
    stored = awx.named("notification_templates", "Hook")["notification_configuration"]
    assert (stored["http_method"], stored["password"]) == ("POST", CHAT)
    # AWX does not show what a secret is.
    hook["notification_configuration"]["password"] = CHANGED_CHAT
    second = set_up(**WITHOUT, awx_notifications=[hook])
    assert (second.states, second.writes) == ({"ok"}, [])

    hook["notification_configuration"]["http_method"] = "PUT"
    plan = set_up("--check", "--diff", **WITHOUT, awx_notifications=[hook])
    third = set_up(**WITHOUT, awx_notifications=[hook])
    assert plan.changes == third.changes == [("changed", "notification_template", "Hook")]
    assert (plan.writes, sent(third, CHANGED_CHAT)) == ([], 1)
    assert set_up(**WITHOUT, awx_notifications=[hook]).writes == []
    again = set_up(**WITHOUT, awx_notifications=[hook], awx_update_secrets=True)
    assert sent(again, CHANGED_CHAT) == 1


def test_ansible_controller_works_too(set_up, awx):
    awx.product, awx.version = "Red Hat Ansible Automation Platform", "24.6.0"
    options = {"awx_collection": "ansible.controller", "awx_notifications": [notification()]}
    plan = set_up("--check", "--diff", **options)
    assert (plan.states, plan.writes) == ({"created"}, [])
    first = set_up(**options)
    assert {path.startswith("/api/controller/v2/") for _method, path, _body in first.writes} == {True}
    assert "WARNING" not in first.all_output
    second = set_up(**options)
    assert (second.states, second.writes) == ({"ok"}, [])
    # Its modules see that this is not AWX.
    assert "You are using the awx version of this collection" not in second.all_output


def test_what_awx_refuses_is_one_sentence(play_role, set_up, awx):
    kind = awx.add("credential_types", {"name": "Vault", "kind": "vault", "inputs": {"fields": []}})["id"]
    vaults = [
        awx.add("credentials", {"name": "Vault", "organization": one, "credential_type": kind, "inputs": {}})["id"]
        for one in (1, awx.add("organizations", {"name": "Other"})["id"])
    ]
    fleet = {"awx_templates": ["fleet"], "awx_servers_file": ""}
    nowhere = {**WITHOUT, "awx_playbooks": {"deploy": "nowhere.yml"}}
    done = play_role(
        nowhere,
        WITHOUT,
        nowhere,
        {**fleet, "awx_fleet_credentials": ["Vault"]},
        {**WITHOUT, "awx_notifications": [notification(notification_configuration={"token": CHAT})]},
        {**WITHOUT, "awx_organization": "Nobody & Co"},
        options=("-vvv",),
    )
    deploy = "The job template 'Cloud 66 deploy' was not created or changed: Unable to"
    playbook = "job_template Cloud 66 deploy: {'playbook': ['Playbook not found for project.']}"
    assert [result["msg"] for result in failures(done)] == [
        f"{deploy} create {playbook}",
        f"{deploy} update {playbook}",
        (
            "The job template 'Cloud 66 fleet plan' was not created or changed: AWX has 2 credentials named 'Vault'. "
            "Use the id of one of them instead of its name."
        ),
        (
            "The notification template 'Team chat' was not created or changed: Unable to create notification_template "
            "Team chat: {'non_field_errors': [\"Missing required fields for Notification Configuration: "
            "['channels'].\"]}"
        ),
        (
            "The credential 'Cloud 66' was not created or changed: AWX has no organization named 'Nobody & Co', or "
            "this user cannot see it."
        ),
    ]
    first = failures(done)[0]
    assert (first["changed"], first["objects"][-1]["kind"]) == (True, "host")
    set_up(**fleet, awx_fleet_credentials=[vaults[0]])
    plan = awx.named("job_templates", "Cloud 66 fleet plan")["id"]
    assert vaults[0] in awx.links["job_templates", plan, "credentials"]


def test_a_login_with_a_password_leaves_no_token(set_up, awx):
    login = {"awx_oauth_token": "", "awx_username": USER, "awx_password": PASSWORD, **WITHOUT}
    first, second, plan = (
        set_up(*options, **login, awx_notifications=[notification()]) for options in ((), (), ("--check",))
    )
    assert (first.states, second.states, plan.states) == ({"created"}, {"ok"}, {"ok"})
    assert (second.writes, plan.writes, awx.sessions) == ([], [], {})


def test_a_user_without_rights_is_told_so(set_up, awx):
    awx.read_only = True
    assert set_up("--check", **WITHOUT).states == {"created"}
    done = set_up("-vvv", check=False, **WITHOUT)
    assert failure(done) == (
        "The credential type 'Cloud 66' was not created or changed: You don't have permission to POST to "
        "/api/v2/credential_types/ (HTTP 403)."
    )


def test_awx_that_cannot_be_used_is_told(play_role, awx):
    wrong = "wrong-token-0123456789"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with running_awx(context) as other, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        done = play_role(
            {"awx_oauth_token": wrong},
            {"awx_host": f"https://127.0.0.1:{closed.getsockname()[1]}"},
            {"awx_host": other.url},
            {"awx_oauth_token": "", "awx_username": USER, "awx_password": wrong},
            {"awx_host": other.url, "awx_validate_certs": False, **WITHOUT},
            options=("-vvv",),
        )
    messages = [result["msg"] for result in failures(done)]
    start = "The credential type 'Cloud 66' was not created or changed: "
    assert messages[0] == f"{start}Invalid authentication credentials for /api/v2/credential_types/ (HTTP 401)."
    assert messages[1].startswith(start)
    assert "Connection refused" in messages[1]
    assert messages[2].startswith(start)
    assert "CERTIFICATE_VERIFY_FAILED" in messages[2]
    assert messages[3] == f"{start}Failed to get token: HTTP Error 401: Unauthorized"
    assert len(messages) == 4
    assert other.named("job_templates", "Cloud 66 deploy")
    assert (wrong in done.everything(), awx.writes) == (False, [])


def test_wrong_variables_are_refused(play_role, awx):
    # AWX sets these two in a job.
    job = {"awx_job_id": 17, "awx_workflow_job_id": 3}
    done = play_role(
        {**job, "awx_image_pul": "never"},
        {**job, "awx_servers_file": ""},
        {**job, "awx_stacks_file": ""},
        {**job, "awx_collection": "ansible.controller"},
        modules=False,
    )
    wanted = [
        "There is no variable awx_image_pul. Did you mean awx_image_pull",
        "The template ping needs an inventory of servers: set awx_servers_file",
        "The template fleet needs an inventory of stacks: set awx_stacks_file",
        "The collection ansible.controller is not installed. Install it with `ansible-galaxy collection install",
    ]
    found = [result["msg"] for result in failures(done)]
    assert [message[: len(start)] for message, start in zip(found, wanted, strict=True)] == wanted
    assert awx.writes == []


def test_the_argument_spec_refuses_wrong_words(play_role, awx):
    cases = {
        "deplo": {"awx_playbooks": {"deplo": "d.yml"}},
        "fleet": {"awx_template_options": {"fleet": {"forks": 2}}},
        "flet": {"awx_notifications": [notification(templates=["flet"])]},
        "failure": {"awx_notifications": [notification(events=["failure"])]},
    }
    done = play_role(*cases.values(), modules=False, options=("-vvv",))
    errors = [json.dumps(result["argument_errors"]) for result in failures(done)]
    assert [bool(re.search(rf"\b{word}\b", text)) for word, text in zip(cases, errors, strict=True)] == [True] * 4
    assert awx.writes == []


def _surveys():
    """The survey of each job template."""
    text = (ROOT / "roles/awx/vars/main.yml").read_text(encoding="utf-8")
    declared = yaml.safe_load(text.replace("!unsafe ", ""))
    fleet = declared["awx__fleet_template"]
    return {
        one["notify_as"]: next(layer for layer in [*one["options"], fleet] if "survey_spec" in layer)["survey_spec"]
        for one in declared["awx__objects"]
        if one["kind"] == "job_template"
    }


def _role(name):
    text = (ROOT / f"roles/{name}/meta/argument_specs.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["argument_specs"]["main"]["options"]


def _module(name):
    return import_module(f"ansible_collections.cloud66.cloud.plugins.modules.{name}").MODULE.argument_spec


# Job template -> the options that it asks for, the start of their names, and that of the variables of the playbook.
ASKED = {
    "deploy": (_role("deploy"), "", "", "deploy"),
    "backup_audit": (_role("backup_audit"), "", "", "backup_audit"),
    "fleet_plan": (_module("c66_fleet"), "", "fleet_", "fleet"),
    "fleet_apply": (_module("c66_fleet"), "", "fleet_", "fleet"),
    "fleet_drift": (_module("c66_fleet"), "", "fleet_", "fleet"),
    "ping": (_role("ssh_access"), "ssh_access_", "ping_servers_", "ping_servers"),
    "reboot": (_module("c66_server"), "", "reboot_servers_", "reboot_servers"),
}


@pytest.mark.parametrize("template", TEMPLATES)
def test_surveys_ask_for_variables_that_the_playbooks_have(template):
    """An answer is required where the variable is or has a default, which is also that of the question."""
    survey = _surveys()[template]
    assert survey_problem(survey) is None
    options, start, prefix, playbook = ASKED[template]
    text = (ROOT / f"playbooks/{playbook}.yml").read_text(encoding="utf-8")
    for question in survey["spec"]:
        variable, asked = question["variable"], question["default"]
        spec = options[start + variable.removeprefix(prefix)]
        default = spec.get("default", False if spec["type"] == "bool" else "")
        assert asked == (str(default).lower() if spec["type"] == "bool" else default), variable
        assert question["required"] == (spec.get("required", False) or asked != ""), variable
        # In a play, unlike in a role, a variable that is not used is only a name.
        assert not prefix or re.search(rf"\{{\{{[^}}]*\b{variable}\b", text), variable


@pytest.mark.parametrize(
    ("template", "answers", "task"),
    [
        ("deploy", {"deploy_stack": "Awesome App"}, "Show the report"),
        (
            "backup_audit",
            {"backup_audit_max_age": "1000w", "backup_audit_without_backups": "report"},
            "Show the result",
        ),
        ("reboot", {"reboot_servers_stack": "Awesome App", "reboot_servers_all": "true"}, "Show the batches"),
    ],
)
def test_a_job_runs_with_the_answers_of_its_survey(play, sim, template, answers, task):
    """As a job of type Check, with the defaults of all other questions. Tests of fleets and of ssh run the others."""
    asked = {question["variable"]: question["default"] for question in _surveys()[template]["spec"]}
    assert answers.keys() <= asked.keys()
    playbook = ASKED[template][-1]
    access = {"CLOUD66_ACCESS_TOKEN": sim.token, "CLOUD66_API_URL": sim.url}
    options = ("--check", "--diff", "-e", json.dumps({**asked, **answers, "awx_job_id": 17}))
    done = play(plays=[{"import_playbook": f"cloud66.cloud.{playbook}"}], options=options, **access)
    assert [one.event for one in done.tasks if task in one.name] == ["ok"]


def _blocks(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    return [yaml.safe_load(block.split("```")[0]) for block in text.split("```yaml\n")[1:]]


@pytest.mark.parametrize("page", ["docs/awx.md", "roles/awx/README.md"])
def test_the_pages_show_playbooks_that_run(play, awx, page):
    own = awx.add("credential_types", {"name": "Vault", "kind": "vault", "inputs": {"fields": []}})["id"]
    awx.add("credentials", {"name": "Vault password of the fleet", "credential_type": own, "inputs": {}})
    hook = {"url": "https://pager.example.com", "headers": {}}
    pager = {"name": "Pager", "organization": 1, "notification_type": "webhook", "notification_configuration": hook}
    awx.add("notification_templates", pager)
    plays = [one for block in _blocks(page) if isinstance(block, list) and "roles" in block[0] for one in block]
    access = {"CONTROLLER_HOST": awx.url, "CONTROLLER_OAUTH_TOKEN": TOKEN, "AWX_TOKEN": TOKEN}
    secrets = {"CLOUD66_ACCESS_TOKEN": SECRET, "SLACK_TOKEN": CHAT}
    done = play(plays=plays, options=("-e", f"awx_host={awx.url}"), **environment(), **access, **secrets)
    reports = [task.result["msg"] for task in done.tasks if task.name.endswith("Show the report")]
    assert "credential Cloud 66 created" in reports[0]
    assert len(reports) == len(plays) > 0
    assert not any(secret in done.everything() for secret in (SECRET, TOKEN, CHAT))
    if page.startswith("roles"):
        assert "job template Cloud 66 backup audit changed" in reports[1]
        assert awx.linked("job_templates", "Cloud 66 backup audit", "notification_templates_error") == [
            "Pager",
            "Team chat",
        ]


def _credential_type():
    """As the page shows it."""
    blocks = _blocks("docs/awx.md")
    inputs = [one for one in blocks if isinstance(one, dict) and "fields" in one]
    env = [one for one in blocks if isinstance(one, dict) and "env" in one]
    return {"inputs": inputs[0], "injectors": env[0]}


def test_the_documentation_shows_the_credential_type():
    declared = yaml.safe_load((ROOT / "extensions/awx/credential_type.yml").read_text(encoding="utf-8"))
    assert credential_type_problems(**declared) == []
    assert _credential_type() == declared


@pytest.mark.parametrize(
    ("inputs", "injectors", "problem"),
    [
        ({"fields": [{"id": "tower", "label": "T", "type": "string"}]}, {}, "should not be valid"),
        ({"fields": [{"id": "a", "label": "A", "kind": "string"}]}, {}, "'kind' was unexpected"),
        ({"fields": [{"id": "a", "label": "A", "ask_at_runtime": True}]}, {}, "True is not one of [False]"),
        ({"fields": [{"id": "a", "label": "A", "default": True}]}, {}, "the default of a is no string"),
        ({"fields": [{"id": "a", "label": "A"}, {"id": "a", "label": "B"}]}, {}, "a field is declared twice"),
        ({"fields": [{"id": "a", "label": "A", "type": "boolean", "secret": True}]}, {}, "cannot have ['secret']"),
        ({"fields": [], "required": ["a"]}, {}, "a is required but not declared"),
        ({"fields": []}, {"env": {"ANSIBLE_X": "1"}}, "a credential cannot set ANSIBLE_X"),
        ({"fields": []}, {"env": {"PATH": "1"}}, "a credential cannot set PATH"),
        ({"fields": []}, {"environment": {"X": "1"}}, "'environment' was unexpected"),
        ({"fields": []}, {"env": {"X": "{{ tower.filename }}"}}, "has no attribute 'filename'"),
        ({"fields": []}, {"env": {"X": "{{"}}, "X: "),
        ({"fields": []}, {"env": {"X": "{{ token }}"}}, "'token' is undefined"),
        ({"fields": []}, {"env": {"X": "\u00e9"}}, "does not match"),
    ],
)
def test_wrong_credential_types_are_found(inputs, injectors, problem):
    assert problem in " ".join(credential_type_problems(inputs, injectors))
