# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on request: what goes wrong on the way between a client and Cloud 66.

A fault is data, as tests give it to `Simulator.fault()` and POST /_sim/faults:

    {"kind": "reset_after", "method": "POST", "path": "/users/*/devices", "times": 1}

`path` is matched with the path below /api/3 without `.json` (or the whole path elsewhere): a glob whose `*` also
matches slashes, or, when it starts with `^`, a regular expression. `times` says how often it strikes (left out: for
ever), `skip` how many matching requests pass first, `rate` and `seed` make it strike at random but the same way in
each run. The first fault that strikes is the only one for that request.

`applied` says whether the request does its work in spite of the fault. KINDS gives the default for each kind.

The kind `any_transient` strikes like one of TRANSIENT, chosen at random. Its dice hang on the seed, the method, the
path and how often that was asked for, so that requests side by side do not change what befalls each of them. The log
has the kind that was chosen.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import translate
from typing import Any

from .answers import HTML, Answer, ApiError, not_implemented, too_many
from .operations import GROWERS, Call
from .world import World


@dataclass(frozen=True)
class Kind:
    """A kind of fault: its arguments with their defaults, and whether the request does its work all the same."""

    applied: bool
    arguments: Mapping[str, Any] = field(default_factory=dict)


KINDS: dict[str, Kind] = {
    # The connection breaks. `cut` promises the whole body and sends half of it.
    "reset": Kind(applied=False),
    "reset_after": Kind(applied=True),
    "cut": Kind(applied=True),
    # Something else answers, or nothing worth reading.
    "html": Kind(applied=False, arguments={"status": 502}),
    "bad_json": Kind(applied=True),
    "empty": Kind(applied=True),
    "wrong_type": Kind(applied=True, arguments={"body": []}),
    # `redirect` leads to another host, `redirect_same` to the same path again (with `times` 1, to the right answer).
    "redirect": Kind(applied=False, arguments={"location": "https://elsewhere.invalid/api/3", "status": 302}),
    "redirect_same": Kind(applied=False, arguments={"location": None, "status": 302}),
    # An error of the API. `error` and `description` default to the contract's example for the status.
    "status": Kind(applied=False, arguments={"status": 408, "error": None, "description": None, "details": None}),
    "throttled": Kind(applied=False, arguments={"retry_after": None}),
    "too_many": Kind(applied=False, arguments={"retry_after": None}),
    "not_implemented": Kind(applied=False),
    "unavailable": Kind(applied=False, arguments={"html": True, "error": "unavailable", "retry_after": None}),
    # It takes long: before the headers, or between the two halves of the body.
    "slow_headers": Kind(applied=True, arguments={"seconds": 5}),
    "slow_body": Kind(applied=True, arguments={"seconds": 5}),
    # Lists. `repeat_page` answers page 1's rows on every page, with a next page for ever; its variant `follow` counts
    # the pages up as asked, `stuck` always says that it is page 1. `moving` adds a row at the front of the list
    # before page 2 is read: once, or with `every` before each page after the first (lists whose operation has `grow`).
    "repeat_page": Kind(applied=True, arguments={"variant": "follow"}),
    "moving": Kind(applied=True, arguments={"every": False}),
    # One of TRANSIENT each time; `kinds` leaves only those of some kinds, and after `in_a_row` faults of one request
    # (method and path) the next one passes.
    "any_transient": Kind(applied=False, arguments={"kinds": None, "in_a_row": None}),
}

# What may go wrong with any request, so that the next one can go well; it may have done its work all the same.
TRANSIENT: tuple[dict[str, Any], ...] = (
    {"kind": "reset"},
    {"kind": "reset_after"},
    {"kind": "cut"},
    {"kind": "html", "status": 502},
    {"kind": "html", "status": 502, "applied": True},
    {"kind": "status", "status": 408},
    {"kind": "status", "status": 408, "applied": True},
    {"kind": "unavailable", "html": True},
    {"kind": "unavailable", "html": False},
    {"kind": "empty"},
    {"kind": "bad_json"},
)

MATCHING = {"method": None, "path": None, "times": None, "skip": 0, "rate": 1.0, "seed": 0, "applied": None}


class Fault:
    """One fault and how often it has struck (`hits`). Raises ValueError for a kind or argument that there is not."""

    def __init__(self, kind: str, **options: Any) -> None:
        if kind not in KINDS:
            raise ValueError(f"no such kind of fault: {kind}")
        known = {**MATCHING, **KINDS[kind].arguments}
        unknown = set(options) - set(known)
        if unknown:
            raise ValueError(f"the fault {kind} has no argument {', '.join(sorted(unknown))}")
        self.kind = kind
        self.options = {**known, **options}
        self.applied = KINDS[kind].applied if options.get("applied") is None else bool(options["applied"])
        self.hits = 0
        self._seen = 0
        self._dice = random.Random(self.options["seed"])
        self._choice = _choice(self.options["kinds"]) if kind == "any_transient" else []
        self._asked_for: dict[tuple[str, str], int] = {}
        self._row: dict[tuple[str, str], int] = {}
        self._path = _pattern(self.options["path"])
        self._moved = False
        self._asked = ""

    def as_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, **self.options, "applied": self.applied, "hits": self.hits}

    def strikes(self, method: str, path: str) -> Fault | None:
        """The fault that strikes this request: itself, one that it chose, or None. Counts it."""
        options = self.options
        if options["times"] is not None and self.hits >= options["times"]:
            return None
        if options["method"] not in (None, method) or not self._path.search(path):
            return None
        self._seen += 1
        if self._seen <= options["skip"]:
            return None
        struck = self._roll(method, path)
        self.hits += struck is not None
        return struck

    def _roll(self, method: str, path: str) -> Fault | None:
        """Throw the dice."""
        if not self._choice:
            return self if self._dice.random() < self.options["rate"] else None
        asked = (method, path)
        number = self._asked_for[asked] = self._asked_for.get(asked, 0) + 1
        dice = random.Random(f"{self.options['seed']} {method} {path} {number}")
        most = self.options["in_a_row"]
        if dice.random() >= self.options["rate"] or (most is not None and self._row.get(asked, 0) >= most):
            self._row[asked] = 0
            return None
        self._row[asked] = self._row.get(asked, 0) + 1
        return Fault(**dice.choice(self._choice))

    def replacement(self, path: str, errors: Mapping[int, Mapping[str, Any]]) -> Answer | None:
        """The answer that comes instead of the right one; None where the right one is only bent or broken.

        `path` is the path that was asked for, `errors` are the contract's error bodies by status.
        """
        self._asked = path
        build = getattr(self, f"_{self.kind}", None)
        if build is None:
            return None
        try:
            answer: Answer = build()
        except ApiError as error:
            answer = error.answer(errors)
        return answer

    # Lists: called around the handler of a paginated operation.

    def before(self, world: World, call: Call, page: int) -> int:
        """The page to cut out of the list."""
        if self.kind == "moving" and page > 1 and (self.options["every"] or not self._moved):
            self._moved = True
            if call.operation.id in GROWERS:
                GROWERS[call.operation.id](world, call)
        return 1 if self.kind == "repeat_page" else page

    def after(self, asked: int, envelope: dict[str, Any]) -> None:
        """Bend what a page says about itself."""
        if self.kind == "repeat_page":
            current = asked if self.options["variant"] == "follow" else 1
            envelope["pagination"].update(current=current, next=current + 1, previous=current - 1 or None)

    # One method for each kind that answers something else.

    def _html(self) -> Answer:
        return Answer.html("<h1>502 Bad Gateway</h1><hr>nginx", self.options["status"])

    def _bad_json(self) -> Answer:
        return Answer(body=b'{"response": [{"uid": "5999')

    def _empty(self) -> Answer:
        return Answer()

    def _wrong_type(self) -> Answer:
        return Answer.json(self.options["body"])

    def _redirect(self) -> Answer:
        return Answer(self.options["status"], b"", HTML, {"Location": self.options["location"]})

    def _redirect_same(self) -> Answer:
        return Answer(self.options["status"], b"", HTML, {"Location": self.options["location"] or self._asked})

    def _status(self) -> Answer:
        options = self.options
        raise ApiError(
            options["status"], options["details"], error=options["error"], description=options["description"]
        )

    def _throttled(self) -> Answer:
        raise ApiError(503, headers={"X-RateLimit-Remaining": "0", **too_many(self.options["retry_after"])})

    def _too_many(self) -> Answer:
        raise ApiError(
            429,
            error="too_many_requests",
            description="Too many requests",
            headers=too_many(self.options["retry_after"]),
        )

    def _not_implemented(self) -> Answer:
        raise not_implemented()

    def _unavailable(self) -> Answer:
        headers = too_many(self.options["retry_after"])
        if not self.options["html"]:
            raise ApiError(503, error=self.options["error"], description="Service unavailable", headers=headers)
        answer = Answer.html("<h1>503 Service Temporarily Unavailable</h1>", 503)
        answer.headers.update(headers)
        return answer


def _choice(kinds: list[str] | None) -> list[dict[str, Any]]:
    known = {one["kind"] for one in TRANSIENT}
    if set(kinds or []) - known:
        raise ValueError(f"the fault any_transient chooses from {', '.join(sorted(known))} only")
    return [one for one in TRANSIENT if not kinds or one["kind"] in kinds]


def _pattern(path: str | None) -> re.Pattern[str]:
    if path is None:
        return re.compile("")
    try:
        return re.compile(path if path.startswith("^") else "^" + translate(path))
    except re.error as problem:
        raise ValueError(f"the path {path} is no regular expression: {problem}") from problem


class Faults:
    """The faults that are set, in the order they were set."""

    def __init__(self) -> None:
        self.all: list[Fault] = []

    def add(self, kind: str, **options: Any) -> Fault:
        fault = Fault(kind, **options)
        self.all.append(fault)
        return fault

    def clear(self) -> None:
        self.all = []

    def pick(self, method: str, path: str) -> Fault | None:
        """The fault that strikes this request, if any."""
        return next((struck for fault in self.all if (struck := fault.strikes(method, path))), None)
