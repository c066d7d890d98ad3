# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_device, as the example of present and absent: requests, results and the final state."""

from __future__ import annotations

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.device import Device

WANTED = {"user_id": 18, "device_token": "wertqy", "device_type": "ios", "sub_type": "iphone"}
VERBS = {"POST": "add", "PUT": "change", "DELETE": "remove"}
IPHONE = {"device_type": 1, "device_type_name": "ios", "sub_type": 1, "sub_type_name": "iphone"}
IPAD = {"device_type": 1, "device_type_name": "ios", "sub_type": 2, "sub_type_name": "ipad"}


@pytest.fixture
def device(run_module):
    """Run c66_device for the device of the example program."""
    return lambda **args: run_module("c66_device", **{"diff": True, "api_retries": 4, **WANTED, **args})


@pytest.fixture
def existing(sim):
    """The device exists."""
    return sim.world.add_device(18, token="wertqy", device_type=1, sub_type=1)


def devices(sim, user_id=18):
    return next(user for user in sim.world.users if user["id"] == user_id)["devices"]


def types(sim):
    return [(device["token"], device["device_type"], device["sub_type"]) for device in devices(sim)]


def sent(sim):
    return [write.method for write in sim.writes]


def states(run):
    return run.result["diff"]["before"], run.result["diff"]["after"]


# Without faults


def test_present_twice(sim, device):
    first = device()
    assert first.result["changed"]
    assert states(first) == ({}, IPHONE)
    assert first.result["device"] == {key: value for key, value in devices(sim)[0].items() if key != "token"} | IPHONE
    assert first.result["diff"]["after_header"] == "the devices of user 18"
    second = device()
    assert not second.result["changed"]
    assert states(second) == (IPHONE, IPHONE)
    assert second.result["device"] == first.result["device"]
    assert (sent(sim), types(sim)) == (["POST"], [("wertqy", 1, 1)])
    assert second.result["api"]["requests"] == 1


@pytest.mark.parametrize("put_answer", ["empty", "device"])
def test_update(sim, device, existing, put_answer):
    sim.settings(put_answer=put_answer)
    run = device(device_type=None, sub_type="ipad")
    assert run.result["changed"]
    assert states(run) == (IPHONE, IPAD)
    assert run.result["device"]["sub_type_name"] == "ipad"
    assert existing["sub_type"] == 2
    assert sim.writes[0].body == '{"device_type": 1, "sub_type": 2}', "Cloud 66 wants both"


@pytest.mark.usefixtures("existing")
@pytest.mark.parametrize("answer", ["empty", "device", "acknowledgement"])
def test_absent_twice(sim, device, answer):
    sim.settings(delete_answer=answer)
    first, second = (device(state="absent", device_type=None, sub_type=None) for _number in range(2))
    assert (first.result["changed"], states(first)) == (True, (IPHONE, {}))
    assert (second.result["changed"], states(second)) == (False, ({}, {}))
    assert first.result["device"] is second.result["device"] is None
    assert (sent(sim), devices(sim)) == (["DELETE"], [])


def test_no_diff_by_default(device):
    assert "diff" not in device(diff=False).result


def test_devices_of_other_users_are_left_alone(sim, device):
    sim.world.add_device(18, token="wertq", device_type=2, sub_type=3)
    device()
    device(state="absent")
    assert types(sim) == [("wertq", 2, 3)]
    assert len(devices(sim, 4)) == 1


@pytest.mark.parametrize("token", ["maria/tablet 1", "100%", "größe", "a?b#c"])
def test_any_token(sim, device, token):
    for changes in ({}, {"sub_type": "ipad"}, {"state": "absent"}):
        assert device(device_token=token, **changes).result["changed"]
    assert (sent(sim), devices(sim)) == (["POST", "PUT", "DELETE"], [])


@pytest.mark.parametrize(
    "said", [("ios", "iphone"), ("1", "1"), (1, 1), ("ios", "1"), (None, None), (None, "iphone"), ("1", None)]
)
@pytest.mark.parametrize("stored", [(1, 1), ("1", "1")])
def test_codes_and_words_are_equal(sim, device, existing, said, stored):
    """Even if Cloud 66 returns numbers as strings."""
    existing.update(device_type=stored[0], sub_type=stored[1])
    run = device(device_type=said[0], sub_type=said[1])
    assert not run.result["changed"]
    assert run.result["device"]["device_type_name"] == "ios"
    assert sent(sim) == []


# Check mode


@pytest.mark.parametrize(
    ("exists", "args"),
    [
        (False, {}),
        (False, {"device_type": "2", "sub_type": "ipod"}),
        (True, {}),
        (True, {"sub_type": "ipad"}),
        (True, {"device_type": None, "sub_type": None}),
        (False, {"state": "absent"}),
        (True, {"state": "absent"}),
    ],
)
def test_check_mode_sends_no_write_and_predicts_the_result(sim, device, exists, args):
    if exists:
        sim.world.add_device(18, token="wertqy", device_type=1, sub_type=1)
    before = types(sim)
    check = device(check=True, **args).result
    assert (sent(sim), types(sim)) == ([], before)
    real = device(**args).result
    assert (check["changed"], check["diff"]) == (real["changed"], real["diff"])
    for shown in IPHONE:
        assert (check["device"] or {}).get(shown) == (real["device"] or {}).get(shown)
    assert "token" not in str(check["device"])


# Errors


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"device_type": None, "sub_type": None}, "creating it also requires device_type and sub_type."),
        ({"sub_type": None}, "creating it also requires sub_type."),
        (
            {"device_type": None},
            "There is no such device of user 18 yet; creating it also requires device_type.",
        ),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_a_new_device_needs_its_types(sim, device, args, words, check):
    result = device(check=check, **args).result
    assert result["failed"]
    assert words in result["msg"]
    assert devices(sim) == []


def test_a_missing_user(device):
    result = device(user_id=99).result
    assert result["msg"].startswith("Cannot read the devices of user 99: Cloud 66 answered 404")


@pytest.mark.parametrize("state", ["present", "absent"])
def test_without_the_scope_nothing_is_written(sim, device, state):
    result = device(api_token="no-users-4c9c9b3333", state=state).result
    assert "lacks the scope users, or its user may not do this" in result["msg"]
    assert (result["status"], sent(sim)) == (403, [])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("token", ["wertqy", "maria/tablet 1", "a-token-0123456789"])
def test_a_failure_does_not_show_the_token(sim, device, method, token):
    """Short or long, encoded or not, it is neither in the message nor in the URL."""
    if method != "POST":
        sim.world.add_device(18, token=token, device_type=1, sub_type=1)
    sim.fault("status", status=409, method=method)
    args = {"state": "absent"} if method == "DELETE" else {"sub_type": "ipad"}
    result = device(device_token=token, **args).result
    assert result["failed"]
    assert result["msg"].startswith(f"Cannot {VERBS[method]} a device of user 18")
    assert result["url"].removeprefix(f"{sim.url}/users/18/devices") == ("" if method == "POST" else "/***")
    assert token not in str(result)


# Duplicates


def twice(sim):
    for sub_type in (1, 2):
        sim.world.add_device(18, token="wertqy", device_type=1, sub_type=sub_type)


def test_duplicates_are_reported_and_nothing_is_added(sim, device):
    device()
    sim.world.add_device(18, token="wertqy", device_type=1, sub_type=1)
    run = device()
    assert not run.result["changed"]
    assert run.warnings == [
        "This device is stored 2 times among the devices of user 18. state=absent removes all of them."
    ]
    assert sent(sim) == ["POST"]


@pytest.mark.parametrize("fault", [None, "reset_after"])
def test_absent_removes_all_duplicates(sim, device, fault):
    twice(sim)
    if fault:
        sim.fault(fault, method="DELETE", times=1)
    run = device(state="absent")
    assert run.result["changed"]
    assert devices(sim) == []
    assert "stored 2 times" in run.warnings[0]


@pytest.mark.usefixtures("existing")
def test_a_device_that_somebody_else_adds_meanwhile(sim, device):
    sim.fault("status", status=404, method="DELETE", applied=True)
    assert device(state="absent").result["changed"]
    assert devices(sim) == []


@pytest.mark.usefixtures("existing")
def test_a_delete_that_fails(sim, device):
    sim.fault("status", status=409, method="DELETE")
    assert "409 conflict" in device(state="absent").result["msg"]


# The answer to the POST is lost

LOST = [
    ("reset_after", {}, True),
    ("reset", {}, False),
    ("cut", {}, True),
    ("status", {"status": 408}, False),
    ("status", {"status": 408, "applied": True}, True),
    ("status", {"status": 500, "applied": True}, True),
    ("html", {"status": 200, "applied": True}, True),
    ("html", {"status": 502}, False),
    ("html", {"status": 504, "applied": True}, True),
    ("bad_json", {}, True),
    ("empty", {}, True),
    ("wrong_type", {"body": []}, True),
    ("unavailable", {}, False),
    ("unavailable", {"applied": True, "retry_after": 120}, True),
]


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
@pytest.mark.parametrize("duplicates", ["store", "conflict"])
def test_a_lost_post_is_settled(sim, device, kind, options, applied, duplicates):
    """It is sent again only if the device is not found."""
    sim.settings(duplicate_devices=duplicates)
    sim.fault(kind, method="POST", times=1, **options)
    run = device()
    assert not run.result.get("failed"), run.result
    assert (run.result["changed"], states(run)) == (True, ({}, IPHONE))
    assert types(sim) == [("wertqy", 1, 1)]
    assert len(sent(sim)) == (1 if applied else 2)
    assert not device().result["changed"]


def test_a_post_that_takes_effect_late_is_not_sent_again(sim, device, clock, monkeypatch):
    """It is not yet applied at the first read."""
    sim.fault("reset", method="POST", times=1)
    looks = []
    real = Device.all

    def read(resource):
        looks.append(1)
        if len(looks) == 3:
            sim.world.add_device(18, token="wertqy", device_type=1, sub_type=1)
        return real(resource)

    monkeypatch.setattr(Device, "all", read)
    assert device().result["changed"]
    assert (sent(sim), types(sim)) == (["POST"], [("wertqy", 1, 1)])
    assert clock.pauses == [1]


def test_a_lost_second_post_is_settled_too(sim, device):
    sim.fault("reset", method="POST", times=1)
    sim.fault("reset_after", method="POST", times=1)
    assert device().result["changed"]
    assert (sent(sim), types(sim)) == (["POST", "POST"], [("wertqy", 1, 1)])


def test_a_second_post_that_conflicts_with_the_first(sim, device, monkeypatch):
    """The first one was applied after all, and Cloud 66 rejects the second."""
    sim.fault("reset", method="POST", times=1)
    real = Device.creation

    def creation(resource, want):
        write = real(resource, want)

        def send():
            if sim.writes:
                sim.world.add_device(18, token="wertqy", device_type=1, sub_type=1)
            return write.send()

        return write._replace(send=send)

    sim.settings(duplicate_devices="conflict")
    monkeypatch.setattr(Device, "creation", creation)
    assert device().result["changed"]
    assert [write.status for write in sim.writes] == [None, 409]
    assert types(sim) == [("wertqy", 1, 1)]


@pytest.mark.parametrize("kind", ["reset", "html", "status"])
def test_a_post_that_is_never_applied(sim, device, kind, clock):
    sim.fault(kind, method="POST")
    result = device().result
    assert result["failed"]
    assert result["msg"].startswith("Cannot add a device of user 18: ")
    assert result["msg"].endswith("The write may have been applied.")
    assert (sent(sim), clock.pauses) == (["POST", "POST"], [1, 2, 1, 2])


@pytest.mark.parametrize("status", [400, 402, 409])
def test_a_rejected_post_is_not_sent_again(sim, device, status):
    sim.fault("status", status=status, method="POST")
    assert f"Cloud 66 answered {status}" in device().result["msg"]
    assert sent(sim) == ["POST"]


def test_settling_a_lost_post_may_fail(sim, device):
    sim.fault("reset_after", method="POST")
    sim.fault("status", status=500, method="GET", skip=1)
    result = device(api_retries=1).result
    assert result["msg"].startswith("Cannot read the devices of user 18: Cloud 66 answered 500")


# The answer to a PUT or DELETE is lost


@pytest.mark.usefixtures("existing")
@pytest.mark.parametrize(("kind", "options", "_applied"), LOST)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_lost_put_or_delete_is_sent_again(sim, device, state, kind, options, _applied):
    options = {**options, "retry_after": 5} if kind == "unavailable" else options
    sim.fault(kind, method="PUT" if state == "present" else "DELETE", times=1, **options)
    run = device(sub_type="ipad", state=state)
    assert (run.result["changed"], states(run)) == (True, (IPHONE, IPAD if state == "present" else {}))
    assert types(sim) == ([("wertqy", 1, 2)] if state == "present" else [])


# Writes without an effect


@pytest.mark.parametrize(
    ("args", "method"), [({}, "POST"), ({"sub_type": "ipad"}, "PUT"), ({"state": "absent"}, "DELETE")]
)
def test_a_write_without_effect_fails(sim, device, clock, args, method):
    if method != "POST":
        sim.world.add_device(18, token="wertqy", device_type=1, sub_type=1)
    sim.fault("empty", method=method, applied=False)
    result = device(**args).result
    assert result["failed"]
    assert result["msg"] == (
        "Cloud 66 accepted the change of the devices of user 18, but it had no effect within 7 seconds."
    )
    assert (sent(sim), clock.pauses) == ([method], [1, 2, 4])


@pytest.mark.parametrize("args", [{}, {"state": "absent"}])
def test_a_write_that_takes_effect_late(sim, device, clock, args, monkeypatch):
    """The first read after it returns the old values."""
    if args:
        sim.world.add_device(18, token="wertqy", device_type=1, sub_type=1)
    real = Device.all
    stale = []

    def read(resource):
        if not sim.writes or len(stale) < 2:
            stale.append(real(resource) if not sim.writes else stale[0])
            return stale[-1]
        return real(resource)

    monkeypatch.setattr(Device, "all", read)
    assert device(**args).result["changed"]
    assert (len(sent(sim)), clock.pauses) == (1, [1])


# Secrets


def test_a_short_token_does_not_hide_numbers(sim, device):
    """A token `1` is left out by its name, not hidden by its value."""
    run = device(device_token="1")
    assert run.result["device"] | IPHONE == run.result["device"]
    assert run.result["api"]["requests"] == 3
    assert run.secrets == {sim.token}
    assert "token" not in run.result["device"]


def test_a_long_token_is_registered(sim, device):
    token = "a-token-0123456789"
    assert device(device_token=token).secrets == {sim.token, token}


def test_a_read_error_is_the_result(sim, device):
    sim.fault("wrong_type", method="GET", body={"response": []})
    assert device().result["msg"] == "Cannot read the devices of user 18: Cloud 66's answer is not a JSON object."
