# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declared things: options, calls, refusals and lookups."""

from __future__ import annotations

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.state import plan
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.base import Progress, Resource, Status
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.fields import (
    Codes,
    Flag,
    Reference,
    SetOf,
    Text,
    WriteOnly,
)
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.thing import Thing


class FakeClient:
    """Lists rows, and records the writes that are sent."""

    def __init__(self, rows=()):
        self.rows, self.writes = list(rows), []

    def labelled(self, label, scope=None):
        return self

    def list(self, *path):
        return self.rows

    def write(self, method, path, body, retry):
        self.writes.append((method, path, body, retry))
        return {}


class Zone(Resource):
    noun, plural, path, identity = "zone", "zones", ("zones",), "id"
    lookup = ("id", "name")


class Balancer(Thing):
    noun, plural, title, titles = "balancer", "balancers", "load balancer", "load balancers"
    path, identity, key, wrap = ("balancers",), "id", ("kind",), "balancer"
    cannot_delete = "Remove it in the dashboard."
    fields = {
        "kind": Text(choices=["public", "private"]),
        "names": SetOf(comma=True, required=True),
        "tls": Flag(),
        "zone_id": Reference(Zone, option="zone", clear=None),
        "region": Text(create_only=True),
        "secret": WriteOnly(secret=True, policy=True),
        "status": Codes({"ready": 0, "building": 1, "broken": 2, "removing": 3}),
    }
    status = Status("status", ongoing=("building",), failed=("broken",), leaving=("removing",))


ROW = {"id": 7, "kind": "public", "names": "a, b", "tls": 1, "zone_id": 3, "region": "eu", "status": 0}
ZONES = ({"id": 3, "name": "Main"}, {"id": 4, "name": "Test"})


def balancer(rows=(), **params):
    return Balancer(FakeClient(rows), {"kind": "public", "update_secret": "on_create", **params})


def planned(existing, absent=False, rows=ZONES, **params):
    resource = balancer(rows, **params)
    return plan(resource, existing, resource.wanted(), absent)


def test_options_follow_from_the_fields():
    spec = Balancer.arguments()
    assert set(spec) == {"kind", "names", "tls", "zone", "region", "secret", "update_secret"}
    assert spec["kind"] == {"type": "str", "choices": ["public", "private"], "required": True}
    assert spec["secret"] == {"type": "str", "no_log": True}
    assert spec["update_secret"]["default"] == "on_create"


def test_nothing_to_do():
    assert planned([ROW], names=["b", "a"], tls=True, zone="Main", region="eu", secret="x").writes == ()


def test_create():
    result = planned([], names=["a", "b"], zone="main", secret="x")
    result.writes[0].send()
    client = result.writes[0].send.func.__self__
    body = {"balancer": {"kind": "public", "names": "a,b", "zone_id": 3, "secret": "x"}}
    assert client.writes == [("POST", ("balancers",), body, False)]
    assert result.before is None
    assert "secret" not in result.after


def test_an_update_sends_all_changeable_fields():
    result = planned([ROW], tls=False)
    result.writes[0].send()
    client = result.writes[0].send.func.__self__
    body = {"balancer": {"kind": "public", "names": "a, b", "tls": False, "zone_id": 3}}
    assert client.writes == [("PUT", ("balancers", "7"), body, False)]
    assert result.after == {**ROW, "tls": False}


def test_an_empty_value_clears_but_an_unset_one_does_not():
    assert planned([ROW], zone="").after["zone_id"] is None
    assert planned([ROW], tls=True).after["zone_id"] == 3
    assert planned([{**ROW, "zone_id": None}], zone="").writes == ()


def test_a_secret_that_is_never_returned():
    assert planned([ROW], secret="x").writes == ()
    assert len(planned([ROW], secret="x", update_secret="always").writes) == 1


def test_required_options_of_a_new_thing():
    with pytest.raises(Cloud66Error, match=r"no load balancer public yet; creating it also requires names\.$"):
        planned([])


def test_fields_that_cannot_be_changed():
    with pytest.raises(Cloud66Error, match=r"^region of the load balancer public cannot be changed"):
        planned([ROW], region="us")


def test_things_that_cannot_be_deleted():
    message = r"^The load balancer public exists\. Remove it in the dashboard\.$"
    with pytest.raises(Cloud66Error, match=message):
        planned([ROW], absent=True)
    assert planned([], absent=True).writes == ()


def test_things_that_cannot_be_read():
    class Schedule(Resource):
        noun, plural = "schedule", "schedules"
        cannot_read = "Schedules are shown in the dashboard only."

    with pytest.raises(Cloud66Error, match=r"^Schedules are shown in the dashboard only\.$"):
        Schedule(FakeClient(), {}).read()


def test_duplicate_keys_are_all_found():
    others = [{**ROW, "id": 8, "names": "c"}, {**ROW, "id": 9, "kind": "private"}]
    resource = balancer(names=["b", "a"])
    assert resource.matches([ROW, *others], resource.wanted()) == [ROW, others[0]]


def test_a_thing_being_removed_counts_as_absent():
    leaving = {**ROW, "status": "3"}
    assert planned([leaving], absent=True).writes == ()
    assert [write.label for write in planned([leaving], names=["a"]).writes] == ["load balancer public"]
    assert planned([leaving], names=["a"]).before is None


def test_a_failed_thing_is_written_again():
    assert len(planned([{**ROW, "status": 2}], names=["a", "b"]).writes) == 1
    assert planned([{**ROW, "status": 1}], names=["a", "b"]).writes == ()


@pytest.mark.parametrize(
    ("status", "progress"),
    [
        (0, (True, "ready", None)),
        ("1", (False, "building", None)),
        (3, (False, "removing", None)),
        (2, (True, "broken", "its status is broken")),
        ("new", (True, "new", None)),
    ],
)
def test_the_progress_of_a_change(status, progress):
    row = {**ROW, "status": status}
    assert balancer().progress(row) == Progress(*progress, row)


@pytest.mark.parametrize("wanted", ["3", "Main", "main"])
def test_a_thing_is_found_by_each_of_its_names(wanted):
    assert Zone(FakeClient(ZONES), {}).pick(wanted)["id"] == 3


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("Mian", "No zone matches 'Mian'. Did you mean Main?"),
        ("x", "No zone matches 'x'. Available: Main (3); Test (4); Test (5)."),
        ("Test", "2 zones match Test: Test (4); Test (5). Specify one by its id."),
    ],
)
def test_a_thing_that_is_not_found(wanted, message):
    with pytest.raises(Cloud66Error) as raised:
        Zone(FakeClient([*ZONES, {"id": 5, "name": "Test"}]), {}).pick(wanted)
    assert str(raised.value) == message


def test_a_thing_that_is_not_found_among_none():
    with pytest.raises(Cloud66Error, match=r"^No zone matches 'x'\. There are none\.$"):
        Zone(FakeClient(), {}).pick("x")


class Named(Balancer):
    """A thing that may be named by its id, and whose changes are sent alone."""

    named_by, lookup, sends_changes, cannot_delete = "balancer", ("id",), True, ""

    def refusal(self, before, after):
        return "It is locked." if before and before.get("locked") else ""


def named(existing, state="present", rows=ZONES, **params):
    resource = Named(FakeClient(rows), {"update_secret": "on_create", "state": state, **params})
    wanted = resource.wanted()
    return plan(resource, resource.matches(existing, wanted), wanted, state == "absent")


def test_an_option_that_names_an_existing_thing():
    spec = Named.arguments()
    assert (spec["balancer"], spec["kind"]) == ({"type": "str"}, {"type": "str", "choices": ["public", "private"]})
    result = named([ROW], balancer="7", kind="private", names=["b", "a"])
    result.writes[0].send()
    client = result.writes[0].send.func.__self__
    assert client.writes == [("PUT", ("balancers", "7"), {"balancer": {"kind": "private"}}, False)]
    assert named([ROW], kind="public", names=["a", "b"]).writes == ()


def test_only_an_existing_thing_can_be_named():
    with pytest.raises(Cloud66Error, match=r"^No load balancer matches '8'\."):
        named([ROW], balancer="8")
    assert named([ROW], state="absent", balancer="8").writes == ()
    assert len(named([ROW], state="absent", balancer="7").writes) == 1


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_refused_write(state):
    locked = {**ROW, "locked": True}
    with pytest.raises(Cloud66Error, match=r"^It is locked\.$"):
        named([locked], state=state, kind="public", tls=False)
    assert named([locked], kind="public", tls=True).writes == ()


def test_a_thing_that_is_only_listed():
    class Listed(Zone):
        only_listed = True

    assert Listed(FakeClient(ZONES), {}).one(4)["name"] == "Test"
    with pytest.raises(Cloud66Error, match=r"^No zone matches '9'\."):
        Listed(FakeClient(ZONES), {}).one(9)
