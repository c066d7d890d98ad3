# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_gateway: present, open for a time, absent; the private key is never shown."""

from __future__ import annotations

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.action import moment
from simulator.seed import PUBLIC_TOKEN
from unit.fixtures.writes import LOST

SECRET = "a-key-that-nobody-must-see"
KEY = f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n-----END RSA PRIVATE KEY-----"
SHOWN = {"name": "bastion", "username": "deploy", "address": "203.0.113.77", "private_ip": "10.0.0.9"}
OPEN = {"state": "open", "private_key": KEY, "ttl": 3600}
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


@pytest.fixture
def gateway(run_module):
    """Run c66_gateway, and check that the private key is not shown."""

    def call(**args):
        run = run_module("c66_gateway", **{"diff": True, **SHOWN, **args})
        assert SECRET not in str([run.result, run.warnings, run.notices, run.logs])
        return run

    return call


@pytest.fixture
def existing(sim):
    return sim.world.add_gateway(**SHOWN, content="an older key")


def rows(sim):
    """The gateways besides the seeded one."""
    return sim.world.gateways[139][1:]


def methods(sim):
    return [write.method for write in sim.writes]


def states(run):
    return run.result["diff"]["before"], run.result["diff"]["after"]


def is_open(sim, row):
    return moment(row["ttl"]) > sim.world.now()


def test_present_twice(sim, gateway, sent):
    first = gateway(private_key=KEY)
    assert (first.result["changed"], states(first)) == (True, ({}, {**SHOWN, "content": HIDDEN}))
    assert first.result["gateway"] == {name: value for name, value in rows(sim)[0].items() if name != "content"}
    second = gateway(private_key=KEY)
    assert (second.result["changed"], states(second)) == (False, (SHOWN, SHOWN))
    assert second.result["gateway"] == first.result["gateway"]
    assert sent() == [("POST", "gateways", {**SHOWN, "content": KEY})]


def test_a_change_sends_only_what_differs(sim, gateway, existing, sent):
    run = gateway(address="bastion.example.com", private_ip="")
    assert states(run)[0] == SHOWN
    assert run.result["gateway"]["address"] == "bastion.example.com"
    assert sent() == [("PUT", str(existing["id"]), {"address": "bastion.example.com", "private_ip": ""})]
    assert existing["content"] == "an older key"
    assert not gateway(address="bastion.example.com", private_ip="").result["changed"]


@pytest.mark.usefixtures("existing")
def test_an_empty_value_is_no_value(sim, gateway):
    rows(sim)[0]["private_ip"] = None
    assert not gateway(private_ip="").result["changed"]


@pytest.mark.parametrize("answer", ["acknowledgement", "empty"])
def test_absent_twice(sim, gateway, answer):
    sim.settings(gateway_delete_answer=answer)
    for _number in range(2):
        sim.world.add_gateway(**SHOWN)
    first, second = (gateway(state="absent") for _number in range(2))
    assert "stored 2 times" in first.warnings[0]
    assert (first.result["changed"], first.result["gateway"], states(first)[1]) == (True, None, {})
    assert (second.result["changed"], states(second)) == (False, ({}, {}))
    assert (methods(sim), rows(sim)) == (["DELETE", "DELETE"], [])


@pytest.mark.usefixtures("existing")
@pytest.mark.parametrize("check", [False, True])
def test_a_key_alone_is_no_difference_unless_asked_for(sim, gateway, check):
    assert not gateway(private_key=KEY, ttl=60).result["changed"]
    run = gateway(private_key=KEY, update_private_key="always", check=check)
    assert (run.result["changed"], states(run)) == (True, (SHOWN, {**SHOWN, "content": HIDDEN}))
    assert rows(sim)[0]["content"] == ("an older key" if check else KEY)


# Opening


@pytest.mark.parametrize("exists", [False, True])
def test_every_run_opens_it(sim, gateway, sent, exists):
    if exists:
        sim.world.add_gateway(**SHOWN)
    first = gateway(**OPEN)
    assert first.result["changed"]
    assert states(first)[1] == {**SHOWN, "content": HIDDEN, "seconds": 3600}
    assert is_open(sim, rows(sim)[0])
    assert rows(sim)[0]["content"] == KEY
    assert first.result["gateway"]["ttl"] == rows(sim)[0]["ttl"]
    second = gateway(**{**OPEN, "ttl": 7200})
    assert second.result["changed"]
    assert second.result["gateway"]["ttl"] > first.result["gateway"]["ttl"]
    assert sent()[-1] == ("PUT", str(rows(sim)[0]["id"]), {"content": KEY, "ttl": 7200})
    assert len(sim.writes) == 2


def test_a_change_comes_before_the_opening(sim, gateway, existing):
    assert gateway(**OPEN, address="bastion.example.com").result["changed"]
    assert (methods(sim), existing["address"]) == (["PUT", "PUT"], "bastion.example.com")
    assert is_open(sim, existing)


def test_an_opening_without_effect(sim, gateway, existing):
    sim.fault("empty", method="PUT", applied=False)
    result = gateway(**OPEN).result
    assert (result["failed"], result["changed"]) == (True, True)
    assert not existing["ttl"]


@pytest.mark.parametrize("missing", ["private_key", "ttl"])
def test_opening_needs_the_key_and_a_time(run_module, missing):
    with pytest.raises(AssertionError, match=missing):
        run_module("c66_gateway", **{**SHOWN, **OPEN, missing: None})


# Check mode, refusals and faults


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("args", [{}, {"address": "a.example.com"}, OPEN, {"state": "absent"}])
def test_check_mode_predicts_the_change_and_sends_no_write(sim, gateway, exists, args):
    if exists:
        sim.world.add_gateway(**SHOWN)
    check = gateway(check=True, **args).result
    assert methods(sim) == []
    real = gateway(**args).result
    assert (check["changed"], check["diff"]) == (real["changed"], real["diff"])
    for name in SHOWN:
        assert (check["gateway"] or {}).get(name) == (real["gateway"] or {}).get(name)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"name": " "}, "The option name is empty."),
        ({"private_key": "no key"}, "private_key: this is not a private key in PEM format."),
        ({"ttl": 0}, "ttl: it must be at least 1, not 0."),
    ],
)
def test_refusals(sim, gateway, args, message):
    result = gateway(**args).result
    assert (result["failed"], result["msg"]) == (True, message)
    assert not sim.writes


@pytest.mark.parametrize("args", [{}, OPEN, {"state": "absent"}])
def test_without_the_scope_nothing_is_written(sim, gateway, existing, args):
    result = gateway(api_token=PUBLIC_TOKEN, account_id=139, address="a.example.com", **args).result
    assert "lacks the scope admin" in result["msg"]
    assert (result["status"], result["changed"], rows(sim)) == (403, False, [existing])


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
@pytest.mark.parametrize("duplicates", ["store", "conflict"])
def test_a_lost_answer_to_the_post(sim, gateway, kind, options, applied, duplicates):
    sim.settings(duplicate_gateways=duplicates)
    sim.fault(kind, method="POST", times=1, **options)
    assert gateway().result["changed"]
    assert len(rows(sim)) == 1
    assert methods(sim) == (["POST"] if applied else ["POST", "POST"])


@pytest.mark.parametrize(("kind", "options", "_applied"), LOST)
@pytest.mark.parametrize("args", [{"address": "a.example.com"}, OPEN, {"state": "absent"}])
def test_a_lost_answer_to_the_put_or_delete(sim, gateway, existing, kind, options, _applied, args):
    is_removed = args.get("state") == "absent"
    sim.fault(kind, method="DELETE" if is_removed else "PUT", times=1, **options)
    result = gateway(**args).result
    assert (result["changed"], result.get("failed")) == (True, None)
    assert rows(sim) == ([] if is_removed else [existing])
    assert is_removed or is_open(sim, existing) is (args is OPEN)


# The account


def test_the_account_is_part_of_the_path(sim, gateway):
    gateway(account_id=207)
    assert [row["name"] for row in sim.world.gateways[207]] == ["bastion"]
    assert sim.requests[0].path.endswith("/accounts/207/gateways")


def test_an_unclear_account_is_refused(sim, gateway):
    sim.world.users[0]["primary_account_id"] = None
    assert "set the option account_id" in gateway().result["msg"]
    assert not sim.writes
