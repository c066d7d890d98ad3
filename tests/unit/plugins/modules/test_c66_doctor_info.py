# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_doctor_info: what is right, what is wrong, and what to do first."""

from __future__ import annotations

import os

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api import libraries
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.doctor import NAMES


@pytest.fixture
def examine(run_module):
    """Run it. Returns the result, and the checks by their names, which are always all of them."""

    def call(**args):
        result = run_module("c66_doctor_info", **args).result
        if not result.get("failed"):
            assert [check["name"] for check in result["checks"]] == list(NAMES)
        return result, {check["name"]: check for check in result.get("checks", [])}

    return call


def skipped(checks):
    return {name: check["found"] for name, check in checks.items() if check["state"] == "skipped"}


def test_ready(sim, examine):
    result, checks = examine()
    assert (result["ready"], result["advice"], result["changed"]) == (True, "Ready.", False)
    assert {name for name, check in checks.items() if check["state"] != "ok"} == {"TLS"}
    assert checks["token"]["found"] == "from the option api_token"
    assert checks["scopes"]["found"] == "has public, redeploy, users, admin; may have jobs"
    assert checks["account"]["found"] == "account_id is not set; the token's accounts: 139 (Acme), 207 (Acme Labs)"
    assert checks["limit"]["found"] == "2994 of 3000 requests are left in this hour"
    assert {request.method for request in sim.requests} == {"GET"}
    assert len(sim.requests) == 7
    assert sim.token not in str(result)


def test_shadowed_tokens(examine, monkeypatch):
    monkeypatch.setenv("CLOUD66_ACCESS_TOKEN", "another-0123456789")
    result, checks = examine()
    assert checks["token"]["found"] == "from the option api_token; not used: the variable CLOUD66_ACCESS_TOKEN"
    assert "another-0123456789" not in str(result)


def test_no_token(sim, examine):
    result, checks = examine(api_token=None)
    assert not result["ready"]
    assert result["advice"].startswith("No Cloud 66 token found")
    assert checks["connection"]["state"] == "ok"
    assert skipped(checks) == dict.fromkeys(("login", "account", "scopes", "limit"), "not checked, because of token")
    assert [request.path for request in sim.requests] == ["/api/3/ping"]


def test_an_invalid_token(examine):
    result, checks = examine(api_token="wrong-0123456789")
    assert checks["login"]["state"] == "failed"
    assert "is invalid or was revoked" in result["advice"]
    assert "wrong-0123456789" not in str(result)
    assert skipped(checks) == dict.fromkeys(("account", "scopes"), "not checked, because of login")


def test_an_unreachable_api(examine):
    result, checks = examine(api_url="http://127.0.0.1:1/api/3")
    assert checks["connection"]["state"] == "failed"
    assert "cannot connect to http://127.0.0.1:1" in result["advice"]
    names = ("clock", "login", "account", "scopes", "limit")
    assert skipped(checks) == dict.fromkeys(names, "not checked, because of connection")


def test_few_scopes(examine):
    result, checks = examine(api_token="public-only-4c9c9b2222")
    assert result["ready"]
    assert checks["scopes"]["state"] == "warning"
    assert "redeploy, users, admin will fail" in checks["scopes"]["advice"]
    assert checks["account"]["state"] == "skipped"


@pytest.mark.parametrize(("account", "ready"), [(207, True), (999, False)])
def test_the_account(examine, monkeypatch, account, ready):
    monkeypatch.setenv("CLOUD66_ACCOUNT_ID", str(account))
    result, checks = examine()
    assert result["ready"] is ready
    assert checks["account"]["found"].startswith(f"account_id is {account} (CLOUD66_ACCOUNT_ID)")
    if not ready:
        assert result["advice"].startswith("The token has no account 999: correct CLOUD66_ACCOUNT_ID")


@pytest.mark.parametrize(("seconds", "words"), [(300, " seconds behind"), (-300, " seconds ahead of"), (5, "agrees")])
def test_the_clock(sim, examine, seconds, words):
    sim.settings(clock_offset=seconds)
    checks = examine()[1]
    assert words in checks["clock"]["found"]
    assert checks["clock"]["state"] == ("ok" if words == "agrees" else "warning")


def test_the_limit(sim, examine):
    sim.settings(limit=13)
    checks = examine()[1]
    assert (checks["limit"]["state"], checks["limit"]["found"]) == ("ok", "7 of 13 requests are left in this hour")
    checks = examine()[1]
    assert (checks["limit"]["state"], checks["limit"]["found"]) == ("warning", "1 of 13 requests are left in this hour")


def test_proxy_and_certificates(examine, monkeypatch, tmp_path):
    file = tmp_path / "ca.pem"
    file.write_text("")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hunter2@127.0.0.1:1")
    result, checks = examine(api_url="https://127.0.0.1:1/api/3", ca_path=str(file))
    assert checks["proxy"]["found"] == "http://127.0.0.1:1 (HTTPS_PROXY)"
    assert checks["TLS"]["found"] == f"verified by {file} (ca_path)"
    assert "hunter2" not in str(result)
    checks = examine(api_url="https://127.0.0.1:1/api/3", validate_certs=False)[1]
    assert (checks["TLS"]["state"], checks["TLS"]["found"]) == ("warning", "not verified (validate_certs)")


def test_a_file_that_others_can_read(examine, tmp_path):
    file = tmp_path / "token"
    file.write_text("4c9c9b1111\n")
    os.chmod(file, 0o644)
    result, checks = examine(api_token=None, token_file=str(file))
    assert result["ready"]
    assert checks["token"]["state"] == "warning"
    assert "chmod 600" in checks["token"]["advice"]


def test_missing_libraries(sim, examine, monkeypatch):
    monkeypatch.setattr(libraries, "MISSING", "requests")
    result, checks = examine()
    assert "-m pip install requests oauthlib" in result["advice"]
    assert (checks["libraries"]["state"], checks["connection"]["state"]) == ("failed", "skipped")
    assert sim.requests == []


def test_an_invalid_option_is_an_error(examine):
    result, _checks = examine(api_timeout=0)
    assert result["failed"]
    assert result["msg"] == "api_timeout must be at least 1, not 0."
