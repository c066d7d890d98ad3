# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Watches stacks for ansible-rulebook: reads them round by round, and delivers what has happened as events.

A round reads the list of stacks, and looks into those whose row has changed. A few others are looked into in turn,
because not everything that happens in a stack shows in its row. Nothing imports Ansible.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import os
import random
import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..api import clock, libraries
from ..api.client import Client
from ..api.credentials import find_token
from ..api.errors import (
    Cloud66Error,
    DeniedError,
    NotFoundError,
    RejectedError,
    ThrottledError,
    UnauthorizedError,
)
from ..api.limits import HOUR, clock_time
from ..api.pages import Page
from ..api.settings import resolve
from ..resources.action import Action, moment
from ..resources.backup import BackupOfStack
from ..resources.base import did_you_mean
from ..resources.deployment import Deployment
from ..resources.fields import Row
from ..resources.server import ServerOfStack
from ..resources.ssl_certificate import SslCertificate
from ..resources.stack import Stack, place_of
from ..version import VERSION
from .censor import Censor
from .checkpoint import Checkpoint
from .events import (
    DAY,
    Event,
    Look,
    State,
    fingerprint,
    has_open_work,
    look_events,
    new_state,
    reaches_back,
    row_events,
)
from .watch_options import FEEDBACK_QUEUE, Options, start_of

# The requests of each round for stacks whose row has not changed.
SPARE = 6
# Seconds between two looks at the backups and certificates of a stack, which change seldom and take more requests.
SELDOM = HOUR
# The share of the hourly limit that is left to others.
RESERVE = 0.1
# The longest wait after errors, in seconds.
LONGEST_PAUSE = 600
# Chosen stacks are read one by one where that takes fewer requests; each so many rounds, the list is read nevertheless.
LIST_EVERY = 20
# Seconds without feedback after which there is a warning.
PATIENCE = 60
# What an answer of an unexpected form may cause.
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
# After so many stacks in a row that cannot be read, the round ends.
MOST_FAILURES = 3

logger = logging.getLogger("cloud66.cloud.c66_events")


class StoppedError(Exception):
    """The watch was stopped while it waited."""


class Level(NamedTuple):
    """The time by Cloud 66's clock, the requests left in this hour, and the hourly limit, as last reported."""

    now: float
    left: int | None
    limit: int | None

    @classmethod
    def of(cls, client: Client) -> Level:
        return cls(client.now(), client.usage.rate_limit.remaining, client.usage.rate_limit.limit)

    @property
    def until_next_hour(self) -> float:
        return HOUR - self.now % HOUR + 1

    @property
    def usable(self) -> float | None:
        """The requests left, without the reserve."""
        return None if self.left is None else self.left - RESERVE * (self.limit or 0)


def next_wait(interval: float, before: Level, after: Level, own: int) -> float:
    """Seconds until the next round, so that the requests left last until the hour ends.

    `before` and `after`: the levels after the previous round and after this one, between which others also send
    requests. `own`: the requests of this round.
    """
    if after.left is None or after.usable is None:
        return interval
    in_one_hour = before.left is not None and before.left >= after.left
    spent = max(before.left - after.left, own) if in_one_hour and before.left is not None else own
    if after.usable < spent:
        return max(interval, after.until_next_hour)
    return max(interval, min(after.until_next_hour * spent / after.usable, after.until_next_hour))


def _not_understood(error: Exception) -> Cloud66Error:
    return Cloud66Error(f"Cannot understand Cloud 66's answer: {error!r}.")


class WatchClient(Client):
    """A client whose waits end if the watch is stopped."""

    stop = threading.Event()

    def pause(self, seconds: float) -> None:
        if self.stop.wait(seconds):
            raise StoppedError
        self.memory.forget()


class Watch:
    """The rounds of one source. `wait` returns whether the watch was stopped meanwhile.

    Source: list_stacks, get_stack, list_deployments, list_stack_actions, list_servers, list_backups,
    list_ssl_certificates.
    """

    def __init__(
        self, args: Mapping[str, Any], env: Mapping[str, str], wait: Callable[[float], bool] | None = None
    ) -> None:
        """Raises Cloud66Error for options that cannot be used."""
        if libraries.MISSING:
            raise Cloud66Error(libraries.advice())
        self.options = Options.of(args)
        if self.options.feedback and args.get(FEEDBACK_QUEUE) is None:
            raise Cloud66Error(
                "feedback needs ansible-rulebook 1.3 or newer, started with --persistence-id: it gave this source no"
                " queue for feedback."
            )
        settings = resolve(self.options.connection, env)
        token = find_token(self.options.connection, env)
        self.censor = Censor({*token.secrets, *settings.secrets})
        self.stop = threading.Event()
        self._wait = wait or self.stop.wait
        if token.warning:
            self.warn(token.warning)
        # The hourly limit is waited for here, not in the client.
        agent = f"cloud66.cloud/{VERSION} c66_events"
        self.client = WatchClient(settings._replace(throttle_wait=0), token, agent, log=self.log, warn=self._say_once)
        self.client.stop = self.stop
        clients = [self.client.for_account(account) for account in self.options.accounts]
        self._clients: list[Client] = list(clients) or [self.client]
        self._of_stack: dict[str, Client] = {}
        start_of(self.options.since, 0)
        self.checkpoint = Checkpoint(self.options.checkpoint)
        self._spare = SPARE
        self._pages = 0
        self._rounds = 0
        self._failures = 0
        self._names_checked = False
        self._said: set[str] = set()
        self._level = Level(0, None, None)

    def log(self, text: str) -> None:
        logger.info("%s", self.censor.text(text))

    def warn(self, text: str) -> None:
        logger.warning("%s", self.censor.text(text))

    def run(self, deliver: Callable[[Event], bool]) -> None:
        """Round after round until the watch is stopped. `deliver` returns whether an event was delivered.

        Raises Cloud66Error for what does not pass by itself, such as a token that is not accepted.
        """
        self.checkpoint.flush()
        try:
            while self._deliver_all(deliver):
                wait = self._safe_round()
                if not self._deliver_all(deliver) or self._wait(wait):
                    return
        except StoppedError:
            return

    def _deliver_all(self, deliver: Callable[[Event], bool]) -> bool:
        """Deliver the pending events. Returns False if the watch was stopped."""
        while self.checkpoint.pending:
            if self.stop.is_set() or not deliver(self.checkpoint.pending[0]):
                return False
            self._write()
        return not self.stop.is_set()

    def _write(self) -> None:
        try:
            self.checkpoint.flush()
        except Cloud66Error as error:
            self.warn(str(error))

    def _safe_round(self) -> float:
        """One round. Returns the seconds until the next one, also after an error that may pass."""
        before, is_first = self.client.usage.requests, self.checkpoint.state is None
        try:
            self._round()
        except UnauthorizedError:
            raise
        except ThrottledError as error:
            return self._until_next_hour(error)
        except RejectedError as error:
            if is_first:
                raise
            return self._after_failure(error)
        except Cloud66Error as error:
            if is_first and error.status is None and not error.method:
                # It is not about an answer: an option is wrong.
                raise
            return self._after_failure(error)
        except UNREADABLE as error:
            return self._after_failure(_not_understood(error))
        self._failures = 0
        level, last = Level.of(self.client), self._level
        self._level = level
        wait = next_wait(self.options.interval, last, level, self.client.usage.requests - before)
        if wait > 2 * self.options.interval:
            self.log(f"{level.left} requests are left in this hour: waiting until {clock_time(wait)}")
        # Never earlier: the hour would not have begun.
        return wait * random.uniform(1, 1.05) if wait > self.options.interval else wait

    def _until_next_hour(self, error: Cloud66Error) -> float:
        wait = Level.of(self.client).until_next_hour + random.uniform(0, 30)
        self.warn(f"{error} Waiting until {clock_time(wait)}.")
        return wait

    def _after_failure(self, error: Cloud66Error) -> float:
        self._failures += 1
        wait = min(self.options.interval * 2 ** min(self._failures, 10), max(LONGEST_PAUSE, self.options.interval))
        self.warn(f"{error} Reading again in {wait:.0f} s.")
        return wait

    def _round(self) -> None:
        """Read the list of stacks, look into some of them, and install what is new."""
        self._rounds += 1
        is_first = self.checkpoint.state is None
        start = clock.monotonic()
        rows = self._rows()
        # When the reading began, by Cloud 66's clock. What happens from then on may be missing in the rows.
        now = self.client.now() - (clock.monotonic() - start)
        if not self._names_checked:
            self._check_names(rows)
            self._names_checked = True
        chosen = {row["uid"]: row for row in rows if self._is_chosen(row)}
        state: State = self.checkpoint.state or {"stacks": {}, "read_at": start_of(self.options.since, now)}
        events: list[Event] = []
        stacks: dict[str, State] = {}
        for uid, row in chosen.items():
            known = state["stacks"].get(uid)
            known = new_state(row, state["read_at"]) if known is None else known
            stacks[uid], more = row_events({**known, "gone_at": None}, row, self.options.rules, now)
            events += more
        listed = {row["uid"]: row for row in rows}
        for uid, known in state["stacks"].items():
            if uid not in stacks:
                if uid in listed:
                    self._say_once(
                        f"{place_of(known).label} is now {place_of(listed[uid]).label} in the environment"
                        f" {listed[uid].get('environment')}, which is not to be watched."
                    )
                # It may only be missing in a list that changed while it was read.
                gone_at = known.get("gone_at") or now
                if now - gone_at < DAY:
                    stacks[uid] = {**known, "gone_at": gone_at}
        # What the list shows is kept even if the looks fail.
        self.checkpoint.install({"stacks": dict(stacks), "read_at": now}, events)
        if self._look_kinds:
            self._look_into(stacks, chosen, now)
        if is_first:
            self.log(f"Watching {len(chosen)} stacks")

    # The list of stacks

    def _rows(self) -> list[Row]:
        """The rows of the stacks, at least of the chosen ones."""
        known = self._few_chosen()
        if known:
            found = []
            for uid, client in known.items():
                try:
                    found.append(client.labelled(f"stack {uid}", Stack.scope).get("stacks", uid))
                except NotFoundError:
                    self._say_once(f"Stack {uid} does not exist any more, or the token's user cannot see it.")
            return found
        rows: dict[str, Row] = {}
        pages: list[Page] = []
        for client in self._clients:
            api = client.labelled("the stacks", Stack.scope)
            for row in api.stream(("stacks",), {}, lambda page, _rows: pages.append(page)):
                rows.setdefault(row["uid"], row)
                self._of_stack.setdefault(row["uid"], client)
        self._pages = len(pages)
        return list(rows.values())

    def _few_chosen(self) -> dict[str, Client]:
        """The chosen stacks, if reading them one by one takes fewer requests than reading the list."""
        state = self.checkpoint.state
        if not self.options.stacks or state is None or self._rounds % LIST_EVERY == 1:
            return {}
        uids = [uid for uid, known in state["stacks"].items() if not known.get("gone_at")]
        if not uids or len(uids) >= self._pages:
            return {}
        return {uid: self._of_stack.get(uid, self._clients[0]) for uid in uids}

    def _is_chosen(self, row: Row) -> bool:
        wanted = {name.lower() for name in self.options.stacks}
        return (not wanted or bool(wanted & {str(row["uid"]).lower(), str(row.get("name")).lower()})) and (
            not self.options.environments or row.get("environment") in self.options.environments
        )

    def _check_names(self, rows: list[Row]) -> None:
        """Raise Cloud66Error if no stack is chosen; warn of each name that no stack has."""
        known = {str(row[name]).lower() for row in rows for name in ("uid", "name")}
        unknown = [name for name in self.options.stacks if name.lower() not in known]
        names = [str(row["name"]) for row in rows]
        problems = [
            f"No stack matches {name!r}, or the token's user cannot see it.{did_you_mean(name, names)}"
            for name in unknown
        ]
        places = {str(row.get("environment")) for row in rows}
        problems += [
            f"No stack is in the environment {name!r}.{did_you_mean(name, places)}"
            for name in self.options.environments
            if name not in places
        ]
        if problems and not any(map(self._is_chosen, rows)):
            raise Cloud66Error(" ".join(problems))
        for problem in problems:
            self.warn(problem)

    # Looks into stacks

    @property
    def _look_kinds(self) -> tuple[str, ...]:
        return tuple(kind for kind in self.options.rules.kinds if kind not in ("status", "health"))

    def _look_into(self, stacks: dict[str, State], rows: dict[str, Row], now: float) -> None:
        """Look into the stacks that have changed or have open work, and into a few others in turn."""
        events: list[Event] = []
        try:
            self._look_into_each(stacks, rows, now, events)
        finally:
            # Also what was found before an error.
            events.sort(key=lambda event: moment(event["at"]))
            self.checkpoint.install({"stacks": stacks, "read_at": now}, events)

    def _look_into_each(self, stacks: dict[str, State], rows: dict[str, Row], now: float, events: list[Event]) -> None:
        order = sorted(rows, key=lambda uid: stacks[uid]["looked_at"])
        changed = [
            uid for uid in order if stacks[uid]["looked"] != fingerprint(rows[uid]) or has_open_work(stacks[uid])
        ]
        in_turn = set(order) - set(changed)
        self._spare = min(self._spare + SPARE, SPARE)
        failures = 0
        for uid in [*changed, *(uid for uid in order if uid in in_turn)]:
            usable = Level.of(self.client).usable
            if usable is not None and usable < len(self._look_kinds):
                self.log("Few requests are left in this hour: the other stacks are looked into later")
                return
            if uid in in_turn and self._spare < SPARE and self._spare < self._cost(stacks[uid], now):
                return
            before = self.client.usage.requests
            try:
                stacks[uid], more = self._looked(stacks[uid], rows[uid], now)
                events += more
                failures = 0
            except (ThrottledError, UnauthorizedError):
                raise
            except (Cloud66Error, *UNREADABLE) as problem:
                failures += 1
                error = problem if isinstance(problem, Cloud66Error) else _not_understood(problem)
                if failures == MOST_FAILURES or (error.status is None and error.method):
                    raise error from None
                # It is read again, but does not keep the others from their turn.
                stacks[uid] = {**stacks[uid], "looked_at": now}
                self.warn(f"{error} Reading again in the next round.")
            if uid in in_turn:
                self._spare -= self.client.usage.requests - before

    def _cost(self, state: State, now: float) -> int:
        """The requests that a look takes if every list has one page."""
        return sum(part in self._look_kinds for part in ("deployments", "actions", "drift", *self._seldom(state, now)))

    def _seldom(self, state: State, now: float) -> tuple[str, ...]:
        """The kinds of things that are due to be read, of those that are read seldom."""
        due = now - state["slow_at"] >= SELDOM
        return tuple(kind for kind in ("backups", "certificates") if due and kind in self._look_kinds)

    def _looked(self, state: State, row: Row, now: float) -> tuple[State, list[Event]]:
        """The new state of a stack, and the events."""
        seldom = self._seldom(state, now)
        reads: dict[str, Callable[[Client, Row, State], list[Row]]] = {
            "deployments": self._deployments,
            "actions": self._actions,
            "drift": self._servers,
            "backups": self._backups,
            "certificates": self._certificates,
        }
        found: dict[str, list[Row]] = {}
        client = self._of_stack.get(row["uid"], self._clients[0])
        for kind, read in reads.items():
            if kind not in self._look_kinds or (kind in ("backups", "certificates") and kind not in seldom):
                continue
            try:
                found["servers" if kind == "drift" else kind] = read(client, row, state)
            except UnauthorizedError:
                raise
            except (DeniedError, NotFoundError) as error:
                self._say_once(str(error))
        new, events = look_events(state, Look(**found), self.options.rules, now)
        new["looked"], new["looked_at"] = fingerprint(row), now
        if seldom:
            new["slow_at"] = now
        return new, events

    def _deployments(self, client: Client, row: Row, state: State) -> list[Row]:
        label = f"the deployments of {place_of(row).label}"
        return self._newest(client.labelled(label, Deployment.scope), row, state, "deployments")

    def _actions(self, client: Client, row: Row, state: State) -> list[Row]:
        label = f"the actions of {place_of(row).label}"
        return self._newest(client.labelled(label, Action.scope), row, state, "actions")

    def _newest(self, api: Client, row: Row, state: State, part: str) -> list[Row]:
        """The first page of a list if everything new is there, otherwise the whole list."""
        path = ("stacks", row["uid"], part)
        page = api.first_page(*path)
        if page.next is None or reaches_back(state[part], page.rows, state["since"]):
            return page.rows
        return api.list(*path)

    def _servers(self, client: Client, row: Row, _state: State) -> list[Row]:
        return ServerOfStack(client, {}, place_of(row)).all()

    def _backups(self, client: Client, row: Row, _state: State) -> list[Row]:
        return BackupOfStack(client, place_of(row)).all()

    def _certificates(self, client: Client, row: Row, _state: State) -> list[Row]:
        there = SslCertificate(client, {})
        there.place = place_of(row)
        return there.all()

    def _say_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self.warn(text)


async def serve(queue: Any, args: Mapping[str, Any], env: Mapping[str, str] | None = None) -> None:
    """Put events into the queue of ansible-rulebook until the task is cancelled. Never returns.

    The reading is done in a daemon thread, for which nobody waits. Raises Cloud66Error without a secret in its text.
    """
    watch = Watch(args, os.environ if env is None else env)
    # A rulebook that gives a queue waits until it is read, even if `feedback` turned out to be false.
    await Delivery(watch, queue, args.get(FEEDBACK_QUEUE)).run()


class Delivery:
    """Takes events from the thread of a watch to the queue, one at a time."""

    def __init__(self, watch: Watch, queue: Any, feedback: Any) -> None:
        self._watch, self._queue, self._feedback = watch, queue, feedback
        self._loop = asyncio.get_running_loop()
        # An event, or the error that ended the thread.
        self._outbox: asyncio.Queue[Event | BaseException] = asyncio.Queue()
        self._done = threading.Event()

    async def run(self) -> None:
        thread = threading.Thread(target=self._work, daemon=True, name="cloud66-events")
        thread.start()
        try:
            while True:
                item = await self._outbox.get()
                if isinstance(item, BaseException):
                    raise Cloud66Error(self._watch.censor.text(str(item) or repr(item))) from None
                await self._put(item)
                self._watch.checkpoint.delivered(item)
                self._done.set()
        finally:
            self._watch.stop.set()
            self._done.set()
            self._close()

    def _close(self) -> None:
        try:
            self._watch.checkpoint.close()
        except Cloud66Error as error:
            self._watch.warn(str(error))

    async def _put(self, event: Event) -> None:
        """Put an event into the queue, and wait until the rulebook has accepted it where it says so."""
        # The rulebook changes what it gets.
        await self._queue.put(copy.deepcopy(event))
        if self._feedback is None:
            return
        number = event["meta"]["uuid"]
        while await self._answer(number) != number:
            pass

    async def _answer(self, number: str) -> str:
        """The UUID in the next feedback."""
        answer = asyncio.ensure_future(self._feedback.get())
        try:
            while not (await asyncio.wait({answer}, timeout=PATIENCE))[0]:
                self._watch.warn(
                    f"Still waiting for the rulebook to accept event {number}. It may be busy, or a filter drops it."
                    " If its log says that it could not store the event, restart it: the event comes again."
                )
        finally:
            answer.cancel()
        return str(answer.result()["meta"]["uuid"])

    def _work(self) -> None:
        """What the thread does. An error ends the source."""
        try:
            self._watch.run(self._deliver)
        except BaseException as error:  # noqa: BLE001 (raised again by run)
            self._post(error)

    def _deliver(self, event: Event) -> bool:
        self._done.clear()
        if self._watch.stop.is_set() or not self._post(event):
            return False
        self._done.wait()
        return not self._watch.stop.is_set()

    def _post(self, item: Event | BaseException) -> bool:
        try:
            self._loop.call_soon_threadsafe(self._outbox.put_nowait, item)
        except RuntimeError:
            # The loop has ended.
            return False
        return True
