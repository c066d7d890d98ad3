# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes to environment variables."""

from __future__ import annotations

import json

import pytest

STACK = "f196c5b41758cb7977620d49eb1492ef"
PATH = f"/stacks/{STACK}/environments"
KEY_EXISTS = "Another environment variable with the same key exists. Use PUT to change it."


@pytest.fixture(autouse=True)
def _at_once(sim):
    sim.settings(action_seconds=0)


@pytest.fixture
def values(call):
    return lambda: {row["key"]: row["value"] for row in call("GET", PATH).json["response"]}


def bulk(values, form="json", strategy="deployment"):
    contents = json.dumps(values) if form == "json" else "".join(f"{key}={value}\n" for key, value in values.items())
    return {"environments_format": form, "contents": contents, "apply_strategy": strategy}


@pytest.mark.parametrize("form", [False, True])
def test_create_update_and_delete_a_variable(sim, call, conforms, values, form):
    def send(method, path, fields):
        return call(method, path, **{"form" if form else "body": fields})

    new = {"key": "COLOUR", "value": "red", "apply_strategy": "immediately"}
    action = conforms("create_environment_variable", send("POST", PATH, new))["response"]
    assert action["action"] == "env-var-new"
    assert values()["COLOUR"] == "red"
    action = conforms("update_environment_variable", send("PUT", f"{PATH}/COLOUR", {"value": "blue"}))["response"]
    assert action["action"] == "env-var-update"
    row = next(row for row in call("GET", PATH).json["response"] if row["key"] == "COLOUR")
    assert (row["value"], [old["value"] for old in row["history"]]) == ("blue", ["red"])
    conforms("delete_environment_variable", call("DELETE", f"{PATH}/COLOUR"))
    assert "COLOUR" not in values()
    assert call("DELETE", f"{PATH}/COLOUR").status == 404
    assert call("PUT", f"{PATH}/COLOUR", body={"value": "x"}).status == 404
    notes = [record.notes for record in sim.writes if record.applied]
    assert notes[0] == {"apply_strategy": "immediately", "changed": ["COLOUR"]}
    assert notes[1]["apply_strategy"] == "deployment"
    assert notes[2] == {"removed": ["COLOUR"]}


@pytest.mark.parametrize("status", [409, 400])
def test_existing_key(sim, call, conforms, status):
    sim.settings(duplicate_key_status=status, action_seconds=60)
    for fields in ({"key": "LOG_LEVEL", "value": "x"}, {"key": "PENDING", "value": "x"}):
        reply = call("POST", PATH, body=fields)
        if fields["key"] == "PENDING":
            assert reply.status == 200
            reply = call("POST", PATH, body=fields)
        assert (reply.status, conforms("create_environment_variable", reply)["details"]) == (status, KEY_EXISTS)


def test_key_can_be_created_after_a_failed_action(sim, call, values):
    sim.settings(action_failure="No")
    assert call("POST", PATH, body={"key": "PENDING", "value": "x"}).status == 200
    assert "PENDING" not in values()
    sim.settings(action_failure=None)
    assert call("POST", PATH, body={"key": "PENDING", "value": "x"}).status == 200
    assert values()["PENDING"] == "x"


@pytest.mark.parametrize("status", [400, 403, 409])
def test_readonly_and_generated_variables(sim, call, conforms, values, status):
    sim.settings(readonly_status=status)
    before = values()
    for method, key, operation in (
        ("PUT", "STACK_BASE", "update_environment_variable"),
        ("DELETE", "STACK_BASE", "delete_environment_variable"),
        ("DELETE", "RAILS_ENV", "delete_environment_variable"),
    ):
        reply = call(method, f"{PATH}/{key}", body={"value": "x"} if method == "PUT" else None)
        assert reply.status == status
        assert key in conforms(operation, reply)["details"]
    reply = call("PATCH", f"{PATH}/bulk", body=bulk({"STACK_BASE": "x", "NEW": "1"}))
    assert reply.status == status
    assert values() == before
    assert call("PUT", f"{PATH}/RAILS_ENV", body={"value": "test"}).status == 200
    assert call("PATCH", f"{PATH}/bulk", body=bulk({"STACK_BASE": before["STACK_BASE"], "NEW": "1"})).status == 200
    sim.settings(bulk_readonly="ignore")
    assert call("PATCH", f"{PATH}/bulk", body=bulk({"STACK_BASE": "x", "NEW": "2"})).status == 200
    assert values() == {**before, "RAILS_ENV": "test", "NEW": "2"}


@pytest.mark.parametrize("form", ["json", "dotenv"])
@pytest.mark.parametrize("patch_deletes", [False, True])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_bulk_writes(sim, call, conforms, values, form, patch_deletes, method):
    sim.settings(bulk_patch_deletes=patch_deletes)
    before = values()
    user_keys = {"LOG_LEVEL", "WEB_CONCURRENCY", "API_SECRET"}
    reply = call(method, f"{PATH}/bulk", body=bulk({"LOG_LEVEL": "debug", "WEB_CONCURRENCY": "4", "NEW": "1"}, form))
    operation = {"POST": "replace_environment_variables", "PATCH": "merge_environment_variables"}[method]
    assert conforms(operation, reply)["response"]["action"] == "env-var-bulk"
    expected = {**before, "LOG_LEVEL": "debug", "NEW": "1"}
    if (method == "PATCH") == patch_deletes:
        del expected["API_SECRET"]
    assert values() == expected
    removed = sorted(user_keys - set(expected))
    notes = {"apply_strategy": "deployment", "changed": ["LOG_LEVEL", "NEW"], "removed": removed}
    assert sim.writes[-1].notes == notes


def test_dotenv_syntax(call, values):
    text = '# comment\n\nexport A = 1\nB=\'$x "y"\'\nC="one\\ntwo \\\\ \\"q\\""\nD=\nE=a=b#c\n'
    body = {"environments_format": "dotenv", "contents": text, "apply_strategy": "deployment"}
    assert call("PATCH", f"{PATH}/bulk", body=body).status == 200
    read = values()
    assert [read[key] for key in "ABCDE"] == ["1", '$x "y"', 'one\ntwo \\ "q"', "", "a=b#c"]


def test_export_can_be_imported(call, values):
    before = values()
    for form in ("json", "dotenv"):
        contents = call("GET", f"{PATH}?environments_format={form}").json["response"]["contents"]
        body = {"environments_format": form, "contents": contents, "apply_strategy": "deployment"}
        assert call("POST", f"{PATH}/bulk", body=body).status == 200
        assert values() == before


def test_json_values_become_strings(call, values):
    assert call("PATCH", f"{PATH}/bulk", body=bulk({"A": 1, "B": True, "C": 1.5})).status == 200
    assert [values()[key] for key in "ABC"] == ["1", "true", "1.5"]


@pytest.mark.parametrize(
    "changes",
    [
        {"apply_strategy": "later"},
        {"apply_strategy": None},
        {"environments_format": "xml"},
        {"contents": "["},
        {"contents": "[]"},
        {"contents": '{"A": null}'},
        {"contents": '{"A": {}}'},
        {"contents": '{" ": "x"}'},
        {"environments_format": "dotenv", "contents": "A\n"},
        {"environments_format": "dotenv", "contents": "=1"},
    ],
)
def test_bulk_write_is_refused(call, conforms, values, changes):
    before = values()
    for method, operation in (("POST", "replace_environment_variables"), ("PATCH", "merge_environment_variables")):
        reply = call(method, f"{PATH}/bulk", body={**bulk({"A": "1"}), **changes})
        assert conforms(operation, reply)["error"] == "bad_request"
    assert values() == before


@pytest.mark.parametrize("strategy", ["later", "", None, 1])
def test_invalid_apply_strategy(call, strategy):
    assert call("POST", PATH, body={"key": "A", "value": "1", "apply_strategy": strategy}).status == 400
    assert call("PUT", f"{PATH}/LOG_LEVEL", body={"value": "1", "apply_strategy": strategy}).status == 400
    assert call("POST", PATH, body={"key": " ", "value": "1"}).status == 400


def test_default_apply_strategy(sim, call):
    sim.settings(default_apply_strategy="immediately")
    call("POST", PATH, body={"key": "A", "value": "1"})
    assert sim.writes[-1].notes["apply_strategy"] == "immediately"
    assert call("GET", "//_sim/requests").json[-1]["notes"]["changed"] == ["A"]


def test_delete_with_an_empty_answer(sim, call, values):
    sim.settings(env_delete_answer="empty")
    reply = call("DELETE", f"{PATH}/LOG_LEVEL")
    assert (reply.status, reply.body) == (200, b"")
    assert "LOG_LEVEL" not in values()


@pytest.mark.parametrize("visible", ["end", "start"])
def test_when_a_change_becomes_visible(sim, call, values, visible):
    sim.settings(async_visible=visible, action_seconds=60)
    call("PUT", f"{PATH}/LOG_LEVEL", body={"value": "debug"})
    assert (values()["LOG_LEVEL"] == "debug") is (visible == "start")
    sim.settings(clock_offset=61)
    assert values()["LOG_LEVEL"] == "debug"
