# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_onprem and c66_onprem_info: configurations are found by name or UID, changed as a whole, never created."""

from __future__ import annotations

import datetime

import pytest
from unit.fixtures.writes import LOST

WANTED = {"provider": "bare metal", "racks": [{"name": "b", "units": 2}], "spare": True}


@pytest.fixture(params=["rack-1", "op-1"])
def named(request):
    return request.param


@pytest.fixture
def onprem(run_module):
    return lambda **args: run_module("c66_onprem", **{"onprem": "op-1", "diff": True, **args})


@pytest.fixture
def info(run_module):
    return lambda **args: run_module("c66_onprem_info", **args).result


@pytest.fixture
def stored(sim):
    return sim.world.onprems[139][0]


def states(run):
    return run.result["diff"]["before"], run.result["diff"]["after"]


@pytest.mark.parametrize("put", ["replace", "merge"])
@pytest.mark.parametrize("listed", ["full", "brief"])
def test_present_twice(sim, onprem, sent, stored, named, put, listed):
    sim.settings(onprem_put=put, onprem_list=listed)
    before = {"uid": "op-1", "name": "rack-1", "config": stored["config"]}
    first = onprem(onprem=named, config=WANTED)
    assert first.result["changed"]
    assert states(first) == (before, {**before, "config": WANTED})
    assert first.result["onprem"] == stored
    second = onprem(onprem=named, config=WANTED)
    assert not second.result["changed"]
    assert second.result["onprem"] == first.result["onprem"]
    assert sent() == [("PUT", "op-1", {"uid": "op-1", "name": "rack-1", "config": WANTED})]


@pytest.mark.parametrize("put", ["replace", "merge"])
@pytest.mark.parametrize("listed", ["full", "brief"])
def test_a_new_name_keeps_the_document(sim, onprem, stored, named, put, listed):
    sim.settings(onprem_put=put, onprem_list=listed)
    config = stored["config"]
    run = onprem(onprem=named, name="rack-a")
    assert (run.result["changed"], run.result["onprem"]["name"]) == (True, "rack-a")
    assert (stored["name"], stored["config"]) == ("rack-a", config)
    assert not onprem(onprem="op-1", name="rack-a").result["changed"]
    assert not onprem(onprem="rack-a", name="rack-a").result["changed"]


@pytest.mark.parametrize("args", [{"name": "rack-a"}, {"config": WANTED}, {"config": {}}, {}])
def test_check_mode_predicts_the_change_and_sends_no_write(sim, onprem, args):
    check = onprem(check=True, **args).result
    assert not sim.writes
    real = onprem(**args).result
    assert (check["changed"], check["diff"]) == (real["changed"], real["diff"])
    assert check["changed"] is bool(args)
    for name in ("uid", "name", "config"):
        assert check["onprem"][name] == real["onprem"][name]
    assert not onprem(check=True, **args).result["changed"]


@pytest.mark.parametrize("blank", ["object", "null"])
@pytest.mark.parametrize("put", ["replace", "merge"])
def test_an_empty_document(sim, onprem, sent, blank, put):
    sim.settings(onprem_blank=blank, onprem_put=put)
    assert not onprem(onprem="rack-2", config={}).result["changed"]
    assert onprem(config={}).result["changed"]
    assert not onprem(config={}).result["changed"]
    assert [body["config"] for _method, _path, body in sent()] == [{}]


@pytest.mark.parametrize(("value", "other"), [(True, 1), (1, "1"), (["a", "b"], ["b", "a"]), ({"x": None}, {})])
def test_documents_that_differ(onprem, stored, value, other):
    stored["config"] = {"key": value}
    assert not onprem(config={"key": value}).result["changed"]
    assert onprem(config={"key": other}).result["changed"]


def test_the_order_of_keys_makes_no_difference(onprem, stored):
    stored["config"] = {"a": 1, "b": 2}
    assert not onprem(config={"b": 2, "a": 1}).result["changed"]


def test_a_date_without_quotes(sim, onprem):
    message = "config: it contains a value that JSON does not have. Write dates in it in quotes."
    assert onprem(config={"since": datetime.date(2026, 1, 2)}).result["msg"] == message
    assert not sim.writes


@pytest.mark.parametrize("check", [False, True])
def test_what_does_not_exist_is_not_created(sim, onprem, check):
    result = onprem(onprem="rack-l", name="rack-1", check=check).result
    assert result["msg"] == (
        "No on-premise configuration matches 'rack-l'. Did you mean rack-2 or rack-1?"
        " Cloud 66's API has no call that creates one: use Cloud 66's dashboard."
    )
    assert not sim.writes


def test_two_of_one_name(sim, onprem):
    sim.world.add_onprem(name="rack-1")
    result = onprem(onprem="rack-1", name="x").result
    assert "rack-1 (op-1); rack-1 (op-3)" in result["msg"]
    assert not sim.writes


def test_one_that_disappears_is_not_created(sim, onprem):
    sim.fault("status", method="GET", skip=1, status=404)
    result = onprem(name="rack-a").result
    assert result["msg"].startswith(
        "There is no on-premise configuration op-1. Cloud 66's API has no call that creates"
    )
    assert not sim.writes


@pytest.mark.parametrize("check", [False, True])
def test_absent(sim, onprem, named, check):
    result = onprem(onprem=named, state="absent", check=check).result
    assert result["msg"] == (
        "The on-premise configuration op-1 exists. Cloud 66's API has no call that removes one: use Cloud 66's"
        " dashboard."
    )
    run = onprem(onprem="rack-9", state="absent", check=check)
    assert (run.result["changed"], run.result["onprem"], states(run)) == (False, None, ({}, {}))
    assert not sim.writes


@pytest.mark.parametrize("option", ["onprem", "name"])
@pytest.mark.parametrize("blank", ["", " "])
def test_a_blank_name(sim, onprem, option, blank):
    assert onprem(**{option: blank}).result["msg"] == f"The option {option} is empty."
    assert not sim.writes


def test_without_access_nothing_is_written(sim, onprem, stored):
    sim.fault("status", method="PUT", status=403)
    before = dict(stored)
    result = onprem(name="rack-a").result
    assert (result["status"], result["changed"], stored) == (403, False, before)


@pytest.mark.parametrize(("kind", "options", "_applied"), LOST)
def test_a_lost_answer(sim, onprem, stored, kind, options, _applied):
    sim.fault(kind, method="PUT", times=1, **options)
    result = onprem(api_retries=1, config=WANTED).result
    assert (result["changed"], result.get("failed")) == (True, None)
    assert stored["config"] == WANTED
    assert not onprem(config=WANTED).result["changed"]


def test_a_change_without_effect(sim, onprem):
    sim.fault("empty", method="PUT", applied=False)
    result = onprem(config=WANTED).result
    assert (result["failed"], result["changed"]) == (True, True)


def test_the_account(sim, onprem):
    other = sim.world.add_onprem(207, name="rack-1")
    assert onprem(onprem="rack-1", config=WANTED, account_id=207).result["onprem"]["uid"] == other["uid"]
    assert other["config"] == WANTED


def test_the_list(sim, info):
    assert [row["uid"] for row in info()["onprems"]] == ["op-1", "op-2"]
    assert [row["uid"] for row in info(name="rack-2")["onprems"]] == ["op-2"]
    for _number in range(40):
        sim.world.add_onprem()
    assert len(info()["onprems"]) == 42


def test_one_by_its_uid(sim, info, stored):
    assert info(uid="op-1")["onprems"] == [stored]
    assert [request.operation_id for request in sim.requests] == ["get_onprem"]
    assert "on-premise configuration op-9" in info(uid="op-9")["msg"]
