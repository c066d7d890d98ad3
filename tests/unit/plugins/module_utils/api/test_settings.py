# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options: their sources, and invalid values."""

from __future__ import annotations

import os

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.api.settings import OPTIONS, is_loopback, origin_of, resolve

URL = "https://cloud66.example/api/3"


def refusal(options=None, env=None):
    with pytest.raises(Cloud66Error) as caught:
        resolve(options or {}, env or {})
    return str(caught.value)


def test_defaults():
    assert resolve({}, {})._asdict() == {
        "api_url": "https://app.cloud66.com/api/3",
        "account_id": None,
        "validate_certs": True,
        "ca_path": None,
        "api_timeout": 30,
        "api_retries": 4,
        "throttle_wait": 0,
        "proxy": None,
        "allow_plain_http": False,
        "sources": (),
    }


def test_sources():
    settings = resolve({"account_id": 7}, {"CLOUD66_API_URL": URL, "CLOUD66_ACCOUNT_ID": "8"})
    assert settings.named("api_url") == "CLOUD66_API_URL"
    assert settings.named("account_id") == "account_id"
    assert settings.named("proxy") == "proxy (the default)"


FROM_ENV = [
    ("api_url", f"{URL}/", URL),
    ("account_id", "139", 139),
    ("validate_certs", "no", False),
    ("validate_certs", "TRUE", True),
    ("ca_path", "~", os.path.expanduser),
    ("api_timeout", " 5 ", 5),
    ("api_retries", "0", 0),
    ("throttle_wait", "3600", 3600),
    ("proxy", "http://proxy:3128", "http://proxy:3128"),
    ("allow_plain_http", "1", True),
]


@pytest.mark.parametrize(("name", "text", "value"), FROM_ENV)
def test_variables_and_their_types(name, text, value):
    value = value("~") if callable(value) else value
    assert getattr(resolve({}, {f"CLOUD66_{name.upper()}": text}), name) == value


def test_every_option_has_a_variable_that_is_covered():
    assert {name for name, _text, _value in FROM_ENV} == set(OPTIONS) - {"api_token", "token_file"}


@pytest.mark.parametrize(("name", "given"), [("api_retries", 0), ("validate_certs", False), ("account_id", 7)])
def test_an_option_wins_over_its_variable(name, given):
    assert getattr(resolve({name: given}, {f"CLOUD66_{name.upper()}": "1"}), name) == given


def test_an_empty_variable_is_ignored():
    assert resolve({}, {"CLOUD66_API_TIMEOUT": "", "CLOUD66_API_URL": ""}) == resolve({}, {})


@pytest.mark.parametrize(
    ("options", "env", "message"),
    [
        ({}, {"CLOUD66_API_TIMEOUT": "soon"}, "CLOUD66_API_TIMEOUT must be a whole number, not 'soon'."),
        ({}, {"CLOUD66_API_TIMEOUT": "²"}, "CLOUD66_API_TIMEOUT must be a whole number, not '²'."),
        ({}, {"CLOUD66_API_RETRIES": "-1"}, "CLOUD66_API_RETRIES must be a whole number, not '-1'."),
        ({}, {"CLOUD66_VALIDATE_CERTS": "maybe"}, "CLOUD66_VALIDATE_CERTS must be true or false, not 'maybe'."),
        ({"api_timeout": 0}, {}, "api_timeout must be at least 1, not 0."),
        ({"api_retries": -1}, {}, "api_retries must be at least 0, not -1."),
        ({}, {"CLOUD66_API_TIMEOUT": "0"}, "CLOUD66_API_TIMEOUT must be at least 1, not 0."),
        ({"throttle_wait": -5}, {}, "throttle_wait must be at least 0, not -5."),
        ({"ca_path": "/nowhere/ca.pem"}, {}, "ca_path /nowhere/ca.pem does not exist."),
        ({}, {"CLOUD66_CA_PATH": "/nowhere/ca.pem"}, "CLOUD66_CA_PATH /nowhere/ca.pem does not exist."),
        *(
            ({}, {name: "/nowhere"}, f"{name} /nowhere does not exist: correct or unset it, or set ca_path.")
            for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
        ),
    ],
)
def test_invalid_values(options, env, message):
    assert refusal(options, env) == message


@pytest.mark.parametrize(
    "url",
    [
        "https://jim:hunter2@app.cloud66.com/api/3",
        "https://hunter2@app.cloud66.com",
        f"{URL}?token=hunter2",
        f"{URL}#hunter2",
        "ftp://cloud66.example",
        "cloud66.example/api/3",
        "https://",
        "",
        "https://cloud66.example:0",
        "https://cloud66.example:99999",
        "https://cloud66.example:x",
        "https://[::1",
    ],
)
def test_invalid_api_urls(url):
    message = refusal({"api_url": url})
    assert "api_url must be an http or https URL" in message
    assert "hunter2" not in message


@pytest.mark.parametrize("host", ["cloud66.example", "10.0.0.1", "127.0.0.1.evil.example", "127.evil.example", "[::2]"])
def test_plain_http_needs_an_option_except_on_this_machine(host):
    url = f"http://{host}:8066/api/3"
    assert "would send the token unencrypted" in refusal({"api_url": url})
    assert resolve({"api_url": url, "allow_plain_http": True}, {}).api_url == url
    assert resolve({"api_url": url.replace("http", "https", 1)}, {})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.5.5.5", "localhost", "LOCALHOST", "c66.localhost", "[::1]"])
def test_loopback(host):
    assert resolve({"api_url": f"http://{host}:8066/api/3"}, {}).origin == f"http://{host.lower()}:8066"


@pytest.mark.parametrize("host", ["", "127.0.0", "127.0.0.x", "128.0.0.1", "notlocalhost", "::2"])
def test_not_loopback(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://App.Cloud66.com/api/3", "https://app.cloud66.com"),
        ("https://app.cloud66.com:443", "https://app.cloud66.com"),
        ("http://localhost:80/x", "http://localhost"),
        ("http://localhost:443/x", "http://localhost:443"),
        ("https://[::1]:8443/x?y", "https://[::1]:8443"),
        ("https://user@host/", "https://host"),
    ],
)
def test_origin_of(url, origin):
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    ("proxy", "secrets"),
    [
        (None, set()),
        ("http://proxy:3128", set()),
        ("http://me:p%40ss@proxy:3128", {"p%40ss", "p@ss"}),
        ("me:password@proxy:3128", {"password"}),
    ],
)
def test_the_password_of_a_proxy_is_a_secret(proxy, secrets):
    assert resolve({"proxy": proxy}, {}).secrets == secrets


def test_an_invalid_proxy():
    with pytest.raises(Cloud66Error, match="proxy must be a URL") as caught:
        _secrets = resolve({"proxy": "http://me:hunter2@[proxy"}, {}).secrets
    assert "hunter2" not in str(caught.value)
