# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is known of a stack and what was read of it to events, without any request."""

from __future__ import annotations

import copy
import json
import time

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.engine import events
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.checkpoint import Checkpoint
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.events import (
    KINDS,
    Look,
    Rules,
    iso,
    look_events,
    new_state,
    reaches_back,
    row_events,
)

NOW = 1_777_000_000
SINCE = NOW - 3600
RULES = Rules(KINDS, 26 * 3600)
ROW = {
    "uid": "a" * 32,
    "name": "shop",
    "environment": "production",
    "account_id": 1,
    "status": 1,
    "health": 3,
    "maintenance_mode": False,
    "updated_at_iso": iso(SINCE - 60),
    "redeploy_hook": "https://hooks.example.com/secret",
}
SUCCESS, FAILED, CANCELLED = (
    {"code": n, "meaning": word} for n, word in enumerate(("success", "failed", "cancelled"), 1)
)


@pytest.fixture
def state():
    return new_state(ROW, SINCE)


def deployment(number, began=None, ended=None, outcome=None):
    times = {"started_at": began and iso(began), "finished_at": ended and iso(ended)}
    return {"id": number, **times, "outcome": outcome, "is_deploying": bool(began and not ended)}


def played(state, *looks):
    """The types of the events of each look. What is known survives a checkpoint, and is not changed."""
    found = []
    for look in looks:
        before = copy.deepcopy(state)
        after, new = look_events(state, look, RULES, NOW)
        assert state == before
        state = json.loads(json.dumps(after))
        found.append([event["type"] for event in new])
    return found


def of(*rows):
    return Look(deployments=list(rows))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # What is over before the watch is no news.
        ([deployment(1, SINCE - 9, SINCE - 5, SUCCESS)], [[]]),
        ([deployment(1, SINCE - 9)], [[]]),
        ([deployment(1, SINCE - 9), deployment(1, SINCE - 9, NOW, SUCCESS)], [[], ["deployment_ended"]]),
        ([deployment(1, SINCE - 9, NOW, FAILED)], [["deployment_failed"]]),
        # Both are reported if it was too short to be seen running.
        ([deployment(1, NOW - 9, NOW, FAILED)], [["deployment_began", "deployment_failed"]]),
        ([deployment(1, NOW - 9), deployment(1, NOW - 9)], [["deployment_began"], []]),
        # Queued ones have not begun.
        (
            [deployment(1), deployment(1, NOW - 9), deployment(1, NOW - 9, NOW, SUCCESS)],
            [[], ["deployment_began"], ["deployment_ended"]],
        ),
        ([deployment(1), deployment(1, None, NOW, CANCELLED)], [[], ["deployment_ended"]]),
        (
            [deployment(1, NOW - 9), deployment(1, NOW - 9, NOW, CANCELLED)],
            [["deployment_began"], ["deployment_ended"]],
        ),
        # A word that nobody has documented is a failure.
        ([deployment(1, SINCE - 9, NOW, {"code": 9, "meaning": "odd"})], [["deployment_failed"]]),
    ],
)
def test_deployments(state, rows, expected):
    assert played(state, *map(of, rows)) == expected


def test_a_deployment_that_is_listed_late_is_not_lost(state):
    first, second = deployment(1, NOW - 50, NOW - 9, SUCCESS), deployment(2, NOW - 40, NOW - 5, SUCCESS)
    both = ["deployment_began", "deployment_ended"]
    assert played(state, of(second), of(first, second), of(first, second)) == [both, both, []]


def test_only_the_newest_are_remembered_and_the_others_are_old(state, monkeypatch):
    monkeypatch.setattr(events, "REMEMBERED", 2)
    rows = [deployment(number, NOW - 99 + number, NOW, SUCCESS) for number in range(1, 6)]
    state, _events = look_events(state, of(*rows, deployment(6, NOW - 9)), RULES, NOW)
    assert state["deployments"] == {"states": {"4": "success", "5": "success", "6": "running"}, "floor": 3}
    assert played(state, of(*rows, deployment(6, NOW - 9))) == [[]]


def test_what_no_longer_exists_is_not_open(state):
    state, _events = look_events(state, of(deployment(1, NOW - 9)), RULES, NOW)
    assert events.has_open_work(state)
    state, _events = look_events(state, of(), RULES, NOW)
    assert not events.has_open_work(state)


@pytest.mark.parametrize(
    ("ids", "known", "expected"),
    [
        ([9, 8, 7], {"7": "success"}, True),
        ([9, 8, 7], {"6": "success"}, False),
        ([7, 8, 9], {"7": "success"}, False),
        ([9, 8, 7], {"8": "success", "2": "running"}, False),
        ([], {}, False),
    ],
)
def test_whether_the_first_page_suffices(ids, known, expected):
    rows = [{"id": number, "started_at": iso(NOW)} for number in ids]
    assert reaches_back({"states": known, "floor": 0}, rows, SINCE) is expected
    if ids == sorted(ids, reverse=True) and ids and "2" not in known:
        rows[-1]["started_at"] = iso(SINCE - 1)
        assert reaches_back({"states": known, "floor": 0}, rows, SINCE)


def test_a_row_that_is_listed_twice_is_one(state):
    row = deployment(1, NOW - 9, NOW, FAILED)
    state, found = look_events(state, of(row, row), RULES, NOW)
    checkpoint = Checkpoint(None)
    checkpoint.install({"stacks": {ROW["uid"]: state}, "read_at": NOW}, found)
    assert [event["type"] for event in checkpoint.pending] == ["deployment_began", "deployment_failed"]


def test_changes_of_a_row_have_uuids_of_their_own(state):
    seen = []
    for health in (4, 3, 4, 3):
        # The time of the row may stay the same.
        state, new = row_events(state, {**ROW, "health": health}, RULES, NOW)
        seen += new
    assert [(event["before"], event["after"]) for event in seen[:2]] == [("ok", "broken"), ("broken", "ok")]
    assert len({event["meta"]["uuid"] for event in seen}) == 4
    assert {event["at"] for event in seen} == {iso(NOW)}


def test_a_time_without_a_zone_is_in_utc(monkeypatch):
    try:
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        assert events.moment("2026-05-04 08:00:00") == events.moment("2026-05-04T08:00:00Z")
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_same_change_has_the_same_uuid(state):
    row = {**ROW, "health": 4, "updated_at_iso": iso(NOW)}
    assert row_events(state, row, RULES, NOW)[1] == row_events(state, row, RULES, NOW + 60)[1]


def test_only_the_wanted_kinds_are_reported(state):
    row = {**ROW, "health": 4, "status": 2, "maintenance_mode": True}
    for kind in ("health", "status", "drift"):
        assert len(row_events(state, row, Rules((kind,)), NOW)[1]) == 1
    assert row_events(state, row, Rules(("backups",)), NOW)[1] == []


def test_codes_that_nobody_has_documented_are_unknown(state):
    _state, (event,) = row_events(state, {**ROW, "health": 17}, RULES, NOW)
    assert event["after"] == "unknown"


def test_no_secret_is_in_a_state_or_an_event(state):
    state, new = row_events(state, {**ROW, "health": 4}, RULES, NOW)
    assert new
    assert "secret" not in json.dumps([state, new])


def test_servers_that_came_before_the_first_look(state):
    old, new = ({"uid": uid, "name": uid, "created_at": iso(time)} for uid, time in (("o", SINCE - 9), ("n", NOW - 9)))
    looks = Look(servers=[old, new]), Look(servers=[new]), Look(servers=[new])
    assert played(state, *looks) == [["server_added"], ["server_removed"], []]


def test_a_certificate_that_was_renewed_can_end_again(state):
    def look(days):
        return Look(
            certificates=[{"uuid": None, "server_names": "a.example.com", "expires_at": iso(NOW + days * 86400)}]
        )

    looks = look(15), look(13), look(13), look(90), look(12), Look(certificates=[{"uuid": "x", "expires_at": None}])
    ending = ["certificate_ending"]
    assert played(state, *looks) == [[], ending, [], [], ending, []]


def test_a_missing_backup_is_reported_once_for_each_backup_that_becomes_too_old(state):
    def look(*hours, status=0):
        place = {"stack_uid": ROW["uid"], "db_type": "mysql", "database_name": "app", "verify_status": 0}
        times = [{"id": 1000 - h, "backup_date_iso": iso(NOW - h * 3600)} for h in hours]
        return Look(backups=[{**place, **time, "backup_status": status} for time in times])

    missing = ["backup_missing"]
    looks = look(20), look(30), look(30), look(2, 30), look(27, 30), look(40, status=1)
    assert played(state, *looks) == [[], missing, [], [], missing, missing]
