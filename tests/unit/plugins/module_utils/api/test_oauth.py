# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OAuth flow of command line tools, with the simulator."""

from __future__ import annotations

import re
import traceback
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.api.oauth import SCOPES, authorize_url, exchange
from ansible_collections.cloud66.cloud.plugins.module_utils.api.settings import resolve
from unit.fixtures.programs import HANG

APP, SECRET = "demo-app", "demo-app-secret-0123456789"


def code_of(settings, scopes=("public", "users")):
    """The code that the page of the authorize_url shows."""
    page = requests.get(authorize_url(settings, APP, list(scopes)), timeout=HANG)
    return re.search(r'<code id="code">(\w+)</code>', page.text)[1]


def refusal(settings, code="any-code", secret=SECRET):
    with pytest.raises(Cloud66Error) as caught:
        exchange(settings, "agent", APP, secret, code)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    return str(caught.value)


@pytest.mark.parametrize(
    ("api_url", "origin"),
    [
        ("https://app.cloud66.com/api/3", "https://app.cloud66.com"),
        ("http://127.0.0.1:8066/api/3", "http://127.0.0.1:8066"),
        ("https://[::1]:8443/api/3", "https://[::1]:8443"),
    ],
)
def test_the_authorize_url_is_that_of_the_example_program(api_url, origin):
    """It equals the result of client.auth_code.authorize_url in Ruby's oauth2."""
    url = authorize_url(resolve({"api_url": api_url}, {}), "demo app", ["public", "admin", "redeploy"])
    assert url.startswith(f"{origin}/oauth/authorize?")
    assert parse_qs(urlsplit(url).query) == {
        "client_id": ["demo app"],
        "redirect_uri": ["urn:ietf:wg:oauth:2.0:oob"],
        "response_type": ["code"],
        "scope": ["public admin redeploy"],
    }


def test_a_code_is_exchanged_for_a_token(sim, make_settings, make_client):
    token = exchange(make_settings(), "agent", APP, SECRET, code_of(make_settings()))
    assert set(token["scope"].split() if isinstance(token["scope"], str) else token["scope"]) == {"public", "users"}
    assert make_client(token=token["access_token"]).list("users")
    sent = next(request for request in sim.requests if request.path == "/oauth/token")
    assert parse_qs(sent.body) == {
        "grant_type": ["authorization_code"],
        "client_id": [APP],
        "client_secret": [SECRET],
        "code": parse_qs(sent.body)["code"],
        "redirect_uri": ["urn:ietf:wg:oauth:2.0:oob"],
    }
    assert sent.query == ""
    assert "authorization" not in sent.headers
    assert sent.headers["user-agent"] == "agent"


def test_every_scope_is_known(make_settings):
    assert code_of(make_settings(), SCOPES)


def test_a_code_works_once(make_settings):
    settings = make_settings()
    code = code_of(settings)
    exchange(settings, "agent", APP, SECRET, code)
    message = refusal(settings, code)
    assert "The code is not valid, was used already, or belongs to another client." in message
    assert "get a new one from the authorize_url, and check app_id and app_secret." in message


def test_a_wrong_secret(make_settings):
    message = refusal(make_settings(), code_of(make_settings()), "wrong-secret-0123456789")
    assert "The client is not known or its secret is wrong." in message
    assert "wrong-secret-0123456789" not in message


@pytest.mark.parametrize("kind", ["reset_after", "reset", "cut"])
def test_an_exchange_is_never_sent_twice(sim, make_settings, kind):
    settings = make_settings(api_retries=4)
    code = code_of(settings)
    sim.fault(kind, path="/oauth/token", times=1)
    assert "may be used up: get a new one from the authorize_url" in refusal(settings, code)
    assert [request.path for request in sim.requests].count("/oauth/token") == 1


def test_a_refused_connection_does_not_use_up_the_code(make_settings, closed_port):
    message = refusal(make_settings(api_url=f"http://127.0.0.1:{closed_port}"))
    assert "(Connection refused): check api_url" in message


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("html", {}, "the answer is not a JSON object (status 502)"),
        ("html", {"status": 200}, "the answer is not a JSON object (status 200)"),
        ("bad_json", {}, "the answer is not a JSON object (status 200)"),
        ("empty", {}, "the answer is not a JSON object (status 200)"),
        ("wrong_type", {"body": []}, "the answer is not a JSON object (status 200)"),
        ("wrong_type", {"body": None}, "the answer is not a JSON object (status 200)"),
        ("wrong_type", {"body": "access_token=abc"}, "the answer is not a JSON object (status 200)"),
        ("wrong_type", {"body": {"a": 1}}, "Missing access token parameter"),
        ("wrong_type", {"body": {"access_token": "x", "expires_in": "soon"}}, "the answer contains no valid token"),
        ("status", {"status": 500}, "An error. A code works once"),
        ("status", {"status": 400, "error": "odd", "description": "So it is."}, "token: So it is. A code works once"),
        ("redirect", {}, "which must not get the token"),
        ("redirect_same", {}, "redirects a POST, which is not followed"),
    ],
)
def test_answers_without_a_token(sim, make_settings, kind, options, words):
    sim.fault(kind, path="/oauth/token", **options)
    assert words in refusal(make_settings())
    assert len(sim.requests) == 1


def test_a_token_in_an_error_is_not_used(make_settings, local_server):
    server = local_server()
    server.answers = [(500, {}, b'{"access_token": "x"}')]
    assert "Cannot exchange the code for a token: 500." in refusal(make_settings(api_url=server.origin))
