# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened to stacks: compares what is known of a stack with what was read, and returns events.

Everything here is pure and made of JSON. Nothing imports Ansible, because ansible-rulebook runs it.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ..api.limits import DAY
from ..resources.action import iso, moment, reference_of
from ..resources.action import succeeded as action_succeeded
from ..resources.backup import FAILED, by_database, judged, made
from ..resources.backup import STATUS as BACKUP_STATUS
from ..resources.deployment import succeeded as deployment_succeeded
from ..resources.fields import Row
from ..resources.stack import HEALTH, STATUS

KINDS = ("deployments", "actions", "status", "health", "backups", "certificates", "drift")
DEFAULT_KINDS = KINDS[:4]
# The namespace of the UUIDs of events.
NAMESPACE = uuid.UUID("6d9b0c5e-2f0a-5c3e-9d6a-c66c66c66c66")
QUEUED, RUNNING = "queued", "running"
OPEN = (QUEUED, RUNNING)
# How many of the newest things of a stack are remembered.
REMEMBERED = 100
# The fields of a stack whose change means that something has happened in it.
TOUCHED = ("status", "health", "maintenance_mode", "is_busy")

# How templates begin.
BRACES = re.compile(r"\{(?=[{%#])")

State = dict[str, Any]
Event = dict[str, Any]


class Rules(NamedTuple):
    """What causes events: their kinds, the longest age of a backup in seconds, and the days left of a certificate."""

    kinds: tuple[str, ...] = DEFAULT_KINDS
    backup_max_age: int | None = None
    certificate_days: int = 14


class Look(NamedTuple):
    """What was read of a stack. None: it was not read."""

    deployments: list[Row] | None = None
    actions: list[Row] | None = None
    servers: list[Row] | None = None
    backups: list[Row] | None = None
    certificates: list[Row] | None = None


def new_state(row: Row, since: float) -> State:
    """What is known of a stack that is seen for the first time. What happened before `since` causes no events."""
    touched = max(moment(updated_at(row)), moment(active_at(row)))
    return {
        **_names(row),
        "since": int(since),
        "row": _values(row),
        "looked": None if touched >= int(since) else fingerprint(row),
        "looked_at": 0,
        "slow_at": 0,
        "deployments": {"states": {}, "floor": 0},
        "actions": {"states": {}, "floor": 0},
        "failed_backups": {"states": {}, "floor": 0},
        "servers": None,
        "certificates": {},
        "overdue": {},
    }


def fingerprint(row: Row) -> str:
    """A text that differs if anything has happened in a stack, as far as its row shows that."""
    return json.dumps([updated_at(row), active_at(row), *(row.get(name) for name in TOUCHED)])


def has_open_work(state: State) -> bool:
    """Whether deployments or actions of a stack are known that have not ended."""
    return any(word in OPEN for part in ("deployments", "actions") for word in state[part]["states"].values())


def open_ids(known: State) -> set[int]:
    """The ids of the things that have not ended."""
    return {int(number) for number, word in known["states"].items() if word in OPEN}


def reaches_back(known: State, rows: list[Row], since: float) -> bool:
    """Whether a first page has everything new: it is sorted, the newest first, and ends with things that are known."""
    ids = [row["id"] for row in rows]
    if not ids or ids != sorted(ids, reverse=True) or not open_ids(known) <= set(ids):
        return False
    newest_known = max([known["floor"], *map(int, known["states"])])
    started = moment(rows[-1].get("started_at"))
    return ids[-1] <= newest_known or 0 < started < since


def row_events(state: State, row: Row, rules: Rules, now: float) -> tuple[State, list[Event]]:
    """The new state of a stack and the events, from its row in the list of stacks."""
    values, old = _values(row), state["row"]
    state = {**state, **_names(row)}
    same_time = old["updated"] == values["updated"]
    at = now if same_time else moment(values["updated"]) or now
    # Several changes may have the same time.
    turn = old["turn"] + 1 if same_time else 0
    events = []
    for kind, codes in (("status", STATUS), ("health", HEALTH)):
        before, after = codes.word(old[kind]) or "unknown", codes.word(values[kind]) or "unknown"
        if kind in rules.kinds and before != after:
            done = f"{before}-{after}@{values['updated']}#{turn}"
            events.append(_event(state, f"{kind}_changed", kind, done, at, before=before, after=after))
    before, after = old["maintenance_mode"], values["maintenance_mode"]
    if "drift" in rules.kinds and before != after:
        done = f"{after}@{values['updated']}#{turn}"
        events.append(_event(state, "maintenance_changed", "maintenance", done, at, before=before, after=after))
    values["turn"] = turn if events else (old["turn"] if same_time else 0)
    return {**state, "row": values}, events


def look_events(state: State, look: Look, rules: Rules, now: float) -> tuple[State, list[Event]]:
    """The new state of a stack and the events in the order of their times, from what was read of the stack."""
    state, events = dict(state), []
    if look.deployments is not None:
        state["deployments"], news = _tracked(state, "deployments", look.deployments, deployment_state)
        events += [_deployment_event(state, *one) for one in news]
    if look.actions is not None:
        state["actions"], news = _tracked(state, "actions", look.actions, action_state)
        events += [_action_event(state, *one) for one in news]
    if look.servers is not None:
        state["servers"], more = _server_events(state, look.servers, now)
        events += more
    if look.backups is not None:
        events += _failed_backups(state, look.backups, now)
        events += _missing_backups(state, look.backups, rules, now)
    if look.certificates is not None:
        state["certificates"], more = _ending_certificates(state, look.certificates, rules, now)
        events += more
    return state, sorted(events, key=lambda event: moment(event["at"]))


def deployment_state(row: Row) -> str:
    """The state of a deployment: queued, running, success, or another word of Cloud 66, which documents no others."""
    if row.get("is_deploying"):
        return RUNNING
    outcome = row.get("outcome") or {}
    if not row.get("finished_at") and not outcome:
        return RUNNING if row.get("started_at") else QUEUED
    return "success" if deployment_succeeded(row) else str(outcome.get("meaning") or FAILED)


def action_state(row: Row) -> str:
    """The state of an action: running, success or failed."""
    done = action_succeeded(row)
    return RUNNING if done is None else "success" if done else FAILED


def updated_at(row: Row) -> Any:
    """When a stack was changed last."""
    return row.get("updated_at_iso") or row.get("updated_at")


def active_at(row: Row) -> Any:
    """When something happened in a stack."""
    return row.get("last_activity_iso") or row.get("last_activity")


def _names(row: Row) -> Row:
    return {name: row.get(name) for name in ("uid", "name", "environment", "account_id")}


def _values(row: Row) -> Row:
    names = ("status", "health")
    maintenance = bool(row.get("maintenance_mode"))
    return {
        **{name: row.get(name) for name in names},
        "maintenance_mode": maintenance,
        "updated": updated_at(row),
        "turn": 0,
    }


def _event(state: State, kind: str, thing: str, done: str, at: float, **fields: Any) -> Event:
    """An event. Its UUID depends only on the stack, the thing and what became of it."""
    row = state["row"]
    stack = {
        **_names(state),
        "status": STATUS.word(row["status"]),
        "health": HEALTH.word(row["health"]),
        "maintenance_mode": row["maintenance_mode"],
    }
    number = uuid.uuid5(NAMESPACE, f"{state['uid']}/{thing}/{done}")
    event = {"type": kind, "at": iso(at), "stack": stack, **fields, "repeated": False, "meta": {"uuid": str(number)}}
    found: Event = without_templates(event)
    return found


def without_templates(value: Any) -> Any:
    """A value in which no text is a template. A rulebook passes events to playbooks, which would evaluate it."""
    if isinstance(value, str):
        return BRACES.sub("{ ", value)
    if isinstance(value, list):
        return [without_templates(one) for one in value]
    return {name: without_templates(one) for name, one in value.items()} if isinstance(value, dict) else value


def _tracked(
    state: State, part: str, rows: Iterable[Row], state_of: Callable[[Row], str]
) -> tuple[State, list[tuple[Row, str]]]:
    """The states of deployments or actions, and each that began or ended with its state.

    One of which only the end is seen has also begun, unless that was before the watch.
    """
    known, since = state[part], state["since"]
    states, news = {}, []
    listed = sorted(rows, key=lambda row: row["id"])
    for row in listed:
        number, word = str(row["id"]), state_of(row)
        before = known["states"].get(number)
        if before is None and row["id"] <= known["floor"]:
            continue
        began, ended = moment(row.get("started_at")), moment(row.get("finished_at"))
        if word != QUEUED and began and before in (None, QUEUED) and (before or began >= since):
            news.append((row, RUNNING))
        if word not in OPEN and before in (None, *OPEN) and (before or ended >= since):
            news.append((row, word))
        if word in OPEN or before or ended >= since:
            states[number] = word
    # Open ones that are not listed no longer exist: the whole list is read until all of them are found.
    kept = {number: word for number, word in known["states"].items() if word not in OPEN}
    return _trimmed({**kept, **states}, known["floor"]), news


def _trimmed(states: State, floor: int) -> State:
    """The states of the newest things and of the open ones. Ids up to `floor` are old unless they are among them."""
    ended = sorted((int(number) for number, word in states.items() if word not in OPEN), reverse=True)
    dropped = ended[REMEMBERED:]
    kept = {number: word for number, word in states.items() if int(number) not in set(dropped)}
    return {"states": kept, "floor": max([floor, *dropped])}


def _deployment_event(state: State, row: Row, word: str) -> Event:
    names = ("id", "triggered_by", "git_hash", "started_at", "finished_at", "is_live")
    deployment = {**{name: row.get(name) for name in names}, "outcome": None if word == RUNNING else word}
    is_failure = word not in (RUNNING, "success") and not word.startswith("cancel")
    kind = "deployment_began" if word == RUNNING else "deployment_failed" if is_failure else "deployment_ended"
    return _event(state, kind, f"deployment/{row['id']}", word, _time_of(row, word), deployment=deployment)


def _action_event(state: State, row: Row, word: str) -> Event:
    names = ("id", "action", "user", "started_via", "started_at", "finished_at", "finished_message")
    action = {**{name: row.get(name) for name in names}, "user_reference": reference_of(row)}
    kind = {RUNNING: "action_began", FAILED: "action_failed"}.get(word, "action_ended")
    return _event(state, kind, f"action/{row['id']}", word, _time_of(row, word), action=action)


def _time_of(row: Row, word: str) -> float:
    return moment(row.get("started_at" if word == RUNNING else "finished_at"))


def _server_events(state: State, rows: list[Row], now: float) -> tuple[State, list[Event]]:
    """The servers by UID, and those that came or went. On the first look, those that were created meanwhile came."""
    before, after, events = state["servers"], {row["uid"]: row.get("name") for row in rows}, []
    for row in rows:
        created = moment(row.get("created_at"))
        if row["uid"] not in (before or {}) and (before is not None or created >= state["since"]):
            server = {name: row.get(name) for name in ("uid", "name", "address", "server_roles")}
            thing = f"server/{row['uid']}"
            events.append(_event(state, "server_added", thing, "added", created or now, server=server))
    for uid in set(before or {}) - set(after):
        server = {"uid": uid, "name": before[uid]}
        events.append(_event(state, "server_removed", f"server/{uid}", "removed", now, server=server))
    return after, events


def _failed_backups(state: State, rows: list[Row], now: float) -> list[Event]:
    """An event for each backup that failed since the watch began. Changes the state."""
    known = state["failed_backups"]
    failed = [row for row in rows if BACKUP_STATUS.word(row["backup_status"]) == FAILED and made(row) >= state["since"]]
    new = [row for row in failed if str(row["id"]) not in known["states"] and row["id"] > known["floor"]]
    states = {**known["states"], **{str(row["id"]): FAILED for row in new}}
    state["failed_backups"] = _trimmed(states, known["floor"])
    names = ("id", "db_type", "database_name", "backup_date_iso", "backup_result")
    return [
        _event(
            state,
            "backup_failed",
            f"backup/{row['id']}",
            FAILED,
            made(row) or now,
            backup={name: row.get(name) for name in names},
        )
        for row in new
    ]


def _missing_backups(state: State, rows: list[Row], rules: Rules, now: float) -> list[Event]:
    """An event for each database whose newest good backup has become too old. Changes the state."""
    if rules.backup_max_age is None:
        return []
    overdue, events = {}, []
    for backups in by_database(rows):
        found = judged(backups, now, rules.backup_max_age, verified=False)
        key = f"{found['db_type']}/{found['database_name']}"
        best = found["backup_id"] or 0
        if not found["problem"]:
            continue
        overdue[key] = best
        if state["overdue"].get(key) != best:
            names = ("db_type", "database_name", "backup_id", "backup_date_iso", "age", "problem")
            backup = {name: found[name] for name in names}
            events.append(_event(state, "backup_missing", f"database/{key}", f"after {best}", now, backup=backup))
    state["overdue"] = overdue
    return events


def _ending_certificates(state: State, rows: list[Row], rules: Rules, now: float) -> tuple[State, list[Event]]:
    """The certificates about to end with the times of their ends, and an event for each that is new among them."""
    ending, events = {}, []
    for row in rows:
        end = moment(row.get("expires_at"))
        if not end or end - now > rules.certificate_days * DAY:
            continue
        # A certificate may be read without its UUID.
        key = str(row.get("uuid") or row.get("server_names"))
        ending[key] = row["expires_at"]
        if state["certificates"].get(key) != row["expires_at"]:
            names = ("uuid", "name", "type", "server_names", "expires_at")
            certificate = {**{name: row.get(name) for name in names}, "days_left": int((end - now) // DAY)}
            thing = f"certificate/{key}"
            ends = f"ends {row['expires_at']}"
            events.append(_event(state, "certificate_ending", thing, ends, now, certificate=certificate))
    return ending, events
