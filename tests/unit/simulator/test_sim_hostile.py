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

STACK = "f196c5b41758cb7977620d49eb1492ef"
AUTHORIZATION = {"Authorization": "Bearer 4c9c9b1111"}
EXAMPLES = 8


def path_values(world):
    """Return values for path parameters that exist.

    Entries for an operationId override them, and add the fields that a body needs to be accepted. Their `prepare` is
    called before each valid request.
    """
    bulk = {"body": {"environments_format": "json", "contents": '{"A": "1"}'}}

    def deploy():
        world.deploys.ask(world.stack(STACK), None, None, None)
        return {"deployment_id": world.deployments[STACK][0]["id"]}

    def refill():
        world.env_vars.pop(STACK, None)
        return {"key": "LOG_LEVEL"}

    registry = {"url": "https://quay.io", "username": "a", "email": "a@example.com", "password": "b"}
    certificate = {"type": "lets_encrypt", "ssl_termination": True, "server_names": "a.example.com"}
    changed = {
        "body": {"ssl_certificate": certificate},
        "prepare": lambda: {"id": world.add_certificate(STACK, **certificate)["uuid"]},
    }

    def record(key):
        return {"body": {"record": {"key": key, "raw_value": "eA=="}}, "prepare": new_record}

    def new_record():
        world.records["account-139"] = []
        world.add_record("account-139", "known", value="x")
        return {"key": "known"}

    formation = world.formations[STACK][0]

    def in_formation(key, **fields):
        """A new part of a formation that has none of this kind."""
        body = {key: fields} if fields else {}

        def without_parts():
            for parts in ("policies", "transformations", "workflows", "helm_releases"):
                formation[parts].clear()
            return {}

        return {"body": {"message": "a", **body}, "prepare": without_parts}

    def no_formations():
        world.formations[STACK] = []
        return {}

    def new_variant():
        return {"id": world.add_variant(STACK, "canary")["uid"]}

    text = "eA=="
    template = {"git_repo": "https://git.example.com/new.git", "git_branch": "main"}
    repository = {"repo": "https://git.example.com/stencils.git", "branch": "master"}
    stencil = {"filename": "new.yml", "body": "x"}

    def without_stencils():
        formation["stencils"].clear()
        return {}

    def no_templates():
        world.base_templates[139] = []
        return {}

    return {
        "base_template_id": world.base_templates[139][0]["uid"],
        "create_base_template": {"body": {"base_template": template}, "prepare": no_templates},
        "update_base_template": {"body": {"base_template": template}},
        "delete_base_template": {"prepare": lambda: {"base_template_id": world.add_base_template()["uid"]}},
        "patch_application_variant": {"body": {"operation": "commit"}, "prepare": new_variant},
        "update_application_variant": {"body": {"operation": "commit"}, "prepare": new_variant},
        "delete_application_variant": {"prepare": lambda: {"id": world.add_variant(STACK, "preview")["uid"]}},
        "formation_id": formation["uid"],
        "stencil_id": formation["stencils"][0]["uid"],
        "snapshot_id": world.snapshots[STACK][0]["uid"],
        "operation_uid": "op-1",
        "update_stencil": {"body": {"body": text}},
        "render_stencil": {"body": {"body": text, "snapshot_id": world.snapshots[STACK][0]["uid"]}},
        "add_stencils": {
            "body": {"btr_uuid": formation["base_templates"][0]["uid"], "stencils": [stencil]},
            "prepare": without_stencils,
        },
        "create_formation": {"body": {"name": "new", "base_templates": [repository]}, "prepare": no_formations},
        "add_policy": in_formation("policy", name="a"),
        "add_transformation": in_formation("transformation", name="a"),
        "add_workflow": in_formation("workflow", name="a"),
        "add_helm_release": in_formation("helm_release", display_name="a", chart_name="b"),
        "stack_id": STACK,
        "namespace": "account-139",
        "entity_type": "server",
        "entity_id": world.servers[STACK][0]["uid"],
        "server_id": world.servers[STACK][0]["uid"],
        "backup_id": world.backups[STACK][0]["id"],
        "id": world.start_action(STACK, "restart")["id"],
        "user_id": 5,
        "token": "maria%2Ftablet%201",
        "account_id": 139,
        "cloud_id": "digitalocean",
        "update_device_by_body": {"body": {"token": "maria/tablet 1"}},
        "get_firewall_rule": {"id": world.firewalls[STACK][0]["id"]},
        "create_firewall_rule": {"body": {"ttl": 20, "server_id": ""}},
        "get_environment_variable": {"key": str(world.env_vars[STACK][0]["id"])},
        "set_access_ssh_key": {"body": {"public_key": "c3NoLWVkMjU1MTkgQUFBQQ=="}},
        "get_deployment": {"deployment_id": world.deployments[STACK][-1]["id"]},
        "cancel_deployment": {"prepare": deploy},
        "create_stack": {"body": {"name": "a", "environment": "b", "service_yaml": "{}", "manifest_yaml": "{}"}},
        "run_stack_action": {"body": {"command": "restart", "server": "", "server_uid": "", "server_id_filter": ""}},
        "get_stack_setting": {"id": "git-branch"},
        "update_stack_setting": {"id": "git-branch"},
        "get_server_setting": {"id": "server-name"},
        "update_server_setting": {"id": "server-name"},
        "create_service_yaml_version": {"body": {"service_yaml": "{}"}},
        "get_service_yaml_version": {"version": world.service_yamls[STACK][0]["uid"]},
        "create_manifest_yaml_version": {"body": {"manifest_yaml": "{}"}},
        "get_manifest_yaml_version": {"version": world.manifest_yamls[STACK][0]["uid"]},
        "type": "nginx",
        "create_environment_variable": {"body": {"key": "NEW"}, "prepare": refill},
        "update_environment_variable": {"prepare": refill},
        "delete_environment_variable": {"prepare": refill},
        "replace_environment_variables": bulk,
        "merge_environment_variables": bulk,
        "create_image_repository": {"body": registry},
        "get_image_repository": {"id": world.image_repositories[139][0]["id"]},
        "update_image_repository": {"id": world.image_repositories[139][0]["id"], "body": registry},
        "delete_image_repository": {"prepare": lambda: {"id": world.add_image_repository()["id"]}},
        "create_config_store_record": record("new"),
        "get_config_store_record": {"prepare": new_record},
        "update_config_store_record": record("known"),
        "delete_config_store_record": {"prepare": new_record},
        "create_ssl_certificate": {"body": {"ssl_certificate": certificate}},
        "get_ssl_certificate": changed,
        "update_ssl_certificate": changed,
        "patch_ssl_certificate": changed,
        "delete_ssl_certificate": changed,
        "replace_tags": {"body": {"tags": ["a"]}},
        "patch_tags": {"body": {"operations": [{"op": "add", "tags": ["a"]}]}},
    }


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

    known = path_values(sim.world)
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
