# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile requests: the answer is never a 500 and always conforms to the contract."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

import pytest
from simulator.operations import HANDLERS
from unit.fixtures.programs import HANG
from unit.simulator import sample_requests

STACK = sample_requests.STACK
AUTHORIZATION = {"Authorization": "Bearer 4c9c9b1111"}
EXAMPLES = 8


@pytest.fixture(scope="session")
def fuzzer(contract, tmp_path_factory):
    """The contract as a schemathesis schema."""
    schemathesis = pytest.importorskip("schemathesis", reason="needs schemathesis, for Python 3.11 and newer")
    from hypothesis.configuration import set_hypothesis_home_dir

    set_hypothesis_home_dir(tmp_path_factory.mktemp("hypothesis"))
    return schemathesis.openapi.from_dict(contract)


@pytest.mark.parametrize("operation_id", sorted(HANDLERS))
def test_schemathesis(sim, fuzzer, operation_id):
    """Test every implemented operation with valid and invalid requests."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis.errors import Unsatisfiable
    from schemathesis import GenerationMode
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    known = sample_requests.of(sim.world)
    known |= known.get(operation_id, {})
    sim.settings(limit=10**9, put_answer="device", delete_answer="acknowledgement", action_seconds=0, cancel_seconds=0)
    fuzzer.config.update(base_url=sim.url)
    wanted_checks = [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
        checks.negative_data_rejection,
    ]
    quick = settings(
        derandomize=True, max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    (operation,) = [result.ok() for result in fuzzer.include(operation_id=operation_id).get_all_operations()]

    def run(mode):
        @quick
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case):
            if mode is GenerationMode.POSITIVE:
                values = known | known.get("prepare", dict)()
                case.path_parameters = {name: values[name] for name in case.path_parameters or {}}
                if "query" in values:
                    case.query = {**(case.query or {}), **values["query"]}
                if isinstance(case.body, dict):
                    case.body.update(values.get("body", {}))
            case.call_and_validate(headers=AUTHORIZATION, checks=wanted_checks)

        send()

    run(GenerationMode.POSITIVE)
    # A call without parameters has no invalid requests.
    with suppress(Unsatisfiable):
        run(GenerationMode.NEGATIVE)
    statuses = {record.status for record in sim.requests if record.operation_id == operation_id}
    assert 200 in statuses
    assert {record.operation_id for record in sim.requests} <= {operation_id, None}


PIECES = [
    *("/", "//", "/..", "/.", "%", "%2F", "%00", "%ff", "%C3%28", "%2e%2e", "\\", "?", "&", "=", ";", ":", "@", "*"),
    *(
        "/api/3",
        "/stacks",
        "/users",
        "/18",
        "/devices",
        ".json",
        "/" + STACK,
        "/backups",
        "page=",
        "-1",
        "9" * 30,
        "[]",
    ),
    *("é", "🐑", "\x7f", "{{x}}", "'", '"', "<b>", "/oauth/token", "/oauth/authorize"),
]
BODIES = [
    b"",
    b"{",
    b"[" * 100_000,
    b'{"token":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    b"null",
    b"[]",
    b'"text"',
    b"1e999",
    b"9" * 5_000,
    b'{"token": "\\ud800", "device_type": 1, "sub_type": 1}',
    b'{"token": "x", "device_type": NaN, "sub_type": 1}',
    b'{"token": "x", "device_type": 1e400, "sub_type": 1}',
    b'{"token": "x", "device_type": 1, "sub_type": ' + b"9" * 4_000 + b"}",
    b"\xff\xfe",
    b"token=%ff&device_type=1&sub_type=1",
    b"&&&==&%",
    b"group=%00&page=1",
]
TYPES = ["", "application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data", "\x01;", "é"]
SURROGATES = {
    "deployments": {"git_ref": "\ud800", "user_reference": "\ud800", "services": ["\ud800"]},
    "environments": {"key": "\ud800", "value": "\ud800"},
    "service_yaml": {"service_yaml": "a: \ud800"},
    "manifest_yaml": {"manifest_yaml": "[" * 100_000},
    "actions": {"command": "\ud800"},
    "configuration/nginx/update": {"body": "\ud800", "must_apply": True},
    "environments/bulk": {"environments_format": "json", "contents": "[" * 100_000, "apply_strategy": "deployment"},
    "ssl_certificates": {
        "ssl_certificate": {
            "type": "manual",
            "ssl_termination": True,
            "server_names": "\ud800",
            "certificate": "-----BEGIN CERTIFICATE-----\ud800-----END CERTIFICATE-----",
            "key": "\ud800",
        }
    },
    "firewalls": {"from_ip": "\ud800", "port": 1, "to_group_id": 10**4000},
}


def raw(sim, method, target, content_type, body):
    """Send a request that no well-behaved client would send. Returns the status."""
    host, port = sim.origin.removeprefix("http://").split(":")
    head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer 4c9c9b1111\r\nConnection: close\r\n"
    head += f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=HANG) as connection:
        connection.sendall(head.encode() + body)
        received = b""
        while b"\r\n" not in received:
            piece = connection.recv(4096)
            if not piece:
                break
            received += piece
    return int(received.split(b" ", 2)[1])


ALLOWED = {200, 400, 401, 403, 404, 409, 503}


def test_garbage_paths(sim):
    sim.settings(limit=10**9)
    chance = random.Random(66)
    for _number in range(400):
        target = chance.choice(["/api/3/", "/", "/api/3/users/18/devices/", "/api/3/stacks?"])
        target += "".join(chance.choices(PIECES, k=chance.randint(1, 6)))
        method = chance.choice(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW"])
        status = raw(sim, method, target, "application/json", b"")
        assert status in ALLOWED, (method, target, status)


@pytest.mark.parametrize("content_type", TYPES)
def test_garbage_bodies(sim, content_type):
    for body in BODIES:
        for method, path in (
            ("POST", "/api/3/users/18/devices"),
            ("PUT", "/api/3/users/18/devices/x"),
            ("GET", f"/api/3/stacks/{STACK}/backups"),
            ("DELETE", "/api/3/users/18/devices/x"),
            ("POST", "/oauth/token"),
        ):
            status = raw(sim, method, path, content_type, body)
            assert status in ALLOWED, (method, path, content_type, body[:60], status)


@pytest.mark.parametrize("path", SURROGATES)
def test_unencodable_and_deeply_nested_texts(sim, call, path):
    sim.settings(action_seconds=0, deploy_seconds=0)
    reply = call("POST", f"/stacks/{STACK}/{path}", body=SURROGATES[path])
    assert reply.status in ALLOWED
    for listed in (path.partition("/")[0], "actions", "deployments"):
        assert call("GET", f"/stacks/{STACK}/{listed}").status == 200


@pytest.mark.parametrize(
    "target", ["*", "http://[x/api/3/ping", "http://x:y/", "http:///", "app.cloud66.com:443", "x", "http://[::1]/%"]
)
def test_garbage_targets(sim, target):
    for method in ("GET", "CONNECT", "OPTIONS"):
        status = raw(sim, method, target, "", b"")
        assert status in ALLOWED, (method, target, status)


def test_body_too_large(sim):
    assert raw(sim, "POST", "/api/3/users/18/devices", "application/json", b" " * 2_000_000) == 413
    assert raw(sim, "GET", "/api/3/ping", "", b"") == 200
