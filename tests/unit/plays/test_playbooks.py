# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks doctor, login, ping_servers and reboot_servers without a terminal: output and exit status."""

from __future__ import annotations

import json
import os
import re
import subprocess
from urllib.request import urlopen

import pytest
from unit.fixtures.collection import APPLICATION
from unit.fixtures.programs import program

LIBRARIES = ("requests", "oauthlib")


@pytest.fixture
def run_playbook(real_time, sim, tmp_path):
    """Run a playbook of the collection without a terminal. The environment has the simulator's URL and no token."""

    def call(name, *arguments, **environment):
        env = {name: value for name, value in os.environ.items() if not name.startswith("CLOUD66_")}
        env.update(
            ANSIBLE_HOME=str(tmp_path / "ansible"),
            ANSIBLE_LOCALHOST_WARNING="false",
            ANSIBLE_INVENTORY_UNPARSED_WARNING="false",
            CLOUD66_API_URL=sim.url,
            CLOUD66_API_RETRIES="0",
            HOME=str(tmp_path),
        )
        return subprocess.run(
            [program("ansible-playbook"), f"cloud66.cloud.{name}", *arguments],
            env={**env, **environment},
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return call


def test_the_doctor_says_ready(sim, run_playbook):
    done = run_playbook("doctor", CLOUD66_ACCESS_TOKEN=f"{sim.token}\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"msg": "Ready."' in done.stdout
    assert "OK: from the variable CLOUD66_ACCESS_TOKEN" in done.stdout
    assert sim.token not in done.stdout + done.stderr


def test_the_doctor_says_what_to_do_first(run_playbook):
    done = run_playbook("doctor", "--check", CLOUD66_ACCESS_TOKEN="wrong-0123456789")
    assert done.returncode == 2
    assert "The token from the variable CLOUD66_ACCESS_TOKEN is invalid or was revoked: replace it" in done.stdout
    assert "wrong-0123456789" not in done.stdout + done.stderr


def test_the_doctor_works_without_the_libraries(sim, run_playbook, tmp_path):
    for library in LIBRARIES:
        (tmp_path / library).mkdir()
        (tmp_path / library / "__init__.py").write_text(f"raise ImportError('no {library} here')\n", encoding="utf-8")
    done = run_playbook("doctor", CLOUD66_ACCESS_TOKEN=sim.token, PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert "-m pip install requests oauthlib" in done.stdout
    assert "SKIPPED: not checked, because of libraries" in done.stdout


def test_the_doctor_shows_an_invalid_setting(run_playbook):
    done = run_playbook("doctor", CLOUD66_API_TIMEOUT="soon")
    assert done.returncode == 2
    assert json.dumps("CLOUD66_API_TIMEOUT must be a whole number, not 'soon'.") in done.stdout


# Logging in


@pytest.fixture
def code(sim):
    """The code that the user reads on the page of the application."""
    client_id = APPLICATION["CLOUD66_APP_ID"]
    query = f"response_type=code&client_id={client_id}&redirect_uri=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob&scope=public"
    with urlopen(f"{sim.origin}/oauth/authorize?{query}") as answer:
        return re.search(r'id="code">(\w+)', answer.read().decode())[1]


def message(done):
    """The message of the task that failed."""
    assert done.returncode == 2, done.stdout + done.stderr
    return re.search(r'"msg": "(.*)"', done.stdout.partition("FAILED!")[2])[1]


def test_login(run_playbook, code, tmp_path):
    done = run_playbook("login", "-e", f"cloud66_code={code}", **APPLICATION)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "You are logged in at " in done.stdout
    assert "Modules do not use this token" not in done.stdout
    assert (tmp_path / ".cloud66" / "ansible.json").exists()
    again = run_playbook("login")
    assert "You were already logged in at " in again.stdout


def test_login_beside_a_token_that_takes_precedence(sim, run_playbook, code):
    done = run_playbook("login", "-e", f"cloud66_code={code}", CLOUD66_TOKEN=sim.token, **APPLICATION)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "but the one from the variable CLOUD66_TOKEN, which takes precedence. Unset CLOUD66_TOKEN to" in done.stdout
    assert sim.token not in done.stdout + done.stderr


def test_login_into_a_file_that_is_not_used(run_playbook, code, tmp_path):
    file = tmp_path / "other.json"
    done = run_playbook("login", "-e", f"cloud66_code={code} cloud66_token_file={file}", **APPLICATION)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Modules do not use this token. Set CLOUD66_TOKEN_FILE={file} to use this one." in done.stdout
    (tmp_path / "used.json").write_bytes(file.read_bytes())
    (tmp_path / "used.json").chmod(0o600)
    done = run_playbook("login", "-e", f"cloud66_token_file={file}", CLOUD66_TOKEN_FILE=str(tmp_path / "used.json"))
    assert (
        f"but the one from the file {tmp_path}/used.json, which takes precedence. Set CLOUD66_TOKEN_FILE="
        in done.stdout
    )
    done = run_playbook("login", "-e", f"cloud66_token_file={file}", CLOUD66_TOKEN_FILE=str(file))
    assert "Modules do not use this token" not in done.stdout


def test_login_without_a_terminal(run_playbook):
    """Each step stops before the next one asks."""
    done = run_playbook("login")
    assert message(done).startswith("There is no application id.")
    assert "secret (not shown)" not in done.stdout
    done = run_playbook("login", CLOUD66_APP_ID="demo-app")
    assert message(done).startswith("There is no application secret.")
    done = run_playbook("login", **APPLICATION)
    assert message(done).startswith("There is no code. Open http")
    done = run_playbook("login", "-e", "cloud66_code=wrong", **APPLICATION)
    assert message(done).startswith("Cannot exchange the code for a token: ")


def test_login_in_check_mode_asks_for_nothing(run_playbook, tmp_path):
    done = run_playbook("login", "--check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ansible.json has no token that works. Without --check, this playbook would log in" in done.stdout
    assert "Application id" not in done.stdout
    assert not (tmp_path / ".cloud66").exists()


def test_login_where_nothing_listens_asks_for_nothing(run_playbook):
    done = run_playbook("login", CLOUD66_API_URL="http://127.0.0.1:1/api/3")
    assert "cannot connect to http://127.0.0.1:1" in message(done)
    assert "Application id" not in done.stdout


def test_login_with_a_file_that_is_no_token_file(run_playbook, tmp_path):
    (tmp_path / "other.json").write_text('{"name": "something else"}')
    done = run_playbook("login", "-e", f"cloud66_token_file={tmp_path}/other.json", **APPLICATION)
    assert "contains no token" in message(done) or "is not a token file" in message(done)
    assert (tmp_path / "other.json").read_text() == '{"name": "something else"}'


# Pinging servers


def test_ping_servers_without_a_server_fetches_no_key(sim, run_playbook, tmp_path):
    (tmp_path / "stacks.c66.yml").write_text("plugin: cloud66.cloud.c66\nhosts: stacks\n")
    done = run_playbook("ping_servers", "-i", "stacks.c66.yml", CLOUD66_ACCESS_TOKEN=sim.token)
    assert message(done).startswith("The inventory has no server.")
    assert not (tmp_path / ".cloud66").exists()


# What the survey of AWX gives for questions that were not answered.
UNANSWERED = {"environment": "", "role": "", "group": "", "all": "false", "batch": "1"}


def reboot(run_playbook, sim, *options, **variables):
    given = {f"reboot_servers_{name}": value for name, value in variables.items()}
    done = run_playbook("reboot_servers", "-e", json.dumps(given), *options, CLOUD66_ACCESS_TOKEN=sim.token)
    return done, done.stdout + done.stderr


def test_servers_are_rebooted_in_batches(sim, run_playbook):
    sim.settings(action_seconds=0.1)
    answers = {**UNANSWERED, "stack": "Awesome App", "all": "true"}
    done, output = reboot(run_playbook, sim, "--check", **answers)
    assert (done.returncode, len(sim.writes)) == (0, 0), output
    assert "Show the batches" in output
    done, output = reboot(run_playbook, sim, **answers, wait_timeout=60)
    assert done.returncode == 0, output
    assert len(sim.writes) > 1


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "Set reboot_servers_stack to the name or UID of a stack."),
        ({**UNANSWERED, "stack": "Awesome App"}, "one of the following is required"),
        ({"stack": "Awesome App", "rol": "web"}, "Did you mean reboot_servers_role"),
    ],
)
def test_nothing_is_rebooted_without_a_selection(sim, run_playbook, variables, message):
    done, output = reboot(run_playbook, sim, **variables)
    assert done.returncode == 2
    assert message in output
    assert not sim.writes
