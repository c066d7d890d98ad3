# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of ConfigStore."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

PATH = "/configstore/namespaces/account-139/records"
RECORD = {"key": "smtp.password", "raw_value": "czNjcmV0", "metadata": {"owner": "ops"}, "ttl": 60}


def encoded(key):
    return quote(key, safe="").replace(".", "%2E")


def put(call, fields):
    return call("PUT", f"{PATH}/{encoded(fields['key'])}", body={"record": fields})


def test_a_record_is_added_changed_and_removed(call, conforms):
    added = conforms("create_config_store_record", call("POST", PATH, body={"record": RECORD}))["response"]
    assert added == RECORD
    path = f"{PATH}/smtp%2Epassword"
    assert conforms("get_config_store_record", call("GET", path))["response"] == RECORD
    changed = conforms("update_config_store_record", put(call, {**RECORD, "raw_value": "bmV3"}))["response"]
    assert changed == {**RECORD, "raw_value": "bmV3"}
    assert conforms("delete_config_store_record", call("DELETE", path))["response"] == changed
    assert call("GET", path).status == 404


@pytest.mark.parametrize("suffix", ["", ".json"])
def test_a_dot_that_is_not_encoded_is_a_format(call, suffix):
    assert call("GET", f"{PATH}/onesignal%2Eapi_key{suffix}").status == 200
    assert call("GET", f"{PATH}/onesignal%2eapi_key{suffix}").status == 200
    for method, body in (("GET", None), ("PUT", {"record": {**RECORD, "key": "onesignal.api_key"}}), ("DELETE", None)):
        assert call(method, f"{PATH}/onesignal.api_key{suffix}", body=body).status == 404
    assert len(call("GET", PATH).json["response"]) == 1


@pytest.mark.parametrize("key", ["a/b", "100%", "with blanks", "größe", ".", "..", "a.json", "a?b#c"])
def test_any_key(call, key):
    fields = {"key": key, "raw_value": "eA=="}
    assert call("POST", PATH, body={"record": fields}).status == 200
    assert put(call, fields).status == 200
    assert call("DELETE", f"{PATH}/{encoded(key)}").json["response"]["key"] == key


@pytest.mark.parametrize("status", [400, 409, 422, 500])
def test_a_key_twice(sim, call, status):
    sim.settings(duplicate_record_status=status)
    replies = [call("POST", PATH, body={"record": RECORD}) for _number in range(2)]
    assert [reply.status for reply in replies] == [200, status]
    assert "Duplicate entry 'smtp.password'" in replies[1].json["details"]


@pytest.mark.parametrize(("choice", "metadata", "ttl"), [("replace", None, None), ("merge", {"owner": "ops"}, 60)])
def test_what_a_put_leaves_out(sim, call, choice, metadata, ttl):
    sim.settings(record_put=choice)
    call("POST", PATH, body={"record": RECORD})
    read = put(call, {"key": RECORD["key"], "raw_value": "bmV3"}).json["response"]
    assert read == {"key": RECORD["key"], "raw_value": "bmV3", "metadata": metadata, "ttl": ttl}


@pytest.mark.parametrize(("choice", "read"), [("null", (None, None)), ("empty", ({}, 0))])
@pytest.mark.parametrize("given", [{}, {"metadata": {}, "ttl": 0}, {"metadata": None, "ttl": None}])
def test_what_is_empty(sim, call, conforms, choice, read, given):
    sim.settings(record_blanks=choice)
    reply = call("POST", PATH, body={"record": {"key": "x", "raw_value": "", **given}})
    record = conforms("create_config_store_record", reply)["response"]
    assert (record["metadata"], record["ttl"]) == read


def test_a_value_in_lines(sim, call):
    sim.settings(record_value_wrapped=True)
    value = base64.b64encode(b"x" * 100).decode()
    call("POST", PATH, body={"record": {"key": "long", "raw_value": value}})
    sim.world.add_record("account-139", "odd", "no base64!")
    assert call("GET", f"{PATH}/long").json["response"]["raw_value"].split() == [value[:76], value[76:]]
    assert call("GET", f"{PATH}/odd").json["response"]["raw_value"] == "no base64!"


def test_a_namespace_is_of_an_account_or_a_stack(sim, call):
    stack = call("GET", "/stacks").json["response"][0]
    path = f"/configstore/namespaces/{stack['configstore_namespace']}/records"
    assert call("GET", path).json["response"] == []
    sim.world.add_record(stack["configstore_namespace"], "colour", value="blue")
    assert [row["raw_value"] for row in call("GET", path).json["response"]] == ["Ymx1ZQ=="]
    assert call("GET", "/configstore/namespaces/nobodys/records").status == 404
    assert call("POST", "/configstore/namespaces/nobodys/records", body={"record": RECORD}).status == 404


@pytest.mark.parametrize(
    "body",
    [RECORD, {"record": {"key": "x"}}, {"record": {**RECORD, "key": ""}}, {"record": {**RECORD, "metadata": {"a": 1}}}],
)
def test_records_that_are_refused(sim, call, conforms, body):
    assert conforms("create_config_store_record", call("POST", PATH, body=body))["error"] == "bad_request"
    assert not sim.writes[-1].applied


def test_a_key_cannot_be_changed(call):
    assert call("PUT", f"{PATH}/onesignal%2Eapi_key", body={"record": RECORD}).status == 400


def test_the_list_can_move(sim, call):
    sim.settings(per_page=1)
    sim.fault("moving")
    pages = [call("GET", f"{PATH}?page={page}").json["response"] for page in (1, 2)]
    assert pages[0] == pages[1]
