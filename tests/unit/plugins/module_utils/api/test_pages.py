# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists are returned whole or not at all."""

from __future__ import annotations

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api import pages
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.api.pages import ListError, Page, page_of, read_whole

STACK = "f196c5b41758cb7977620d49eb1492ef"


def uids(rows):
    return [row["uid"] for row in rows]


@pytest.mark.parametrize("per_page", [1, 2, 5, 30])
def test_every_page_is_read_once(sim, messages, make_client, per_page):
    sim.settings(per_page=per_page)
    rows = make_client().list("stacks", STACK, "servers")
    assert uids(rows) == uids(sim.world.servers[STACK])
    assert [request.query for request in sim.requests] == ["", *(f"page={n}" for n in range(2, -(-5 // per_page) + 1))]
    assert len(messages.logs) == len(sim.requests) - 1
    assert messages.warnings == []


def test_a_hundred_stacks(sim, make_client):
    for _number in range(97):
        sim.world.add_stack()
    assert uids(make_client().list("stacks")) == uids(sim.world.stacks)
    assert len(sim.requests) == 4


def test_filters_are_sent_for_every_page(sim, make_client):
    sim.settings(per_page=10)
    rows = make_client().list("stacks", STACK, "backups", group=1345, db_type="mysql")
    assert len(rows) == 24
    assert all("group=1345&db_type=mysql" in request.query for request in sim.requests)


def test_an_empty_list(sim, make_client):
    sim.world.stacks.clear()
    assert make_client().list("stacks") == []
    assert len(sim.requests) == 1


@pytest.mark.parametrize(
    ("variant", "words"),
    [("follow", "page 2 has no new rows, although it announces page 3"), ("stuck", "page 2 was requested")],
)
def test_an_endless_list(sim, make_client, variant, words):
    sim.fault("repeat_page", variant=variant)
    with pytest.raises(Cloud66Error) as caught:
        make_client().labelled("the stacks").list("stacks")
    assert str(caught.value).startswith(f"Cannot read the stacks completely: {words}")
    assert caught.value.url == f"{sim.url}/stacks"
    assert len(sim.requests) == 2


def test_a_list_that_changes_once_is_read_again(sim, messages, make_client):
    sim.settings(per_page=1)
    sim.fault("moving")
    rows = make_client().list("stacks")
    assert uids(rows) == uids(sim.world.stacks)
    assert len(rows) == 4
    assert messages.warnings == []


def test_a_list_that_keeps_changing_is_returned_with_a_warning(sim, messages, make_client):
    """It contains everything that was read, each row once."""
    sim.settings(per_page=2)
    sim.fault("moving", every=True)
    existing = set(uids(sim.world.stacks))
    found = uids(make_client().list("stacks"))
    assert existing <= set(found)
    assert len(found) == len(set(found))
    assert messages.warnings == ["The list changed each time it was read: rows may be missing or outdated."]


@pytest.mark.parametrize("kind", ["html", "reset", "cut", "wrong_type", "status"])
def test_a_page_that_fails_fails_the_list(sim, make_client, kind):
    sim.settings(per_page=1)
    sim.fault(kind, skip=1)
    with pytest.raises(Cloud66Error, match="Cannot read the stacks"):
        make_client(api_retries=1).labelled("the stacks").list("stacks")


def test_a_page_that_fails_once_is_retried(sim, make_client):
    sim.settings(per_page=1)
    sim.fault("html", skip=1, times=1)
    assert len(make_client().list("stacks")) == 3
    assert [request.query for request in sim.requests] == ["", "page=2", "page=2", "page=3"]


@pytest.mark.parametrize(
    "body", [[], None, "x", {}, {"response": {}}, {"response": None}, {"response": [1]}, {"response": [{}, None]}]
)
def test_an_answer_that_is_not_a_list(sim, make_client, body):
    sim.fault("wrong_type", body=body)
    with pytest.raises(Cloud66Error, match="Cannot read the API completely: the answer is not a list"):
        make_client().list("stacks")


@pytest.mark.parametrize(
    ("body", "page"),
    [
        ({}, (None, None)),
        ({"count": 99}, (None, None)),
        ({"pagination": None}, (None, None)),
        ({"pagination": {}}, (None, None)),
        ({"pagination": {"current": 2, "next": 3, "count": 7, "pages": 1}}, (3, 7)),
        ({"pagination": {"current": 2, "next": None, "count": 99, "pages": 9}}, (None, 99)),
        ({"pagination": {"current": 2, "next": 0}}, (None, None)),
        ({"pagination": {"current": 2, "next": 2}}, (None, None)),
        ({"pagination": {"current": 2, "next": 1}}, (None, None)),
        ({"pagination": {"current": None, "next": 3}}, (3, None)),
    ],
)
def test_the_end_is_found_by_next_and_current_not_by_counts(body, page):
    rows = [{"uid": "a"}]
    assert page_of({"response": rows, **body}, 2) == Page(rows, *page)


def whole(*answers, warn=print):
    """The list read from these pages, one for each request."""
    given = iter(answers)
    return read_whole(lambda _number: next(given), warn)


def test_a_duplicate_row_is_kept_once():
    rows = [{"uid": "a", "n": 1}, {"uid": "b"}, {"uid": "a", "n": 2}]
    assert whole(Page(rows, 2, 3), Page([{"uid": "b"}, {"uid": "c"}], None, 3)) == [*rows[:2], {"uid": "c"}]


@pytest.mark.parametrize("key", ["uid", "id", "uuid", "token", "key", "name"])
def test_fields_that_identify_rows(key):
    rows = [{key: 1, "x": 1}, {key: "1", "x": 2}, {key: 2, "x": 3}]
    assert whole(Page(rows, None, None)) == [rows[0], rows[2]]


def test_rows_without_an_identity_are_all_kept():
    rows = [{"value": 1}, {"value": 1}, {"uid": None}]
    assert whole(Page(rows, 2, None), Page([{"value": 1}], None, None)) == [*rows, {"value": 1}]


def test_a_list_that_grew_is_read_again():
    first, second = {"uid": "a"}, {"uid": "b"}
    warnings = []
    changed = [Page([first], 2, 1), Page([first], None, 2)]
    assert whole(*changed, Page([second], 2, 2), Page([first], None, 2), warn=warnings.append) == [second, first]
    assert warnings == []


def test_too_many_pages(monkeypatch):
    monkeypatch.setattr(pages, "MAX_PAGES", 3)
    with pytest.raises(ListError, match="it has more than 3 pages"):
        whole(*(Page([{"id": number}], number + 2, None) for number in range(5)))
