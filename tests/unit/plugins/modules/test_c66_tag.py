# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_tag: a set with additions, removals and purge, and reserved tags that are kept."""

from __future__ import annotations

import json

import pytest
from simulator.seed import AWESOME_APP
from unit.fixtures.writes import LOST


@pytest.fixture
def uid(sim):
    """The seeded server Lion has the tags web and blue, and the reserved tag c66-managed."""
    return sim.world.servers[AWESOME_APP][0]["uid"]


@pytest.fixture
def tag(run_module):
    return lambda **args: run_module("c66_tag", **{"diff": True, "stack": "Awesome App", "server": "Lion", **args})


@pytest.fixture
def stored(sim, uid):
    def read():
        return [row["value"] for row in sim.world.tags[f"server/{uid}"]["tags"]]

    return read


def values(run):
    return [row["value"] for row in run.result["tags"]]


def methods(sim):
    return [write.method for write in sim.writes]


def operations(sim):
    return {step["op"]: step["tags"] for step in json.loads(sim.writes[-1].body)["operations"]}


@pytest.fixture(params=["list", "object"])
def answers(request, sim):
    sim.settings(tag_answer=request.param)


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize("form", ["objects", "texts"])
@pytest.mark.parametrize("untagged", ["entry", "empty"])
def test_present_twice(sim, tag, form, untagged):
    """In every form of tags, including a server that never had any."""
    sim.settings(tags_as=form, untagged_answer=untagged)
    first = tag(server="Caribou", tags=["blue", "canary"])
    assert first.result["changed"]
    assert first.result["changes"] == {"added": ["blue", "canary"], "changed": [], "removed": []}
    assert (first.result["diff"]["before"], first.result["diff"]["after"]) == (
        {"tags": []},
        {"tags": ["blue", "canary"]},
    )
    assert sorted(values(first)) == ["blue", "canary"]
    second = tag(server="Caribou", tags=["canary", "blue", "blue"])
    assert not second.result["changed"]
    assert second.result["tags"] == first.result["tags"]
    assert methods(sim) == ["PATCH"]


def test_other_tags_are_kept(sim, tag, stored):
    run = tag(tags=["green", "web"])
    assert run.result["changes"] == {"added": ["green"], "changed": [], "removed": []}
    assert operations(sim) == {"add": ["green"]}
    assert stored() == values(run) == ["web", "blue", "c66-managed", "green"]


@pytest.mark.parametrize("reserved", ["keep", "remove"])
@pytest.mark.parametrize("tags", [["green", "web"], []])
def test_purge_keeps_reserved_tags(sim, tag, stored, reserved, tags):
    """Whether or not Cloud 66 would remove it."""
    sim.settings(reserved_tags=reserved)
    run = tag(tags=tags, purge=True)
    assert run.result["changed"]
    assert set(stored()) == set(values(run)) == {*tags, "c66-managed"}
    assert not tag(tags=tags, purge=True).result["changed"]
    assert methods(sim) == ["PATCH"]


def test_absent_twice(sim, tag, stored):
    first = tag(tags=["blue", "nothing"], state="absent")
    assert first.result["changes"] == {"added": [], "changed": [], "removed": ["blue"]}
    assert first.result["diff"]["after"]["tags"] == sorted(stored()) == ["c66-managed", "web"]
    second = tag(tags=["blue", "nothing"], state="absent")
    assert not second.result["changed"]
    assert (methods(sim), operations(sim)) == (["PATCH"], {"delete": ["blue"]})


@pytest.mark.parametrize("reserved", ["keep", "remove"])
def test_a_reserved_tag_cannot_be_removed(sim, tag, reserved):
    sim.settings(reserved_tags=reserved)
    result = tag(tags=["c66-managed", "blue"], state="absent").result
    assert result["failed"]
    assert result["msg"] == "The tag c66-managed is reserved by Cloud 66 and cannot be removed."
    assert methods(sim) == []


def test_a_reserved_tag_can_be_wanted(sim, tag):
    assert not tag(tags=["c66-managed"]).result["changed"]
    assert methods(sim) == []


@pytest.mark.parametrize(
    "args",
    [
        {"tags": ["web"]},
        {"tags": ["green"]},
        {"tags": ["green"], "purge": True},
        {"tags": [], "purge": True},
        {"tags": ["web"], "state": "absent"},
        {"tags": ["nothing"], "state": "absent"},
    ],
)
def test_check_mode_predicts_the_change_and_sends_no_write(sim, tag, args):
    check = tag(check=True, **args)
    assert methods(sim) == []
    real = tag(**args)
    for part in ("changed", "diff", "changes"):
        assert check.result[part] == real.result[part]
    assert sorted(values(check)) == sorted(values(real))


# Tagged things


@pytest.mark.parametrize("kind", ["server", "loadbalancer"])
@pytest.mark.parametrize("names", ["uid", "number"])
def test_a_thing_by_its_id(sim, tag, kind, names):
    """Whichever id Cloud 66 accepts."""
    sim.settings(tag_entity_id=names)
    uid, number = next(iter(sim.world.taggable(kind)))
    entity = {"stack": None, "server": None, "entity_type": kind, "entity_id": uid if names == "uid" else str(number)}
    assert tag(tags=["edge"], **entity).result["changed"]
    assert "edge" in str(sim.world.tags[f"{kind}/{uid}"])
    assert not tag(tags=["edge"], **entity).result["changed"]


def test_a_server_by_its_uid(tag, stored, uid):
    assert tag(server=uid, tags=["green"]).result["changed"]
    assert "green" in stored()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"server": "Lino"}, "Did you mean Lion?"),
        ({"stack": "Nowhere"}, "Nowhere"),
        ({"stack": None, "server": None, "entity_id": "4711"}, "server 4711"),
        ({"tags": [""]}, "empty"),
        ({"tags": [" "]}, "empty"),
    ],
)
def test_invalid_options(sim, tag, args, words):
    result = tag(**{"tags": ["green"], **args}).result
    assert (result["failed"], result["changed"]) == (True, False)
    assert words in result["msg"]
    assert not any(write.applied for write in sim.writes)


def test_a_token_without_the_scope(sim, tag):
    sim.world.add_token(2, {"admin"}, "no-public-token-66")
    result = tag(tags=["green"], api_token="no-public-token-66").result
    assert (result["status"], result["changed"], methods(sim)) == (403, False, [])
    assert "the scope public" in result["msg"]


# Lost answers


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
@pytest.mark.parametrize(
    "args", [{"tags": ["green"]}, {"tags": ["green"], "purge": True}, {"tags": ["web"], "state": "absent"}]
)
def test_a_lost_answer(sim, tag, kind, options, applied, args):
    sim.fault(kind, method="PATCH", times=1, **options)
    run = tag(**args)
    assert run.result["changed"]
    assert not run.result.get("failed")
    assert methods(sim) == (["PATCH"] if applied and kind != "wrong_type" else methods(sim))
    assert not tag(**args).result["changed"]


def test_a_write_that_cannot_be_read_back(sim, tag):
    """It was applied, and the failure says so."""
    sim.fault("html", method="GET", path="/tags/*", skip=1)
    result = tag(tags=["green"]).result
    assert (result["failed"], result["changed"], result["status"]) == (True, True, 502)
    assert result["changes"]["added"] == ["green"]
    assert methods(sim) == ["PATCH"]


@pytest.mark.parametrize("wrong", ["", " "])
def test_an_empty_tag_is_refused(run_module, sim, wrong):
    result = run_module("c66_tag", entity_id="57648", tags=["good", wrong]).result
    assert result["msg"] == "A tag cannot be empty."
    assert not sim.requests
