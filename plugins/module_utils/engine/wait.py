# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Polls the progress of work, at increasing intervals, until it has ended or the timeout is reached."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from ..api import clock
from ..api.client import Client
from ..api.errors import Cloud66Error, RejectedError
from ..api.limits import HOUR, LONGEST_WAIT
from ..resources.action import Actions, placed, succeeded
from ..resources.base import Progress
from ..resources.fields import Row
from .run import Run

GROWTH = 1.3
LONGEST_INTERVAL = 15
# Seconds to wait before each check for an effect that may appear late: a minute in total.
LOOKS = (1, 2, 4, 8, 15, 30)
# Seconds between the lines that show, without -v, that a task still waits.
HEARTBEAT = 60

T = TypeVar("T")

ARGUMENTS: dict[str, dict[str, Any]] = {
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 600},
    "wait_interval": {"type": "int", "default": 2},
}


class Patience:
    """How long to wait in total, from now on, and between the first polls, in seconds."""

    def __init__(self, timeout: float, interval: float) -> None:
        self.timeout = timeout
        self.interval = max(interval, 1)
        self._start = clock.monotonic()

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Patience:
        """The patience given by the options. Raises Cloud66Error for negative values."""
        for name in ("wait_timeout", "wait_interval"):
            if params[name] < 0:
                raise Cloud66Error(f"{name} must be at least 0 seconds, not {params[name]}.")
        return cls(params["wait_timeout"], params["wait_interval"])

    def waited(self) -> float:
        return clock.monotonic() - self._start


class Pace:
    """How long to wait before the next poll: increasingly long, with jitter.

    The wait is even longer if all users of the hourly limit together would use it up before the hour ends. All of them
    see the same count of remaining requests, so each slows down by the same factor.
    """

    def __init__(self, client: Client, interval: float) -> None:
        self._client = client
        self._interval = interval
        self._longest = max(LONGEST_INTERVAL, interval)
        self._wait = 0.0
        self._seen = self._look()

    def next_wait(self) -> float:
        """Seconds to wait before the next poll."""
        before, self._seen = self._seen, self._look()
        self._wait = max(self._interval, min(self._fair(before), LONGEST_WAIT))
        self._interval = min(self._interval * GROWTH, self._longest)
        return self._wait * random.uniform(0.9, 1.1)

    def _look(self) -> tuple[float, int | None]:
        """The time by Cloud 66's clock, and the number of requests left in this hour."""
        return self._client.now(), self._client.usage.rate_limit.remaining

    def _fair(self, before: tuple[float, int | None]) -> float:
        """The wait with which the remaining requests last until the hour ends; 0 if their number is unknown."""
        (then, left_then), (now, left) = before, self._seen
        if left is None:
            return 0
        until_end = HOUR - now % HOUR
        if left_then is None or left_then <= left or now <= then:
            # As far as is known, nobody else sends requests.
            return until_end / max(left, 1)
        return self._wait * (left_then - left) / (now - then) * until_end / max(left, 1)


def wait_until(
    ask: Callable[[], Progress], what: str, run: Run, patience: Patience, watch_on: str = "", notice: str = ""
) -> Any:
    """Poll with `ask` until the work has succeeded, and return its thing.

    `what` names the work; `watch_on` tells the user how to keep watching, also after Ctrl-C; `notice` is shown first. A
    failed poll is repeated; nothing else is sent. Raises Cloud66Error if the work fails, if the timeout is reached, or
    if polling again is pointless.
    """
    try:
        if notice:
            run.notify(notice)
        return _wait_until(ask, what, run, patience, watch_on)
    except KeyboardInterrupt:
        run.notify(f"Interrupted while waiting for {what}. {watch_on or 'The work continues in Cloud 66.'}")
        raise


def _wait_until(ask: Callable[[], Progress], what: str, run: Run, patience: Patience, watch_on: str) -> Any:
    pace = Pace(run.client, patience.interval)
    words = "no answer yet"
    reported = patience.waited()
    while True:
        try:
            progress = ask()
        except Cloud66Error as error:
            if isinstance(error, RejectedError):
                raise
            if patience.waited() >= patience.timeout:
                raise Cloud66Error(f"{error} {watch_on}".strip(), **error.facts()) from error
            run.log(f"{error} Polling again.")
        else:
            if progress.failure is not None:
                raise Cloud66Error(f"{what} failed: {progress.failure}")
            if progress.done:
                return progress.thing
            words = progress.words
        waited = patience.waited()
        if waited >= patience.timeout:
            late = f"{what} did not end within {patience.timeout:.0f} seconds ({words})."
            raise Cloud66Error(f"{late} {watch_on}".strip())
        if waited - reported >= HEARTBEAT:
            # A CI system may stop a job that prints nothing.
            run.notify(f"Still waiting for {what}: {words}, {waited:.0f} s")
            reported = waited
        else:
            run.log(f"Waiting for {what}: {words}, {waited:.0f} s")
        run.client.pause(min(pace.next_wait(), patience.timeout - waited))


def look(run: Run, ask: Callable[[], T | None], waits: Iterable[float] = LOOKS) -> T | None:
    """The result of `ask`, which is called after each of these waits until it finds something; None if it never does.

    A failed read counts as not found. Raises Cloud66Error if reading again is pointless.
    """
    for wait in waits:
        if wait:
            run.client.pause(wait)
        try:
            found = ask()
        except Cloud66Error as error:
            if isinstance(error, RejectedError):
                raise
            run.log(f"{error} Checking again.")
        else:
            if found is not None:
                return found
    return None


def wait_for_actions(
    run: Run, rows: Iterable[Row], patience: Patience, *, place: str = "", judge: bool = True
) -> list[Row]:
    """Wait until all actions have succeeded, and return them in their order.

    Several actions of a stack may be read with one list. `place` is where they take effect, for messages. If `judge` is
    false, they may also fail. Otherwise the error quotes Cloud 66's message about the first failed action, says how
    many failed, and carries all actions.
    """
    known = {(row["stack_uid"], row["id"]): row for row in rows}
    order = list(known)
    readers = {uid: Actions(run.client, uid) for uid, _id in order}

    def ask() -> Progress:
        for uid, reader in readers.items():
            open_ids = [number for stack, number in order if stack == uid and succeeded(known[stack, number]) is None]
            for row in reader.some(open_ids):
                known[uid, row["id"]] = placed(row, uid)
        progress = _progress([known[key] for key in order])
        return progress if judge else progress._replace(failure=None)

    names = sorted({str(row.get("action")) for row in known.values()})
    ids = ", ".join(str(number) for _uid, number in order)
    several = len(order) > 1
    what = f"{len(order)} actions ({', '.join(names)})" if several else f"action {ids} ({', '.join(names)})"
    what = f"{what} of {place or ', '.join(f'stack {uid}' for uid in readers)}"
    notice = "" if _progress(list(known.values())).done else f"Waiting for {what}"
    watch_on = (
        "The work continues in Cloud 66. To watch it, use cloud66.cloud.c66_action_info with"
        f" stack: {', '.join(readers)}, action_id: {ids} and wait: true."
    )
    try:
        result: list[Row] = wait_until(ask, f"one of {what}" if several else what, run, patience, watch_on, notice)
    except Cloud66Error as error:
        error.also["actions"] = [known[key] for key in order]
        raise
    return result


def _progress(rows: list[Row]) -> Progress:
    open_rows = [row for row in rows if succeeded(row) is None]
    failed = [row for row in rows if succeeded(row) is False]
    failure = None
    if failed and not open_rows:
        failure = failed[0].get("finished_message") or "Cloud 66 gives no reason"
        if len(rows) > 1:
            failure = (
                f"action {failed[0]['id']} ({failed[0].get('action')}): {failure} ({len(failed)} of {len(rows)} failed)"
            )
    words = f"{len(open_rows)} of {len(rows)} still running" if len(rows) > 1 else "still running"
    return Progress(not open_rows, words, failure, rows)
