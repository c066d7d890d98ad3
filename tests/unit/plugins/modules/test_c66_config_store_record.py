# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_config_store_record: a key in the path, a secret value in base64, and metadata that can be cleared."""

from __future__ import annotations

import base64

import pytest
from simulator.seed import AWESOME_APP
from unit.fixtures.writes import LOST

SECRET = "a-value-that-nobody-must-see"
RAW = base64.b64encode(SECRET.encode()).decode()
KEY = "onesignal.api_key"
SHOWN = {"key": KEY, "metadata": {"owner": "mobile"}, "ttl": 60}
WANTED = {"stack": "Awesome App", "value": SECRET, **SHOWN}
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


@pytest.fixture
def record(run_module):
    """Run c66_config_store_record, and check that no value is shown."""

    def call(**args):
        run = run_module("c66_config_store_record", **{"diff": True, **WANTED, **args})
        shown = str([run.result, run.warnings, run.notices, run.logs])
        assert SECRET not in shown
        assert RAW not in shown
        return run

    return call


@pytest.fixture
def namespace(sim):
    return sim.world.stack(AWESOME_APP)["configstore_namespace"]


@pytest.fixture
def existing(sim, namespace):
    return sim.world.add_record(namespace, KEY, RAW, metadata={"owner": "mobile"}, ttl=60)


def methods(sim):
    return [write.method for write in sim.writes]


def states(run):
    return run.result["diff"]["before"], run.result["diff"]["after"]


def text_of(row):
    return base64.b64decode(row["raw_value"]).decode()


def test_present_twice(sim, record, namespace, sent):
    first = record()
    assert first.result["changed"]
    assert states(first) == ({}, {**SHOWN, "raw_value": HIDDEN})
    assert first.result["config_store_record"] == SHOWN
    second = record()
    assert not second.result["changed"]
    assert states(second) == (SHOWN, SHOWN)
    assert second.result["config_store_record"] == SHOWN
    assert sent() == [("POST", "records", {"record": {**SHOWN, "raw_value": RAW}})]
    assert sim.world.records[namespace] == [{**SHOWN, "raw_value": RAW}]


@pytest.mark.parametrize("choice", ["replace", "merge"])
@pytest.mark.parametrize(
    ("args", "stored"),
    [
        ({"value": "new"}, {"raw_value": "bmV3"}),
        ({"metadata": {"team": "ops"}}, {"metadata": {"team": "ops"}}),
        ({"ttl": 90}, {"ttl": 90}),
        ({"ttl": 90, "value": None, "metadata": None}, {"ttl": 90}),
    ],
)
def test_an_update_keeps_fields_that_are_not_given(sim, record, existing, choice, args, stored):
    """Whether a PUT replaces or merges."""
    sim.settings(record_put=choice)
    before = dict(existing)
    assert record(**args).result["changed"]
    assert existing == {**before, **stored}
    assert methods(sim) == ["PUT"]
    assert not record(**args).result["changed"]


@pytest.mark.usefixtures("existing")
def test_the_diff_shows_that_the_value_changes(record):
    before, after = states(record(value="new"))
    assert (before, after) == (SHOWN, {**SHOWN, "raw_value": HIDDEN})


@pytest.mark.parametrize("choice", ["replace", "merge"])
@pytest.mark.parametrize("blanks", ["null", "empty"])
def test_metadata_and_ttl_can_be_cleared(sim, record, existing, choice, blanks):
    sim.settings(record_put=choice, record_blanks=blanks)
    assert record(metadata={}, ttl=0).result["changed"]
    assert (existing["metadata"], existing["ttl"], existing["raw_value"]) == ({}, 0, RAW)
    assert not record(metadata={}, ttl=0).result["changed"]
    assert not record(metadata=None, ttl=None).result["changed"]
    assert methods(sim) == ["PUT"]


@pytest.mark.parametrize("blanks", ["null", "empty"])
def test_a_record_with_only_a_value(sim, record, blanks):
    sim.settings(record_blanks=blanks)
    assert record(metadata=None, ttl=None).result["changed"]
    assert not record(metadata=None, ttl=None).result["changed"]
    assert not record(metadata={}, ttl=0).result["changed"]
    assert methods(sim) == ["POST"]


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("value", ["", " ", "two\nlines\n", "größe 🐑", "0", "x" * 1000])
def test_any_value(sim, record, namespace, value, wrapped):
    sim.settings(record_value_wrapped=wrapped)
    assert record(value=value).result["changed"]
    assert text_of(sim.world.records[namespace][0]) == value
    assert not record(value=value).result["changed"]
    assert record(value=value, ttl=1).result["changed"]
    assert text_of(sim.world.records[namespace][0]) == value


def test_a_value_that_is_not_base64_differs(sim, record, namespace):
    row = sim.world.add_record(namespace, KEY, "no base64!")
    assert record().result["changed"]
    assert row["raw_value"] == RAW


@pytest.mark.parametrize(
    "key", ["smtp.password", "a/b", "100%", "with blanks", "größe", "a?b#c", "a.json", "...", "%2E"]
)
def test_any_key(sim, record, namespace, key):
    """Cloud 66 takes what follows an unencoded dot for a format, and does not find the record."""
    for changes in ({}, {"ttl": 1}, {"state": "absent"}):
        assert record(key=key, **changes).result["changed"]
    assert methods(sim) == ["POST", "PUT", "DELETE"]
    assert sim.world.records[namespace] == []


@pytest.mark.usefixtures("existing")
def test_absent_twice(sim, record, namespace):
    """The key is sufficient."""
    args = {"state": "absent", "value": None, "metadata": None, "ttl": None}
    first, second = (record(**args) for _number in range(2))
    assert (first.result["changed"], states(first)) == (True, (SHOWN, {}))
    assert (second.result["changed"], states(second)) == (False, ({}, {}))
    assert first.result["config_store_record"] is second.result["config_store_record"] is None
    assert (methods(sim), sim.world.records[namespace]) == (["DELETE"], [])


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("args", [{}, {"value": "new"}, {"metadata": {}}, {"ttl": 0}, {"state": "absent"}])
def test_check_mode_predicts_the_change_and_sends_no_write(sim, record, namespace, exists, args):
    if exists:
        sim.world.add_record(namespace, KEY, RAW, metadata={"owner": "mobile"}, ttl=60)
    check = record(check=True, **args).result
    assert methods(sim) == []
    real = record(**args).result
    assert (check["changed"], check["diff"]) == (real["changed"], real["diff"])
    for name in SHOWN:
        predicted, found = ((run["config_store_record"] or {}).get(name) for run in (check, real))
        assert (predicted or None) == (found or None)


@pytest.mark.parametrize("check", [False, True])
def test_a_new_record_needs_a_value(sim, record, check):
    result = record(value=None, check=check).result
    assert result["failed"]
    assert result["msg"].endswith("creating it also requires value.")
    assert methods(sim) == []


@pytest.mark.parametrize("metadata", [{"a": {"b": "c"}}, {"a": ["b"]}])
def test_metadata_values_are_strings(sim, record, metadata):
    result = record(metadata=metadata).result
    assert result["failed"]
    assert result["msg"] == "metadata: the value of a is not a string, a number or a boolean."
    assert methods(sim) == []


def test_numbers_and_booleans_become_strings(sim, record, namespace):
    metadata = {"count": 1, "on": True, "none": None}
    assert record(metadata=metadata).result["changed"]
    assert sim.world.records[namespace][0]["metadata"] == {"count": "1", "on": "true", "none": ""}
    assert not record(metadata=metadata).result["changed"]


# Namespaces


@pytest.mark.parametrize(
    ("args", "holder"),
    [
        ({"stack": None}, "account-139"),
        ({"stack": None, "account_id": 207}, "account-207"),
        ({"stack": None, "namespace": "account-207"}, "account-207"),
    ],
)
def test_namespaces(sim, record, args, holder):
    assert record(key="new", **args).result["changed"]
    assert [row["key"] for row in sim.world.records[holder]][-1] == "new"


def test_a_namespace_is_not_looked_up(sim, record):
    record(stack=None, namespace="account-139")
    assert not any(request.path.endswith(("/accounts", "/stacks")) for request in sim.requests)


@pytest.mark.parametrize("args", [{"stack": "Awesome App"}, {"stack": None}])
def test_a_stack_without_a_namespace(sim, record, args):
    sim.world.stack(AWESOME_APP)["configstore_namespace"] = None
    sim.world.accounts[0]["configstore_namespace"] = None
    result = record(**args).result
    assert result["failed"]
    assert "namespace" in result["msg"]
    assert methods(sim) == []


def test_a_missing_namespace(record):
    result = record(stack=None, namespace="nobodys").result
    assert (result["status"], result["changed"]) == (404, False)
    assert "nobodys" in result["msg"]


def test_a_denied_token(sim, record):
    """The required scope is not documented, so none is named."""
    sim.fault("status", status=403, path="/configstore/*")
    result = record().result
    assert (result["status"], result["changed"], methods(sim)) == (403, False, [])
    assert "lacks" in result["msg"]


# Lost answers


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
@pytest.mark.parametrize("status", [400, 409, 422, 500])
def test_a_lost_answer_to_the_post(sim, record, namespace, kind, options, applied, status):
    sim.settings(duplicate_record_status=status)
    sim.fault(kind, method="POST", times=1, **options)
    assert record().result["changed"]
    assert [row["key"] for row in sim.world.records[namespace]] == [KEY]
    assert methods(sim) == (["POST"] if applied else ["POST", "POST"])
    assert not record().result["changed"]


@pytest.mark.parametrize("status", [400, 409, 422, 500])
@pytest.mark.parametrize("value", [SECRET, "of somebody else"])
def test_a_device_that_somebody_else_adds_meanwhile(sim, record, namespace, status, value, monkeypatch):
    """Between the read and the POST. The existing record is as wanted, or the rejection is the result."""
    sim.settings(duplicate_record_status=status)
    add_record = sim.world.add_record
    sim.fault("reset", method="POST", times=1)
    sim.fault("status", method="POST", times=1, status=status, details="Duplicate entry")
    monkeypatch.setattr(
        sim.world.schedule,
        "run",
        _once(
            lambda: add_record(
                namespace, KEY, base64.b64encode(value.encode()).decode(), metadata={"owner": "mobile"}, ttl=60
            ),
            sim,
        ),
    )
    result = record().result
    assert result["changed"]
    assert bool(result.get("failed")) is (value != SECRET)


def _once(do, sim):
    """Call a function right after the second POST."""
    done = []

    def run(now):
        if len(sim.writes) == 2 and not done:
            done.append(do())

    return run


@pytest.mark.parametrize(("kind", "options", "_applied"), LOST)
@pytest.mark.parametrize("args", [{"value": "new"}, {"state": "absent"}])
def test_a_lost_answer_to_the_put_or_delete(sim, record, namespace, existing, kind, options, _applied, args):
    sim.fault(kind, method="DELETE" if "state" in args else "PUT", times=1, **options)
    run = record(api_retries=1, **args)
    assert run.result["changed"]
    assert not run.result.get("failed")
    assert [text_of(row) for row in sim.world.records[namespace]] == ([] if "state" in args else ["new"])


@pytest.mark.parametrize("args", [{}, {"ttl": 90}, {"state": "absent"}])
def test_a_write_that_cannot_be_read_back(sim, record, namespace, args):
    """It was applied, and the failure says so."""
    if args:
        sim.world.add_record(namespace, KEY, RAW, metadata={"owner": "mobile"}, ttl=60)
    sim.fault("html", method="GET", path="/configstore/*", skip=1 if args else 2)
    result = record(**args).result
    assert (result["failed"], result["changed"], result["status"]) == (True, True, 502)
    assert len(methods(sim)) == 1
    assert result["config_store_record"] == (SHOWN if args else None), "as last seen"


def test_a_short_value_is_hidden_too(sim, record, namespace):
    run = record(value="1")
    assert "raw_value" not in run.result["config_store_record"]
    assert run.result["config_store_record"]["ttl"] == 60
    assert text_of(sim.world.records[namespace][0]) == "1"


@pytest.mark.parametrize("wrong", [-1])
def test_an_impossible_ttl_is_refused(run_module, sim, wrong):
    result = run_module("c66_config_store_record", stack="Storefront", key="a", value="b", ttl=wrong).result
    assert result["msg"] == f"ttl: it must be at least 0, not {wrong}."
    assert not sim.writes


def test_the_other_records_are_not_read(sim, record, namespace):
    sim.world.add_record(namespace, KEY, RAW)
    assert not record(metadata=None, ttl=None).result["changed"]
    assert "list_config_store_records" not in [request.operation_id for request in sim.requests]
