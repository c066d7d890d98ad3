# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of servers and load balancers."""

from __future__ import annotations

import json

import pytest

STACK = "5999b763474b0eafa5fafb64bff0ba80"
OTHER = "f196c5b41758cb7977620d49eb1492ef"


@pytest.fixture
def path(sim):
    """The tags of the seed's first server: web, blue, and the reserved c66-managed."""
    return f"/tags/server/{sim.world.servers[STACK][0]['uid']}"


@pytest.fixture
def tags(call, conforms):
    """Read or write tags. Returns their values."""

    def send(method, path, body=None, form=None):
        operation = {"GET": "list", "POST": "replace", "PATCH": "patch", "DELETE": "delete"}[method]
        [row] = conforms(f"{operation}_tags", call(method, path, body=body, form=form))["response"]
        assert path == f"/tags/{row['entity_type']}/{row['entity_id']}"
        return [tag["value"] for tag in row["tags"]]

    return send


def patch(*steps):
    return {"operations": [{"op": op, "tags": tags} for op, tags in steps]}


@pytest.mark.parametrize(("choice", "reserved"), [("keep", ["c66-managed"]), ("remove", [])])
def test_tags_are_replaced_and_removed(sim, tags, path, choice, reserved):
    sim.settings(reserved_tags=choice)
    assert tags("GET", path) == ["web", "blue", "c66-managed"]
    assert tags("POST", path, {"tags": ["a", "b", "a"]}) == [*reserved, "a", "b"]
    assert tags("DELETE", path) == reserved == tags("GET", path)


@pytest.mark.parametrize(("choice", "reserved"), [("keep", ["c66-managed"]), ("remove", [])])
def test_tags_are_added_and_removed_one_by_one(sim, tags, path, choice, reserved):
    sim.settings(reserved_tags=choice)
    assert tags("PATCH", path, patch(("add", ["c", "web"]), ("delete", None))) == ["web", "blue", "c66-managed", "c"]
    assert tags("PATCH", path, patch(("add", ["blue"]), ("delete", ["blue", "nothing"]))) == [
        *("web", "c66-managed", "c", "blue"),
    ], "removals come first"
    assert tags("PATCH", path, patch(("delete", ["web", "blue", "c66-managed"]))) == [*reserved, "c"]


@pytest.mark.parametrize("value", ["green", ["green"], json.dumps(["green"])])
@pytest.mark.parametrize("form", [False, True])
def test_forms_and_texts(call, tags, path, value, form):
    if form:
        value = value if isinstance(value, str) else json.dumps(value)
        assert tags("POST", path, form={"tags": value}) == ["green"]
        assert tags("PATCH", path, form={"operations": json.dumps([{"op": "add", "tags": ["x"]}])}) == ["green", "x"]
    elif value == "green":
        assert call("POST", path, body={"tags": value}).status == 400
    else:
        assert tags("POST", path, {"tags": value}) == ["green"]


@pytest.mark.parametrize(
    ("choice", "uid_status", "number_status"), [("uid", 200, 404), ("number", 404, 200), ("both", 200, 200)]
)
def test_what_names_a_server(sim, call, choice, uid_status, number_status):
    sim.settings(tag_entity_id=choice)
    for kind in ("server", "loadbalancer"):
        uid, number = next(iter(sim.world.taggable(kind)))
        assert call("GET", f"/tags/{kind}/{uid}").status == uid_status
        assert call("GET", f"/tags/{kind}/{number}").status == number_status
    assert call("GET", "/tags/server/nobody").status == 404
    assert call("GET", f"/tags/stack/{STACK}").status == 404


def test_a_uid_and_a_number_name_the_same_tags(sim, tags):
    uid, number = next(iter(sim.world.taggable("loadbalancer")))
    tags("POST", f"/tags/loadbalancer/{uid}", {"tags": ["edge"]})
    assert tags("GET", f"/tags/loadbalancer/{number}") == ["edge"]


def test_answers_of_the_other_kind(sim, call, conforms, path):
    sim.settings(tag_answer="object", tags_as="texts")
    for operation, method, body in (
        ("list_tags", "GET", None),
        ("replace_tags", "POST", {"tags": ["a"]}),
        ("patch_tags", "PATCH", patch(("add", ["b"]))),
        ("delete_tags", "DELETE", None),
    ):
        row = conforms(operation, call(method, path, body=body))["response"]
        assert all(isinstance(tag, str) for tag in row["tags"])


@pytest.mark.parametrize("choice", ["entry", "empty"])
def test_a_server_that_never_had_a_tag(sim, call, conforms, tags, choice):
    sim.settings(untagged_answer=choice)
    path = f"/tags/server/{sim.world.servers[OTHER][0]['uid']}"
    rows = conforms("list_tags", call("GET", path))["response"]
    assert [row["tags"] for row in rows] == ([[]] if choice == "entry" else [])
    assert tags("PATCH", path, patch(("add", ["first"]))) == ["first"] == tags("GET", path)


@pytest.mark.parametrize("body", [{}, {"tags": [""]}, {"tags": "{}"}, {"tags": "[1]"}, {"tags": ["a", 1]}])
def test_tags_that_are_refused(sim, call, tags, path, body):
    assert call("POST", path, body=body).status == 400
    assert call("PATCH", path, body=patch(("replace", ["a"]))).status == 400
    assert tags("GET", path) == ["web", "blue", "c66-managed"]
