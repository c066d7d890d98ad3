# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo` and the login playbook, as a user at a shell sees them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from unit.fixtures.programs import HANG, program, run, wait_until

pexpect = pytest.importorskip("pexpect", reason="pexpect plays the user in a terminal")

DEMO = Path(__file__).resolve().parents[2] / "demo" / "demo.py"
SECRET = "demo-app-secret-0123456789"


@pytest.fixture
def environment(real_time, tmp_path):
    return {**os.environ, "HOME": str(tmp_path), "TERM": "dumb", "NO_PROXY": "127.0.0.1"}


def demo(environment, **more):
    return run([sys.executable, str(DEMO)], {**environment, **more})


def outcomes(output):
    return re.findall(r"^(ok|changed): ", output, re.MULTILINE)


def test_demo_ignores_the_users_settings(environment, tmp_path):
    (tmp_path / ".cloud66").mkdir()
    (tmp_path / ".cloud66" / "ansible.json").write_text('{"access_token": "wrong"}')
    result = demo(environment, CLOUD66_TOKEN="wrong", CLOUD66_API_URL="https://elsewhere.invalid", CLOUD66_PROXY="x:1")
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.findall(r"^\$ \S+ (?:-i )?(\S+)", result.stdout, re.MULTILINE) == [
        "tests/demo/stacks.yml",
        "tests/demo/c66.yml",
        "tests/demo/deploy.yml",
        "tests/demo/deploy.yml",
        "cloud66.cloud.login",
        "tests/demo/backups.yml",
        "tests/demo/devices.yml",
    ]
    stacks, graph, first, second, _login, backups, devices = result.stdout.split("\n$ ")[1:]
    assert "Storefront" in stacks
    assert "|--@stack_storefront:" in graph
    assert "|--storefront.Otter" in graph
    assert outcomes(first) == ["changed", "changed"]
    assert outcomes(second) == ["ok", "ok"]
    assert "Z  success" in first
    assert "... 24 in total" in backups
    assert outcomes(devices) == ["changed", "ok", "changed", "changed"]
    assert "CLOUD66_ACCESS_TOKEN=<a personal access token> make demo" in devices
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f]|\^[A-Z]", result.stdout + result.stderr) == []


def test_demo_with_a_token_only_reads(environment, sim):
    result = demo(environment, CLOUD66_ACCESS_TOKEN=sim.token, CLOUD66_API_URL=sim.url)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Nothing was written" in result.stdout
    assert {record.method for record in sim.requests} == {"GET"}
    assert "get_user" not in {record.operation_id for record in sim.requests}


def test_demo_with_a_wrong_token(environment, sim):
    result = demo(environment, CLOUD66_ACCESS_TOKEN="wrong-token", CLOUD66_API_URL=sim.url)
    assert result.returncode != 0
    assert "Nothing was written" not in result.stdout
    output = " ".join((result.stdout + result.stderr).split())
    assert "The token from the variable CLOUD66_ACCESS_TOKEN is invalid or was revoked" in output
    assert "wrong-token" not in output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_demo_leaves_no_process(environment, number):
    process = subprocess.Popen(
        [sys.executable, str(DEMO)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    line = next(line for line in process.stdout if "simulator at" in line)
    port = int(re.search(r"127\.0\.0\.1:(\d+)", line)[1])
    os.killpg(process.pid, number)
    process.communicate(timeout=HANG)
    assert process.returncode != 0
    wait_until(lambda: not _group_exists(process.pid))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=HANG)


def _group_exists(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


class User:
    """A user who logs in: runs the playbook in a terminal, types answers, and opens the address shown."""

    def __init__(self, environment, sim):
        self.terminal = pexpect.spawn(
            program("ansible-playbook"),
            ["cloud66.cloud.login"],
            env={**environment, "CLOUD66_API_URL": sim.url},
            encoding="utf-8",
            timeout=HANG,
            dimensions=(24, 120),
        )
        self.output = ""

    def expect(self, pattern):
        self.terminal.expect(pattern)
        self.output += self.terminal.before + str(self.terminal.after)
        return self.terminal.match

    def type(self, prompt, answer):
        self.expect(re.escape(prompt))
        self.terminal.send(f"{answer}\r")

    def enter_code(self):
        address = self.expect(r"(http://\S+/oauth/authorize\S+)")[1]
        with urllib.request.urlopen(address, timeout=HANG) as page:
            self.type("Code", re.search(r'<code id="code">(.+?)</code>', page.read().decode())[1])

    def end(self):
        self.terminal.expect(pexpect.EOF)
        self.terminal.close()
        self.output += self.terminal.before
        return self.terminal.exitstatus


def test_log_in_again_and_after_the_token_is_revoked(environment, sim, tmp_path):
    file = tmp_path / ".cloud66" / "ansible.json"
    user = User(environment, sim)
    user.type("Application id", "demo-app")
    user.type("Application secret", SECRET)
    user.enter_code()
    assert user.end() == 0, user.output
    assert "You are logged in" in user.output
    assert "public, redeploy, users, admin" in user.output
    saved = json.loads(file.read_text())
    assert (saved["app_id"], file.stat().st_mode & 0o777) == ("demo-app", 0o600)
    assert SECRET not in user.output
    assert saved["token"] not in user.output

    user = User(environment, sim)
    assert user.end() == 0, user.output
    assert "You were already logged in" in user.output

    sim.world.tokens.clear()
    user = User({**environment, "CLOUD66_APP_ID": "demo-app", "CLOUD66_APP_SECRET": SECRET}, sim)
    user.enter_code()
    assert user.end() == 0, user.output
    assert json.loads(file.read_text())["token"] != saved["token"]


def test_wrong_code(environment, sim):
    user = User({**environment, "CLOUD66_APP_ID": "demo-app", "CLOUD66_APP_SECRET": SECRET}, sim)
    user.type("Code", "wrong")
    assert user.end() != 0
    assert "Cannot exchange the code for a token" in user.output
    assert "Traceback" not in user.output


def test_login_without_a_terminal_does_not_wait(environment, sim):
    result = run([program("ansible-playbook"), "cloud66.cloud.login"], {**environment, "CLOUD66_API_URL": sim.url})
    assert result.returncode != 0
    assert "Traceback" not in result.stdout + result.stderr
    assert "cloud66_app_id" in result.stdout + result.stderr
