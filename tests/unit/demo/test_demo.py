# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo` and the login playbook, as a person at a shell meets them."""

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

pexpect = pytest.importorskip("pexpect", reason="it plays the person at the shell")

DEMO = Path(__file__).resolve().parents[2] / "demo" / "demo.py"
SECRET = "demo-app-secret-0123456789"


@pytest.fixture
def environment(real_time, tmp_path):
    return {**os.environ, "HOME": str(tmp_path), "TERM": "dumb", "NO_PROXY": "127.0.0.1"}


def demo(environment, **more):
    return run([sys.executable, str(DEMO)], {**environment, **more})


def test_against_the_simulator_whatever_the_user_has_set(environment, tmp_path):
    (tmp_path / ".cloud66").mkdir()
    (tmp_path / ".cloud66" / "ansible.json").write_text('{"access_token": "wrong"}')
    done = demo(environment, CLOUD66_TOKEN="wrong", CLOUD66_API_URL="https://elsewhere.invalid", CLOUD66_PROXY="x:1")
    assert done.returncode == 0, done.stdout + done.stderr
    look, device = done.stdout.split("PLAY [Manage a device]")
    assert "Storefront" in look
    assert "... 24 in all" in look
    assert re.findall(r"^(ok|changed): ", device, re.MULTILINE) == ["changed", "ok", "changed", "changed"]
    assert "|--@stack_storefront:" in device
    assert "|--storefront.Otter" in device
    assert "CLOUD66_ACCESS_TOKEN=<a personal access token> make demo" in device


def test_with_a_token_it_reads_only(environment, sim):
    done = demo(environment, CLOUD66_ACCESS_TOKEN=sim.token, CLOUD66_API_URL=sim.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing was written" in done.stdout
    assert {one.method for one in sim.requests} == {"GET"}
    assert "get_user" not in {one.operation_id for one in sim.requests}


def test_with_a_wrong_token_it_says_so(environment, sim):
    done = demo(environment, CLOUD66_ACCESS_TOKEN="wrong-token", CLOUD66_API_URL=sim.url)
    assert done.returncode != 0
    assert "Nothing was written" not in done.stdout
    shown = " ".join((done.stdout + done.stderr).split())
    assert "The token from the variable CLOUD66_ACCESS_TOKEN is wrong or was revoked" in shown
    assert "wrong-token" not in shown


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_nothing_behind(environment, number):
    process = subprocess.Popen(
        [sys.executable, str(DEMO)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    port = int(re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())[1])
    os.killpg(process.pid, number)
    process.communicate(timeout=HANG)
    assert process.returncode != 0
    wait_until(lambda: not _group_lives(process.pid))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=HANG)


def _group_lives(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


class Person:
    """Somebody who logs in: runs the playbook in a terminal, types answers, and opens the address that is shown."""

    def __init__(self, environment, sim):
        self.terminal = pexpect.spawn(
            program("ansible-playbook"),
            ["cloud66.cloud.login"],
            env={**environment, "CLOUD66_API_URL": sim.url},
            encoding="utf-8",
            timeout=HANG,
            dimensions=(24, 120),
        )
        self.seen = ""

    def expect(self, pattern):
        self.terminal.expect(pattern)
        self.seen += self.terminal.before + str(self.terminal.after)
        return self.terminal.match

    def type(self, prompt, answer):
        self.expect(re.escape(prompt))
        self.terminal.send(f"{answer}\r")

    def bring_code(self):
        address = self.expect(r"(http://\S+/oauth/authorize\S+)")[1]
        with urllib.request.urlopen(address, timeout=HANG) as page:
            self.type("The code", re.search(r'<code id="code">(.+?)</code>', page.read().decode())[1])

    def end(self):
        self.terminal.expect(pexpect.EOF)
        self.terminal.close()
        self.seen += self.terminal.before
        return self.terminal.exitstatus


def test_logging_in_again_and_after_the_token_was_revoked(environment, sim, tmp_path):
    file = tmp_path / ".cloud66" / "ansible.json"
    person = Person(environment, sim)
    person.type("Its id", "demo-app")
    person.type("Its secret", SECRET)
    person.bring_code()
    assert person.end() == 0, person.seen
    assert "You are logged in" in person.seen
    assert "public, redeploy, users, admin" in person.seen
    kept = json.loads(file.read_text())
    assert (kept["app_id"], file.stat().st_mode & 0o777) == ("demo-app", 0o600)
    assert SECRET not in person.seen
    assert kept["token"] not in person.seen

    person = Person(environment, sim)
    assert person.end() == 0, person.seen
    assert "You were logged in already" in person.seen

    sim.world.tokens.clear()
    person = Person({**environment, "CLOUD66_APP_ID": "demo-app", "CLOUD66_APP_SECRET": SECRET}, sim)
    person.bring_code()
    assert person.end() == 0, person.seen
    assert json.loads(file.read_text())["token"] != kept["token"]


def test_a_wrong_code_ends_in_a_sentence(environment, sim):
    person = Person({**environment, "CLOUD66_APP_ID": "demo-app", "CLOUD66_APP_SECRET": SECRET}, sim)
    person.type("The code", "wrong")
    assert person.end() != 0
    assert "Cannot exchange the code for a token" in person.seen
    assert "Traceback" not in person.seen


def test_without_a_terminal_it_does_not_wait(environment, sim):
    done = run([program("ansible-playbook"), "cloud66.cloud.login"], {**environment, "CLOUD66_API_URL": sim.url})
    assert done.returncode != 0
    assert "Traceback" not in done.stdout + done.stderr
    assert "cloud66_app_id" in done.stdout + done.stderr
