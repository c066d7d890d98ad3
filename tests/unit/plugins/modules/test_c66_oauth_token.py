# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_oauth_token: getting a code, and storing a token."""

from __future__ import annotations

import json
import os
import re

import pytest
import requests
from unit.fixtures.programs import HANG

APP, SECRET = "demo-app", "demo-app-secret-0123456789"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "token.json"


@pytest.fixture
def login(run_module, path):
    """Run c66_oauth_token without a token, as before a login."""
    return lambda **args: run_module(
        "c66_oauth_token",
        **{"diff": True, "app_id": APP, "app_secret": SECRET, "path": str(path), "api_token": None, **args},
    )


@pytest.fixture
def code(login):
    page = requests.get(login().result["authorize_url"], timeout=HANG)
    return re.search(r'<code id="code">(\w+)</code>', page.text)[1]


def test_without_a_code_it_returns_the_authorize_url(sim, login, path):
    run = login(scope=["public", "users"])
    assert run.result["authorize_url"].startswith(f"{sim.origin}/oauth/authorize?")
    assert "scope=public+users" in run.result["authorize_url"]
    assert (run.result["changed"], run.result["kept"]) == (False, False)
    assert not path.exists()
    assert "api" not in run.result
    assert "diff" not in login(diff=False).result


def test_all_modules_find_the_token_of_a_code(login, code, path, run_module):
    run = login(code=code)
    assert (run.result["changed"], run.result["kept"], run.result["authorize_url"]) == (True, True, None)
    assert run.result["diff"] == {"before": {}, "after": {"token_file": str(path), "app_id": APP}}
    content = json.loads(path.read_text())
    assert set(content) == {"app_id", "app_secret", "token"}
    assert content["token"] in run.secrets
    assert content["token"] not in str(run.result)
    assert path.stat().st_mode & 0o777 == 0o600
    assert (
        run_module("c66_ping_info", api_token=None, token_file=str(path)).result["token_source"] == f"the file {path}"
    )


def test_a_stored_token_is_kept_and_no_code_is_used(sim, login, code, path):
    login(code=code)
    before = path.read_bytes()
    run = login(code="used-up")
    assert (run.result["changed"], run.result["kept"]) == (False, True)
    assert path.read_bytes() == before
    assert [request.path for request in sim.requests].count("/oauth/token") == 1


def test_a_token_of_another_application_is_replaced(login, code, path):
    path.parent.mkdir()
    path.write_text('{"app_id": "other", "app_secret": "x", "token": "y"}')
    path.chmod(0o644)
    run = login(code=code)
    assert run.result["diff"]["before"]["app_id"] == "other"
    assert json.loads(path.read_text())["app_id"] == APP
    assert "Others can read the token file" in run.warnings[0]


def test_check_mode_uses_no_code_and_writes_nothing(sim, login, code, path):
    check = login(code=code, check=True)
    assert [request.path for request in sim.requests] == ["/oauth/authorize"]
    assert not path.exists()
    real = login(code=code)
    assert (check.result["changed"], check.result["diff"]) == (real.result["changed"], real.result["diff"])


def test_absent(login, code, path):
    login(code=code)
    check = login(state="absent", app_id=None, app_secret=None, check=True)
    assert check.result["changed"]
    assert path.exists()
    first, second = (login(state="absent", app_id=None, app_secret=None) for _number in range(2))
    assert (first.result["changed"], second.result["changed"], path.exists()) == (True, False, False)
    assert first.result["diff"] == check.result["diff"]


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("content", ['{"name": "mine"}', "no JSON"])
def test_another_kind_of_file_is_left_alone(login, path, state, content):
    path.parent.mkdir()
    path.write_text(content)
    path.chmod(0o600)
    result = login(state=state).result
    assert result["failed"]
    assert str(path) in result["msg"]
    assert path.read_text() == content


def test_a_file_that_cannot_be_removed(login, code, path, monkeypatch):
    login(code=code)

    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "unlink", refuse)
    assert login(state="absent").result["msg"] == f"The token file {path} cannot be removed: Permission denied."


def test_a_file_that_somebody_else_removes(login, code, monkeypatch):
    login(code=code)
    real = os.unlink

    def twice(name):
        real(name)
        real(name)

    monkeypatch.setattr(os, "unlink", twice)
    assert login(state="absent").result["changed"]


def test_an_invalid_code(login, path):
    run = login(code="used-up-0123456789")
    assert run.result["msg"].startswith("Cannot exchange the code for a token: The code is not valid")
    assert SECRET not in str(run.result)
    assert not path.exists()


@pytest.mark.parametrize("token", [None, ""])
def test_an_answer_without_a_token(sim, login, path, token):
    sim.fault("wrong_type", path="/oauth/token", body={"access_token": token, "scope": "public"})
    assert "Cannot exchange the code for a token" in login(code="x").result["msg"]
    assert not path.exists()
