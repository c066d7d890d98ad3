# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run shows of secrets and of progress, in both ways of running, and that Ansible complains about neither."""

from __future__ import annotations

import json

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.censor import MASKER

WAYS = {"worker": True, "process": False}
SECRET, TOKEN_FILE = "a-password-0123456789", "CLOUD66_TOKEN_FILE"
# Values of everyday variables, of which none may disappear from what the run shows.
VALUES = {"KIND": "DATABASE", "DATABASE_POOL": 5, "WORKERS": 8, "A": "b", "DB": "localhost", "APP": "my-web-1"}
OPEN = "8 5 b localhost DATABASE_POOL my-web-1"


def show(name, text, **keywords):
    return {"name": name, "ansible.builtin.debug": {"msg": text}, **keywords}


@pytest.fixture(params=WAYS)
def way(request):
    return {"name": request.param, "vars": {"cloud66_in_worker": WAYS[request.param]}}


@pytest.fixture
def extra(tmp_path):
    path = tmp_path / "extra.json"
    path.write_text(json.dumps({"s": SECRET}), encoding="utf-8")
    return f"@{path}"


def test_a_run_after_short_secrets_and_names(play, sim, way, extra, tmp_path):
    """ansible-core's masker works from the first task on to the recap. Deprecations are shown."""
    sim.settings(action_seconds=0)
    inventory = tmp_path / "names"
    inventory.write_text("my-web-1 ansible_connection=local\n", encoding="utf-8")
    lookup = "lookup('cloud66.cloud.c66_env_var', 'SECRET', stack='Awesome App', **connection)"
    variables = {"stack": "Awesome App", "env_vars": {**VALUES, "SECRET": "{{ s }}"}}
    device = {"user_id": 18, "device_token": "1", "device_type": "ios", "sub_type": "iphone"}
    tasks = [
        {"name": "set", "cloud66.cloud.c66_env_var": {**play.connection, **variables}},
        {"name": "device", "cloud66.cloud.c66_device": {**play.connection, **device}},
        show("open", OPEN),
        show("secret", "{{ s }} and {{ s }}"),
        show("looked up", f"{{{{ {lookup} | length }}}}", vars={"connection": play.connection}),
    ]
    playbook = play(
        plays=[{"hosts": "all", "gather_facts": False, "tasks": tasks, "vars": way["vars"]}],
        options=("-i", str(inventory), "-l", "localhost", "-e", extra, "-vvvvv", "--diff"),
        ANSIBLE_DEPRECATION_WARNINGS="true",
    )
    assert {playbook[name].way for name in ("set", "device")} == {way["name"]}
    assert playbook["set"].result["changes"]["added"] == sorted([*VALUES, "SECRET"])
    assert playbook["open"].result["msg"] == OPEN
    assert f'"msg": "{OPEN}"' in playbook.stdout
    # Older versions of ansible-core do not know that this text was a secret.
    shown = "$REDACTED$" if MASKER else SECRET
    assert playbook["secret"].result["msg"] == f"{shown} and {shown}"
    assert str(playbook["looked up"].result["msg"]) == str(len(SECRET))
    assert "localhost                  : ok=5    changed=2    unreachable=0" in playbook.stdout
    assert "[DEPRECATION WARNING]" not in playbook.all_output


def test_what_a_task_reveals_is_masked_from_then_on(play, sim, way):
    sim.world.add_env_var(sim.world.stacks[0]["uid"], "SECRET", SECRET)
    tasks = [
        {
            "name": "values",
            "cloud66.cloud.c66_env_var_info": {
                **play.connection,
                "stack": sim.world.stacks[0]["uid"],
                "key": "SECRET",
                "include_values": True,
            },
            "register": "found",
        },
        show("used", "it is {{ found.env_vars[0].value }}"),
    ]
    playbook = play(*[{**task, **({} if "register" not in task else {"vars": way["vars"]})} for task in tasks])
    assert playbook["values"].way == way["name"]
    assert playbook["used"].result["msg"] == f"it is {'$REDACTED$' if MASKER else SECRET}"


def test_a_token_from_a_file_is_masked_and_kept_out_of_the_file_of_an_asynchronous_task(play, sim, tmp_path):
    file = tmp_path / "token.json"
    file.write_text(json.dumps({"access_token": sim.token}), encoding="utf-8")
    file.chmod(0o600)
    options = {"api_url": sim.url, "token_file": str(file)}
    spelt = "{{ 'b1111 4c9c9b1111'.split(' ')[1] }}"
    tasks = [
        {"name": "started", "cloud66.cloud.c66_stack_info": options, "async": 60, "poll": 0, "register": "job"},
        {
            "name": "ended",
            "ansible.builtin.async_status": {"jid": "{{ job.ansible_job_id }}"},
            "register": "status",
            "until": "status is finished",
            "retries": 200,
            "delay": 0.3,
        },
        {
            "name": "kept",
            "ansible.builtin.command": {"argv": ["grep", "-c", sim.token, "{{ status.results_file }}"]},
            "failed_when": False,
        },
        {"name": "here", "cloud66.cloud.c66_stack_info": options},
        show("shown", spelt),
    ]
    playbook = play(*tasks)
    assert playbook["kept"].result["stdout"] == "0"
    assert (playbook["started"].way, playbook["here"].way) == ("process", "worker")
    assert playbook["shown"].result["msg"] == ("$REDACTED$" if MASKER else sim.token)


def test_a_crash_of_a_module_quotes_no_secret(play, extra, tmp_path):
    """Nothing of the module's own has run then."""
    (tmp_path / "oauthlib.py").write_text(f"raise ValueError('the password is {SECRET}')", encoding="utf-8")
    playbook = play(
        {
            "name": "set",
            "cloud66.cloud.c66_env_var": {**play.connection, "stack": "x", "key": "A", "value": "{{ s }}"},
            "environment": {"PYTHONPATH": str(tmp_path)},
            "vars": {"cloud66_in_worker": False},
            "ignore_errors": True,
        },
        options=("-e", extra),
    )
    result = playbook["set"].result
    assert playbook["set"].event == "failed"
    assert "the password is " in str(result)
    assert SECRET not in str(result)


# Progress


def test_progress_is_shown_on_standard_error(play, sim):
    sim.settings(action_seconds=0)
    task = {
        "name": "set",
        "cloud66.cloud.c66_env_var": {**play.connection, "stack": "Awesome App", "key": "A", "value": "b"},
    }
    playbook = play(
        task, {**task, "name": "hidden", "no_log": True, "vars": {"cloud66_in_worker": True}}, options=("-v",)
    )
    lines = [line for line in playbook.stderr.splitlines() if line.startswith("cloud66.cloud.c66_env_var: ")]
    assert any("has begun" in line for line in lines)
    assert "has begun" not in playbook.stdout


@pytest.mark.parametrize("no_log", [True, False])
def test_progress_is_censored_and_left_out_with_no_log(play, sim, extra, no_log):
    sim.fault("status", status=500, description=f"{SECRET} is no good", times=1)
    task = {
        "name": "set",
        "cloud66.cloud.c66_env_var": {
            **play.connection,
            "stack": "Awesome App",
            "key": "A",
            "value": "{{ s }}",
            "api_retries": 1,
            "wait": False,
        },
        "no_log": no_log,
    }
    playbook = play(task, options=("-vv", "-e", extra))
    assert SECRET not in playbook.all_output
    assert ("******** is no good" in playbook.stderr) is not no_log
    assert ("cloud66.cloud.c66_env_var: " in playbook.all_output) is not no_log
