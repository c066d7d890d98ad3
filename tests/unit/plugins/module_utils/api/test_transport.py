# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP requests: paths, headers, proxies, TLS and connections."""

from __future__ import annotations

import json
import os
import uuid
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api import transport
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.api.parallel import side_by_side
from ansible_collections.cloud66.cloud.plugins.module_utils.api.transport import Transport, Unshown

STACK = "f196c5b41758cb7977620d49eb1492ef"


# Paths and queries


@pytest.mark.parametrize(
    ("token", "path"),
    [
        ("maria/tablet 1", "maria%2Ftablet%201"),
        ("100%", "100%25"),
        ("%2e%2e", "%252e%252e"),
        ("a?b#c&d=e;f", "a%3Fb%23c%26d%3De%3Bf"),
        ("größe", "gr%C3%B6%C3%9Fe"),
        ("...", "..."),
        ("-_.~", "-_.~"),
    ],
)
def test_path_segments_are_encoded(sim, make_client, token, path):
    """Whatever the token looks like, this device is removed and no other."""
    sim.world.add_device(18, token=token, device_type=1, sub_type=1)
    sim.world.add_device(18, token="other", device_type=1, sub_type=1)
    make_client().delete("users", 18, "devices", token)
    assert sim.requests[0].path == f"/api/3/users/18/devices/{path}"
    assert [device["token"] for user in sim.world.users if user["id"] == 18 for device in user["devices"]] == ["other"]


@pytest.mark.parametrize("segment", ["", ".", ".."])
def test_dot_segments_are_refused(sim, make_client, segment):
    with pytest.raises(Cloud66Error, match="cannot be used in the path of a URL"):
        make_client().delete("users", 18, "devices", segment)
    assert sim.requests == []


def test_a_secret_in_a_path_is_sent_but_not_shown(sim, make_client):
    with pytest.raises(Cloud66Error) as caught:
        make_client().delete("users", 18, "devices", Unshown("to/ken"))
    assert sim.requests[0].path.endswith("/users/18/devices/to%2Fken")
    assert caught.value.url == f"{sim.url}/users/18/devices/***"


def test_query_values(make_client, local_server):
    server = local_server()
    make_client(api_url=server.origin).get("x", yes=True, no=False, left_out=None, text="a b&c", number=5)
    assert server.requests[0].path == "/x?yes=1&no=0&text=a+b%26c&number=5"


# Headers and bodies


def test_headers(sim, make_client):
    client = make_client(account_id=139)
    client.get("stacks", STACK)
    client.put("users", 5, "devices", "maria/tablet 1", body={"device_type": 1, "sub_type": 2})
    for request in sim.requests:
        assert request.headers["authorization"] == f"Bearer {sim.token}"
        assert request.headers["x-account"] == "139"
        assert request.headers["user-agent"] == "cloud66.cloud/test"
        assert request.headers["accept"] == "application/json"
    assert sim.requests[1].headers["content-type"] == "application/json"
    assert json.loads(sim.requests[1].body) == {"device_type": 1, "sub_type": 2}


def test_no_account_by_default(sim, make_client):
    make_client().get("stacks", STACK)
    assert "x-account" not in sim.requests[0].headers
    assert "content-type" not in sim.requests[0].headers


def test_each_try_has_its_own_request_id(sim, make_client):
    sim.fault("html", times=2)
    make_client().get("stacks", STACK)
    sent = {uuid.UUID(request.headers["x-request-id"]) for request in sim.requests}
    assert len(sent) == 3


def test_no_cookie_is_kept(make_client, local_server):
    server = local_server()
    server.answers = [(200, {"Set-Cookie": "session=1; Path=/"}, b"{}")]
    client = make_client(api_url=server.origin)
    client.get("x")
    client.get("x")
    assert "Cookie" not in server.requests[1].headers


@pytest.mark.parametrize("token", ["the-token", None])
def test_no_password_of_netrc_is_sent(make_settings, local_server, token):
    server = local_server()
    netrc = Path(os.environ["HOME"], ".netrc")
    netrc.write_text("machine 127.0.0.1 login jim password hunter2\n")
    netrc.chmod(0o600)
    Transport(make_settings(api_url=server.origin), token, "agent").send("GET", f"{server.origin}/x", "id")
    assert server.requests[0].headers["Authorization"] == (token and f"Bearer {token}")


def test_warnings_of_cloud_66_are_passed_on(sim, messages, make_client):
    sim.settings(warning="This call goes away")
    make_client().get("stacks", STACK)
    assert messages.warnings == ["Cloud 66 says: This call goes away"]


@pytest.mark.parametrize(("length", "words"), [("2000", "the answer was cut off"), ("²", None)])
def test_a_wrong_content_length(make_client, local_server, length, words):
    server = local_server()
    server.answers = [(200, {"Content-Length": length, "Connection": "close"}, b'{"response": {"a": 1}}')]
    client = make_client(api_url=server.origin, api_retries=0)
    if words is None:
        assert client.get("x") == {"a": 1}
    else:
        with pytest.raises(Cloud66Error, match=words):
            client.get("x")


def test_a_body_with_broken_compression(make_client, local_server):
    server = local_server()
    server.answers = [(200, {"Content-Encoding": "gzip"}, b"no gzip at all")]
    with pytest.raises(Cloud66Error, match="the answer was cut off"):
        make_client(api_url=server.origin, api_retries=0).get("x")


def test_a_body_that_cannot_be_sent(sim, make_client):
    with pytest.raises(Cloud66Error, match="the request could not be sent") as caught:
        make_client().post("users", 18, "devices", body={"token": float("nan")})
    assert caught.type is Cloud66Error
    assert sim.requests == []


# Proxies


@pytest.fixture
def through_sim(make_client):
    """A client of a host that only the simulator can reach, which also works as a proxy."""

    def make(**options):
        return make_client(api_url="http://cloud66.invalid/api/3", allow_plain_http=True, api_retries=0, **options)

    return make


def test_the_option_proxy(sim, through_sim, closed_port, monkeypatch):
    """It wins over the environment, including NO_PROXY."""
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port}")
    monkeypatch.setenv("NO_PROXY", "cloud66.invalid")
    assert through_sim(proxy=sim.origin).get("stacks", STACK)["uid"] == STACK
    assert sim.requests[0].headers["host"] == "cloud66.invalid"


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_proxies_of_the_environment(sim, through_sim, monkeypatch, variable):
    monkeypatch.setenv(variable, sim.origin)
    assert through_sim().get("stacks", STACK)["uid"] == STACK


def test_no_proxy(make_client, closed_port, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert make_client().get("stacks", STACK)["uid"] == STACK


def test_an_unreachable_proxy(make_client, closed_port):
    client = make_client(proxy=f"http://me:hunter2@127.0.0.1:{closed_port}", api_retries=1)
    with pytest.raises(Cloud66Error, match=r"cannot be reached \(Connection refused\)") as caught:
        client.post("users", 18, "devices", body={})
    assert f"the proxy http://127.0.0.1:{closed_port} (proxy)" in str(caught.value)
    assert client.usage.requests == 2, "nothing was sent, so it is retried"
    assert "hunter2" not in str(caught.value.facts())


@pytest.mark.parametrize(
    ("status", "words"),
    [(407, "requires a user and a password"), (403, "refuses to connect to https://cloud66.invalid (403")],
)
def test_an_https_proxy_that_refuses(make_client, local_server, monkeypatch, status, words):
    proxy = local_server()
    proxy.answers = [(status, {}, b"")]
    monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
    with pytest.raises(Cloud66Error) as caught:
        make_client(api_url="https://cloud66.invalid/api/3", api_retries=0).get("stacks")
    assert f"the proxy {proxy.origin} (HTTPS_PROXY) {words}" in str(caught.value)
    assert [(request.method, request.path) for request in proxy.requests] == [("CONNECT", "cloud66.invalid:443")]
    assert proxy.requests[0].headers["Authorization"] is None, "the token goes to Cloud 66 alone"


@pytest.mark.parametrize("proxy", ["ftp://127.0.0.1:21", "http://127.0.0.1:99999"])
def test_an_invalid_proxy(make_client, proxy):
    with pytest.raises(Cloud66Error, match="the request could not be sent"):
        make_client(proxy=proxy).get("stacks")


@pytest.mark.skipif(find_spec("socks") is not None, reason="PySocks is installed")
def test_a_socks_proxy_without_its_library(make_client, monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "socks5://me:hunter2@127.0.0.1:1080")
    with pytest.raises(Cloud66Error, match="-m pip install PySocks") as caught:
        make_client().get("stacks")
    assert "the proxy socks5://127.0.0.1:1080 (ALL_PROXY) requires the library PySocks" in str(caught.value)


def test_a_proxy_that_refuses_plain_http(make_client, local_server):
    proxy = local_server()
    proxy.answers = [(407, {}, b"")]
    client = make_client(api_url="http://cloud66.invalid/api/3", allow_plain_http=True, proxy=proxy.origin)
    with pytest.raises(Cloud66Error, match="Write the user and the password into the URL of the proxy"):
        client.get("stacks")


# TLS


@pytest.fixture(scope="module")
def authority():
    return pytest.importorskip("trustme").CA()


@pytest.fixture
def ca_path(authority, tmp_path):
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(file)
    return str(file)


@pytest.fixture
def tls_server(authority, local_server):
    return local_server(authority.issue_cert("127.0.0.1"))


def test_an_unknown_certificate_is_refused(tls_server, make_client):
    client = make_client(api_url=tls_server.origin)
    with pytest.raises(Cloud66Error) as caught:
        client.get("x")
    assert f"the TLS certificate of {tls_server.origin} cannot be verified (" in str(caught.value)
    assert str(caught.value).endswith("name that authority's certificate in ca_path.")
    assert client.usage.requests == 1
    assert tls_server.requests == []


def test_a_certificate_of_another_host_is_refused(authority, local_server, make_client, ca_path):
    server = local_server(authority.issue_cert("cloud66.example"))
    with pytest.raises(Cloud66Error, match=r"cannot be verified \(.+\): check api_url and this machine's clock"):
        make_client(api_url=server.origin, ca_path=ca_path).get("x")
    assert server.requests == []


@pytest.mark.parametrize("bundle", [None, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_ca_path(tls_server, make_client, ca_path, bundle, monkeypatch, tmp_path):
    if bundle:
        (tmp_path / "empty.pem").write_text("")
        monkeypatch.setenv(bundle, str(tmp_path / "empty.pem"))
    assert make_client(api_url=tls_server.origin, ca_path=ca_path).get("x") == {}


@pytest.mark.parametrize("bundle", [False, True])
def test_certificate_verification_can_be_disabled(tls_server, make_client, bundle, monkeypatch, recwarn):
    """Even if REQUESTS_CA_BUNDLE is set. The module warns, not urllib3."""
    if bundle:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/ssl/certs/ca-certificates.crt")
    assert make_client(api_url=tls_server.origin, validate_certs=False).get("x") == {}
    assert [str(warning.message) for warning in recwarn if "HTTPS" in str(warning.message)] == []


def test_tls_with_a_plain_http_server(sim, make_client):
    client = make_client(api_url=sim.url.replace("http", "https"), api_retries=0)
    with pytest.raises(Cloud66Error, match="does not speak TLS: check api_url, or use http://"):
        client.get("stacks")


def test_a_file_that_contains_no_certificates(tls_server, make_client, tmp_path):
    path = tmp_path / "empty.pem"
    path.write_text("nothing")
    with pytest.raises(Cloud66Error, match=f"there is no certificate in {path}; check ca_path"):
        make_client(api_url=tls_server.origin, ca_path=str(path)).get("x")


def test_a_bundle_that_disappeared(tls_server, make_client, monkeypatch):
    """A missing one is refused before (see test_settings.py), but another program may remove it."""
    client = make_client(api_url=tls_server.origin)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    with pytest.raises(Cloud66Error, match=r"check REQUESTS_CA_BUNDLE, which is /nowhere/ca\.pem"):
        client.get("x")


def test_a_redirect_from_https_to_http_is_refused(tls_server, local_server, make_client, ca_path):
    plain = local_server()
    tls_server.answers = [(302, {"Location": f"http://127.0.0.1:{urlsplit(tls_server.origin).port}/x"}, b"")]
    with pytest.raises(Cloud66Error, match="which must not get the token"):
        make_client(api_url=tls_server.origin, ca_path=ca_path).get("x")
    assert plain.requests == []


# Connections


def test_an_unknown_host(make_client):
    client = make_client(api_url="http://cloud66.invalid/api/3", allow_plain_http=True, api_retries=0)
    with pytest.raises(Cloud66Error, match=r"check the name cloud66.invalid \(api_url\) and the DNS"):
        client.get("stacks")


def test_a_process_reuses_its_connection(sim, make_client):
    for client in (make_client(), make_client()):
        client.get("stacks", STACK)
        client.put("users", 5, "devices", "maria/tablet 1", body={"device_type": 1, "sub_type": 2})
    assert len({request.client_port for request in sim.requests}) == 1


def test_other_settings_have_their_own_session(make_settings):
    first, second = make_settings(), make_settings(validate_certs=False)
    assert transport.session(first) is transport.session(make_settings())
    assert transport.session(first) is not transport.session(second)


def test_parallel_readers_reuse_their_connections(sim, make_client):
    """There are as many connections as workers, for any number of requests."""
    client = make_client()
    side_by_side(lambda _number: client.get("stacks", STACK), range(40), 4)
    assert len(sim.requests) == 40
    assert len({request.client_port for request in sim.requests}) <= 4


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_connection_is_not_shared_across_a_fork(sim, make_client):
    """Two processes that share a connection would get each other's answers."""
    client = make_client()
    client.get("stacks", STACK)
    child = os.fork()
    if child == 0:
        try:
            client.get("ping")
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    client.get("stacks", STACK)
    first, of_child, last = (request.client_port for request in sim.requests)
    assert first == last != of_child
