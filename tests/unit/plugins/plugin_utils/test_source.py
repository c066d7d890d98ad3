# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file `src` of a task: where it is searched for, and that ansible-vault may have sealed it."""

from __future__ import annotations

import json

import pytest
from ansible.constants import DEFAULT_VAULT_ID_MATCH
from ansible.parsing.vault import VaultLib, VaultSecret

PASSWORD = "vault-password-1"
SECRET = "sealed-secret-0815"


@pytest.fixture(params=[True, False], ids=["worker", "process"])
def in_worker(request):
    return request.param


@pytest.fixture
def seal():
    vault = VaultLib([(DEFAULT_VAULT_ID_MATCH, VaultSecret(PASSWORD.encode()))])
    return lambda text: vault.encrypt(text, vault.secrets[0][1]).decode()


def task(play, name, **options):
    return {
        "name": name,
        "cloud66.cloud.c66_env_var": {**play.connection, "stack": "Awesome App", **options},
        "ignore_errors": True,
    }


def test_a_sealed_file_is_opened(play, values, seal, in_worker):
    files = {
        "a.env": seal(f"A={SECRET}\n"),
        "b.json": seal('{"B": "1.10"}'),
        "c.yml": seal("services:\n  sealed: {}\n"),
        "bad.env": seal(f"A={SECRET}\n{SECRET}\n"),
        "password": PASSWORD,
    }
    configuration = {
        "name": "configuration",
        "cloud66.cloud.c66_configuration": {
            **play.connection,
            "stack": "Awesome App",
            "type": "service_yaml",
            "src": "{{ playbook_dir }}/c.yml",
        },
    }
    tasks = [
        task(play, "dotenv", src="{{ playbook_dir }}/a.env"),
        task(play, "again", src="a.env"),
        task(play, "json", src="b.json"),
        task(play, "bad", src="bad.env"),
        configuration,
    ]
    plays = [{"hosts": "localhost", "gather_facts": False, "vars": {"cloud66_in_worker": in_worker}, "tasks": tasks}]
    password = str(play.folder / "1" / "password")
    playbook = play(plays=plays, files=files, options=("-vvv", "--vault-password-file", password))
    assert playbook["dotenv"].result["changes"]["added"] == ["A"], playbook.all_output
    assert not playbook["again"].result["changed"]
    assert {key: values()[key] for key in "AB"} == {"A": SECRET, "B": "1.10"}
    assert playbook["bad"].result["msg"].startswith("Line 2 of ") and "bad.env" in playbook["bad"].result["msg"]
    assert "sealed" in playbook["configuration"].result["configuration"]["body"]
    assert playbook["dotenv"].way == ("worker" if in_worker else "process")
    assert SECRET not in playbook.everything()


def test_a_sealed_file_without_the_password_is_an_error(play, sim, seal, in_worker):
    playbook = play(
        {**task(play, "sealed", src="a.env"), "vars": {"cloud66_in_worker": in_worker}}, files={"a.env": seal("A=1")}
    )
    assert playbook["sealed"].event == "failed"
    assert "vault" in playbook["sealed"].result["msg"] and "a.env" in playbook["sealed"].result["msg"]
    assert not sim.writes


def test_a_relative_path_is_searched_for_in_the_role_and_the_play(play, values, in_worker):
    role = {"include_role": {"name": "own"}}
    (play.folder / "roles" / "own" / "files").mkdir(parents=True)
    (play.folder / "roles" / "own" / "tasks").mkdir()
    (play.folder / "roles" / "own" / "files" / "of_role.env").write_text("ROLE=1\n", encoding="utf-8")
    tasks = json.dumps([task(play, "role", src="of_role.env"), task(play, "play from role", src="of_play.env")])
    (play.folder / "roles" / "own" / "tasks" / "main.yml").write_text(tasks, encoding="utf-8")
    plays = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "vars": {"cloud66_in_worker": in_worker},
            "tasks": [task(play, "play", src="of_play.env"), task(play, "nowhere", src="nowhere.env"), role],
        }
    ]
    playbook = play(plays=plays, files={"of_play.env": "PLAY=1\n"}, ANSIBLE_ROLES_PATH=str(play.folder / "roles"))
    assert playbook["own : role"].result["changes"]["added"] == ["ROLE"], playbook.all_output
    assert playbook["play"].result["changes"]["added"] == ["PLAY"]
    assert not playbook["own : play from role"].result["changed"]
    assert playbook["nowhere"].result["msg"] == "nowhere.env cannot be read: No such file or directory."
    assert {key: values()[key] for key in ("ROLE", "PLAY")} == {"ROLE": "1", "PLAY": "1"}


def test_a_file_is_copied_to_another_host_and_removed_there(play, values, seal):
    """A relative path only: an absolute one is that host's."""
    files = {"a.json": seal('{"A": "1"}'), "b.env": "B=1\n", "password": PASSWORD}
    there = play.folder / "there.env"
    there.write_text("C=1\n", encoding="utf-8")
    tasks = [
        {**task(play, name, src=src), "vars": {"ansible_connection": "elsewhere"}}
        for name, src in (("sealed", "a.json"), ("plain", "b.env"), ("there", str(there)))
    ]
    options = ("--vault-password-file", str(play.folder / "1" / "password"))
    playbook = play(*tasks, files=files, options=options)
    assert {task.name: (task.event, task.way) for task in playbook.tasks} == dict.fromkeys(
        ("sealed", "plain", "there"), ("ok", "process")
    ), playbook.all_output
    assert {key: values()[key] for key in "ABC"} == {"A": "1", "B": "1", "C": "1"}
    assert not [path for path in (playbook.folder / "ansible").rglob("*.json") if path.is_file()]
