# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks doctor and login as a user runs them: what they print, and their exit status."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
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
    assert "SKIPPED: needs requests" in done.stdout


def test_the_doctor_shows_an_invalid_setting(run_playbook):
    done = run_playbook("doctor", CLOUD66_API_TIMEOUT="soon")
    assert done.returncode == 2
    assert json.dumps("CLOUD66_API_TIMEOUT must be a whole number, not 'soon'.") in done.stdout
