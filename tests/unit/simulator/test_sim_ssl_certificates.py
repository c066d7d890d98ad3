# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates that are installed, changed and removed in the background."""

from __future__ import annotations

import base64
import hashlib

import pytest

STACK = "f196c5b41758cb7977620d49eb1492ef"
PATH = f"/stacks/{STACK}/ssl_certificates"
PROVIDER = "dp-fbe3d478cdc610b187b38c1d2b6b016b"
ISSUED = {"type": "lets_encrypt", "ssl_termination": True, "server_names": "www.example.org, example.org"}
WILDCARD = {**ISSUED, "server_names": "*.example.org", "wildcard": True, "dns_provider_uuid": PROVIDER}
DER = b"not a real certificate"
PEM = f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(DER).decode()}\n-----END CERTIFICATE-----\n"
UPLOADED = {**ISSUED, "type": "manual", "certificate": PEM, "key": "a private key"}


@pytest.fixture
def send(call, conforms):
    """Write a certificate, and return the answer's certificate or error."""

    def write(operation, fields, uuid=None, form=False):
        method = {"create": "POST", "update": "PUT", "patch": "PATCH"}[operation]
        body = (
            {f"ssl_certificate[{name}]": value for name, value in fields.items()}
            if form
            else {"ssl_certificate": fields}
        )
        reply = call(method, f"{PATH}/{uuid}" if uuid else PATH, **{"form" if form else "body": body})
        answer = conforms(f"{operation}_ssl_certificate", reply)
        return answer.get("response", answer)

    return write


@pytest.fixture
def read(call, conforms):
    return lambda: conforms("list_ssl_certificates", call("GET", PATH))["response"]


@pytest.mark.parametrize("form", [False, True])
def test_a_certificate_is_installed_in_the_background(sim, send, read, form):
    sim.settings(certificate_seconds=60)
    answer = send("create", {**ISSUED, "ssl_termination": "true"} if form else ISSUED, form=form)
    assert (answer["status"], answer["sha256_fingerprint"], answer["expires_at"]) == (1, None, None)
    assert read() == [answer]
    sim.settings(clock_offset=61)
    [row] = read()
    assert (row["status"], row["server_names"]) == (3, "www.example.org, example.org")
    assert len(row["sha256_fingerprint"]) == 64
    assert row["expires_at"]


def test_it_may_not_have_begun_at_once(sim, send, read):
    sim.settings(certificate_seconds=60, certificate_first_status="not_installed")
    assert send("create", ISSUED)["status"] == 0
    sim.settings(clock_offset=31)
    assert read()[0]["status"] == 1
    sim.settings(clock_offset=61)
    assert read()[0]["status"] == 3


def test_it_may_fail(sim, send, read):
    sim.settings(certificate_fails=True, certificate_seconds=0)
    send("create", ISSUED)
    assert read()[0]["status"] == 2


@pytest.mark.parametrize("operation", ["update", "patch"])
def test_a_change_installs_it_again(sim, send, read, operation):
    sim.settings(certificate_seconds=60)
    row = sim.world.add_certificate(STACK, **ISSUED)
    answer = send(operation, {**ISSUED, "ssl_termination": False}, row["uuid"])
    assert (answer["status"], answer["ssl_termination"]) == (1, False)
    assert sim.writes[-1].notes["changes"] == ["ssl_termination"]
    sim.settings(clock_offset=30)
    send(operation, {**ISSUED, "server_names": "example.org"}, row["uuid"])
    sim.settings(clock_offset=61)
    assert read()[0]["status"] == 1, "the second one began anew"
    sim.settings(clock_offset=91)
    assert (read()[0]["status"], read()[0]["server_names"]) == (3, "example.org")


def test_a_put_that_changes_nothing_renews_the_certificate(sim, send, read):
    sim.settings(certificate_seconds=0)
    send("create", ISSUED)
    [first] = read()
    assert send("update", ISSUED, first["uuid"])["status"] == 1
    assert sim.writes[-1].notes["changes"] == []
    [second] = read()
    assert second["sha256_fingerprint"] != first["sha256_fingerprint"]


@pytest.mark.parametrize(("choice", "kept"), [("replace", False), ("merge", True)])
def test_what_a_put_leaves_out(sim, send, choice, kept):
    sim.settings(certificate_put=choice)
    row = sim.world.add_certificate(STACK, **WILDCARD)
    assert send("update", {**ISSUED, "server_names": "*.example.org"}, row["uuid"])["wildcard"] is kept
    row = sim.world.add_certificate(STACK, **WILDCARD)
    assert send("patch", ISSUED, row["uuid"])["wildcard"] is True


@pytest.mark.parametrize("intermediate", [None, PEM])
def test_what_was_uploaded_is_never_returned(sim, call, send, intermediate):
    answer = send("create", {**UPLOADED, "intermediate_certificate": intermediate})
    for row in (answer, *call("GET", PATH).json["response"], call("GET", f"{PATH}/{answer['uuid']}").json["response"]):
        assert (row["certificate"], row["key"], row["intermediate_certificate"]) == (None, None, None)
        assert row["has_intermediate_cert"] is (intermediate is not None)
        assert row["ca_name"] is None
    assert sim.world.certificates[STACK][0]["key"] == "a private key"


@pytest.mark.parametrize(("choice", "content"), [("der", DER), ("pem", PEM.encode())])
def test_the_fingerprint(sim, send, choice, content):
    sim.settings(fingerprint_of=choice)
    assert send("create", UPLOADED)["sha256_fingerprint"] == hashlib.sha256(content).hexdigest()


def test_an_answer_without_uuid_and_name(sim, send, read):
    sim.settings(certificate_answer="nameless")
    answer = send("create", ISSUED)
    [row] = read()
    assert (answer["uuid"], answer["name"]) == (None, None)
    assert {**answer, "uuid": row["uuid"], "name": row["name"]} == row
    assert send("update", ISSUED, row["uuid"])["uuid"] is None


@pytest.mark.parametrize("choice", ["certificate", "empty"])
def test_a_certificate_is_removed_in_the_background(sim, call, conforms, read, choice):
    sim.settings(certificate_seconds=60, certificate_delete_answer=choice)
    uuid = sim.world.add_certificate(STACK)["uuid"]
    for _number in range(2):
        reply = call("DELETE", f"{PATH}/{uuid}")
        assert reply.status == 200
        assert reply.body == b"" or conforms("delete_ssl_certificate", reply)["response"]["status"] == 4
    assert (choice == "empty") is (reply.body == b"")
    assert read()[0]["status"] == 4
    assert call("PUT", f"{PATH}/{uuid}", body={"ssl_certificate": ISSUED}).status == 409
    sim.settings(clock_offset=61)
    assert read() == []
    assert call("DELETE", f"{PATH}/{uuid}").status == 404


def test_a_removal_ends_an_installation(sim, call, send, read):
    sim.settings(certificate_seconds=60)
    uuid = send("create", ISSUED)["uuid"]
    sim.settings(clock_offset=10)
    call("DELETE", f"{PATH}/{uuid}")
    sim.settings(clock_offset=61)
    assert read()[0]["status"] == 4


def test_readings(sim, read):
    sim.world.add_certificate(STACK, server_names="www.example.org,example.org")
    sim.settings(certificate_status_as_text=True, server_names_read="sorted")
    assert (read()[0]["status"], read()[0]["server_names"]) == ("3", "example.org, www.example.org")


@pytest.mark.parametrize(("choice", "count"), [("store", 2), ("conflict", 1)])
def test_a_second_one_for_the_same_names(sim, send, read, choice, count):
    sim.settings(duplicate_certificates=choice)
    send("create", ISSUED)
    answer = send("create", {**ISSUED, "server_names": "example.org,www.example.org"})
    assert answer.get("error") == (None if choice == "store" else "conflict")
    assert len(read()) == count


@pytest.mark.parametrize("other", [WILDCARD, UPLOADED])
def test_kinds_are_not_mixed(sim, send, read, other):
    send("create", ISSUED)
    assert send("create", other)["error"] == "conflict"
    sim.settings(mixed_certificates="store")
    assert send("create", other)["type"] == other["type"]


@pytest.mark.parametrize(
    ("fields", "changes"),
    [
        (ISSUED, {"server_names": " , "}),
        (ISSUED, {"wildcard": True}),
        (ISSUED, {"dns_provider_uuid": "dp-nobody"}),
        (ISSUED, {"type": "bought"}),
        (ISSUED, {"ssl_termination": None}),
        (UPLOADED, {"key": None}),
        (UPLOADED, {"wildcard": True, "dns_provider_uuid": PROVIDER}),
        (UPLOADED, {"certificate": "no PEM"}),
        (UPLOADED, {"certificate": "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----"}),
        (UPLOADED, {"intermediate_certificate": "no PEM"}),
    ],
)
def test_certificates_that_are_refused(sim, send, read, fields, changes):
    assert send("create", {**fields, **changes})["error"] == "bad_request"
    assert read() == []


def test_the_body_is_wrapped(call):
    assert call("POST", PATH, body=ISSUED).status == 400
    assert call("POST", PATH, form={**ISSUED, "ssl_termination": "true"}).status == 400
    assert call("POST", PATH, form="ssl_certificate=x&ssl_certificate[type]=manual").status == 400


def test_the_list_can_move(sim, call):
    sim.world.add_certificate(STACK)
    sim.settings(per_page=1)
    sim.fault("moving")
    first, second = (call("GET", f"{PATH}?page={page}").json["response"] for page in (1, 2))
    assert first == second
