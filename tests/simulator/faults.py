# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on request: errors between a client and Cloud 66.

A fault is a dictionary for `Running.fault()` and POST /_sim/faults:

    {"kind": "reset_after", "method": "POST", "path": "/users/*/devices", "times": 1}

`path` is matched against the path below /api/3 without `.json`, or against the whole path elsewhere. It is a glob whose
`*` also matches slashes, or a regular expression if it starts with `^`. `times` limits how often the fault strikes
(default: no limit). `skip` is the number of matching requests to let pass first. `rate` and `seed` make it strike at
random, in the same way in each run. If several faults could strike a request, only the first one does.

`applied` says whether the request takes effect despite the fault. KINDS has the default for each kind.

The kind `any_transient` picks a fault from TRANSIENT at random. The choice depends only on the seed, the method, the
path and the number of earlier requests with that method and path, so concurrent requests do not influence each other.
The log records the picked kind.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import translate
from typing import Any

from .answers import HTML, Answer, ApiError, not_implemented, retry_later
from .operations import GROWERS, Call
from .world import World


@dataclass(frozen=True)
class Kind:
    """A kind of fault: its arguments with their defaults, and whether the request takes effect despite it."""

    applied: bool
    arguments: Mapping[str, Any] = field(default_factory=dict)


KINDS: dict[str, Kind] = {
    # The connection breaks. `cut` announces the whole body and sends half of it.
    "reset": Kind(applied=False),
    "reset_after": Kind(applied=True),
    "cut": Kind(applied=True),
    # The answer is not from the API, or unusable.
    "html": Kind(applied=False, arguments={"status": 502}),
    "bad_json": Kind(applied=True),
    "empty": Kind(applied=True),
    "wrong_type": Kind(applied=True, arguments={"body": []}),
    # `redirect` points to another host, `redirect_same` to the same path (which answers normally after `times`: 1).
    "redirect": Kind(applied=False, arguments={"location": "https://elsewhere.invalid/api/3", "status": 302}),
    "redirect_same": Kind(applied=False, arguments={"location": None, "status": 302}),
    # An error of the API. `error` and `description` default to the contract's example for the status.
    "status": Kind(applied=False, arguments={"status": 408, "error": None, "description": None, "details": None}),
    "throttled": Kind(applied=False, arguments={"retry_after": None}),
    "too_many": Kind(applied=False, arguments={"retry_after": None}),
    "not_implemented": Kind(applied=False),
    "unavailable": Kind(applied=False, arguments={"html": True, "error": "unavailable", "retry_after": None}),
    # A slow answer: a delay before the headers, or between the two halves of the body.
    "slow_headers": Kind(applied=True, arguments={"seconds": 5}),
    "slow_body": Kind(applied=True, arguments={"seconds": 5}),
    # Lists. `repeat_page` answers every page with the rows of page 1 and always announces a next page. Its variant
    # `follow` reports the requested page number, `stuck` always reports page 1. `moving` adds a row at the front of the
    # list before page 2 is read, or with `every` before each page after the first. The operation must have `grow`.
    "repeat_page": Kind(applied=True, arguments={"variant": "follow"}),
    "moving": Kind(applied=True, arguments={"every": False}),
    # One of TRANSIENT each time. `kinds` limits the choice. After `in_a_row` faults for one method and path, the next
    # request passes.
    "any_transient": Kind(applied=False, arguments={"kinds": None, "in_a_row": None}),
}

# Faults that can hit any request and pass by themselves. With `applied` the request took effect.
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
    """A fault. `hits` counts the requests it struck. Raises ValueError for an unknown kind or argument."""

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
        self._random = random.Random(self.options["seed"])
        self._choices = _choices(self.options["kinds"]) if kind == "any_transient" else []
        self._seen_by_target: dict[tuple[str, str], int] = {}
        self._in_a_row: dict[tuple[str, str], int] = {}
        self._path = _pattern(self.options["path"])
        self._moved = False
        self._requested_path = ""

    def as_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, **self.options, "applied": self.applied, "hits": self.hits}

    def strikes(self, method: str, path: str) -> Fault | None:
        """Return the fault that strikes this request: this one, the one it picked, or None. Counts the request."""
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
        """Decide at random whether the fault strikes."""
        if not self._choices:
            return self if self._random.random() < self.options["rate"] else None
        target = (method, path)
        number = self._seen_by_target[target] = self._seen_by_target.get(target, 0) + 1
        chance = random.Random(f"{self.options['seed']} {method} {path} {number}")
        limit = self.options["in_a_row"]
        if chance.random() >= self.options["rate"] or (limit is not None and self._in_a_row.get(target, 0) >= limit):
            self._in_a_row[target] = 0
            return None
        self._in_a_row[target] = self._in_a_row.get(target, 0) + 1
        return Fault(**chance.choice(self._choices))

    def replacement(self, path: str, errors: Mapping[int, Mapping[str, Any]]) -> Answer | None:
        """Return the answer that replaces the real one, or None if the real one is sent, altered or broken.

        `path` is the requested path, `errors` holds the contract's error bodies by status.
        """
        self._requested_path = path
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
        """Return the number of the page to answer with."""
        if self.kind == "moving" and page > 1 and (self.options["every"] or not self._moved):
            self._moved = True
            if call.operation.id in GROWERS:
                GROWERS[call.operation.id](world, call)
        return 1 if self.kind == "repeat_page" else page

    def after(self, page: int, envelope: dict[str, Any]) -> None:
        """Change what the answer to a request for `page` says about its paging."""
        if self.kind == "repeat_page":
            current = page if self.options["variant"] == "follow" else 1
            envelope["pagination"].update(current=current, next=current + 1, previous=current - 1 or None)

    # One method for each kind that replaces the answer.

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
        return Answer(self.options["status"], b"", HTML, {"Location": self.options["location"] or self._requested_path})

    def _status(self) -> Answer:
        options = self.options
        raise ApiError(
            options["status"], options["details"], error=options["error"], description=options["description"]
        )

    def _throttled(self) -> Answer:
        raise ApiError(503, headers={"X-RateLimit-Remaining": "0", **retry_later(self.options["retry_after"])})

    def _too_many(self) -> Answer:
        raise ApiError(
            429,
            error="too_many_requests",
            description="Too many requests",
            headers=retry_later(self.options["retry_after"]),
        )

    def _not_implemented(self) -> Answer:
        raise not_implemented()

    def _unavailable(self) -> Answer:
        headers = retry_later(self.options["retry_after"])
        if not self.options["html"]:
            raise ApiError(503, error=self.options["error"], description="Service unavailable", headers=headers)
        answer = Answer.html("<h1>503 Service Temporarily Unavailable</h1>", 503)
        answer.headers.update(headers)
        return answer


def _choices(kinds: list[str] | None) -> list[dict[str, Any]]:
    known = {fault["kind"] for fault in TRANSIENT}
    if set(kinds or []) - known:
        raise ValueError(f"the kinds of any_transient must be among {', '.join(sorted(known))}")
    return [fault for fault in TRANSIENT if not kinds or fault["kind"] in kinds]


def _pattern(path: str | None) -> re.Pattern[str]:
    if path is None:
        return re.compile("")
    try:
        return re.compile(path if path.startswith("^") else "^" + translate(path))
    except re.error as problem:
        raise ValueError(f"the path {path} is not a regular expression: {problem}") from problem


class Faults:
    """The active faults, in the order they were added."""

    def __init__(self) -> None:
        self.all: list[Fault] = []

    def add(self, kind: str, **options: Any) -> Fault:
        fault = Fault(kind, **options)
        self.all.append(fault)
        return fault

    def clear(self) -> None:
        self.all = []

    def pick(self, method: str, path: str) -> Fault | None:
        """Return the fault that strikes this request, or None."""
        return next((struck for fault in self.all if (struck := fault.strikes(method, path))), None)
