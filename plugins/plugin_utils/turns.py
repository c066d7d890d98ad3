# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which host of a play does the work of a role, where several hosts ask for the same."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ansible import constants

# Seconds between looks at whether another host has ended.
PAUSE = 0.5

Digests = dict[str, str]


def digest(value: Any) -> str:
    """What tells two values apart without showing them."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


class Turns:
    """The work that the hosts of a play ask for at one place of a playbook, shared by all workers of a run.

    It is stored in the run's temporary folder, which is private and is deleted at the end of the run.
    """

    def __init__(self, place: str) -> None:
        folder: str = vars(constants)["DEFAULT_LOCAL_TMP"]
        self.path = os.path.join(folder, f"cloud66-turns-{digest(place)[:32]}.json")

    def refusal(self, host: str, find: Callable[[], str]) -> str:
        """Why the play cannot be done, or "". The first host finds it out for all, each time that they come here."""
        with self._state() as state:
            visits, found = state.setdefault("visits", {}), state.setdefault("refusals", [])
            visit = visits.get(host, 0)
            visits[host] = visit + 1
            if visit == len(found):
                found.append(find())
            message: str = found[visit]
            return message

    def take(self, host: str, work: str, values: Digests) -> tuple[str, str, list[str]]:
        """Ask for work. Returns its turn, the host that does it, and the names of values that differ from that host's.

        A host that asks for the same work again, as in a loop, gets another turn.
        """
        with self._state() as state:
            seen = state.setdefault("seen", {}).setdefault(host, {})
            seen[work] = seen.get(work, 0) + 1
            turn = f"{work} {seen[work]}"
            first = state.setdefault("turns", {}).setdefault(turn, {"host": host, "values": values, "outcome": None})
            return turn, first["host"], sorted(name for name in values if first["values"].get(name) != values[name])

    def end(self, turn: str, outcome: Mapping[str, Any]) -> None:
        """Record what became of a turn."""
        with self._state() as state:
            state["turns"][turn]["outcome"] = dict(outcome)

    def outcome(self, turn: str, seconds: float) -> dict[str, Any] | None:
        """What became of a turn, waiting for it at most so long; None if it has not ended."""
        end = time.monotonic() + seconds
        while True:
            with self._state() as state:
                found: dict[str, Any] | None = state["turns"][turn]["outcome"]
            if found is not None or time.monotonic() >= end:
                return found
            time.sleep(PAUSE)

    @contextmanager
    def _state(self) -> Iterator[dict[str, Any]]:
        with open(self.path, "a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            before = file.read()
            state = json.loads(before or "{}")
            yield state
            after = json.dumps(state)
            if after != before:
                file.truncate(0)
                file.write(after)


def refusal(wanted: Mapping[str, tuple[str, Digests]], same: Sequence[str], apart: Mapping[str, Sequence[Any]]) -> str:
    """Why work cannot be done once for all hosts that ask for it; "" if it can.

    `wanted` has the work of each host and the digests of its values. Hosts with the same work need the `same` values,
    and hosts with different work may have none of the values in `apart` (host -> its values) in common.
    """
    first: dict[str, str] = {}
    for host, (work, values) in wanted.items():
        other = first.setdefault(work.lower(), host)
        there = wanted[other][1]
        differ = [name for name in same if name in values and name in there and values[name] != there[name]]
        if differ:
            return different(work, other, host, differ)
    users: dict[Any, str] = {}
    for host, value in ((host, value) for host, values in apart.items() for value in values):
        work = wanted[host][0]
        if users.setdefault(value, work).lower() != work.lower():
            return (
                f"{value} would be written for {users[value]} and for {work}. Give each its own file, for example with"
                " {{ inventory_hostname }} in its name."
            )
    return ""


def different(work: str, host: str, other: str, names: Sequence[str]) -> str:
    """The message for two hosts that want different things of the same work."""
    return (
        f"The hosts {host} and {other} ask for {work} with different values of {', '.join(names)}, and it is done only"
        " once. Give them the same values, or limit the play to one of them."
    )
