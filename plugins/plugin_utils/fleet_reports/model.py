# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the reports know of a fleet: the registered result of c66_fleet, checked, and without values."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

# How a stack can end up, with the word for people. Those that need attention come first.
STATES = {
    "failed": "failed",
    "unreachable": "unreachable",
    "differs": "differs",
    "changed": "changed",
    "clean": "clean",
}
FAILURES = ("failed", "unreachable")
TO_BE_DEPLOYED, DEPLOYED = "to be deployed", "deployed"
SIGNS = {"added": "+", "changed": "~", "removed": "-"}
# Unicode categories of characters that could change how the text around them is shown, or break a line.
ACTIVE = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))


class ReportError(Exception):
    """The input cannot be reported. str() is a message for users."""


class KindReport(NamedTuple):
    """What differs in one kind: the names, by `added`, `changed` and `removed`.

    `has_failed`: its task failed. `is_applied`: it was changed.
    """

    name: str
    changes: Mapping[str, Sequence[str]]
    has_failed: bool
    is_applied: bool = False

    @property
    def total(self) -> int:
        return sum(map(len, self.changes.values()))


class StackReport(NamedTuple):
    """One stack. `deployment`: what is to be done or was done; "" for nothing. `overview` is {} if it was not read."""

    host: str
    name: str
    environment: str
    uid: str
    state: str
    message: str
    kinds: Sequence[KindReport]
    deployment: str
    overview: Mapping[str, Any]

    @property
    def is_worth_telling(self) -> bool:
        return self.state != "clean" or bool(self.deployment)

    @property
    def total(self) -> int:
        return sum(kind.total for kind in self.kinds)

    @property
    def title(self) -> str:
        """The name of the host, with that of the stack if it is another."""
        return self.host if self.name in ("", self.host) else f"{self.host} ({self.name})"


class FleetReport(NamedTuple):
    """All stacks, in the order of the play."""

    stacks: Sequence[StackReport]

    @property
    def states(self) -> dict[str, int]:
        """The number of stacks in each state, without those that no stack is in."""
        found = Counter(stack.state for stack in self.stacks)
        return {state: found[state] for state in STATES if found[state]}

    @property
    def summary(self) -> str:
        words = {**STATES, "differs": "differ"}
        parts = ", ".join(f"{n} {(STATES if n == 1 else words)[state]}" for state, n in self.states.items())
        deploys = sum(stack.deployment == TO_BE_DEPLOYED for stack in self.stacks)
        number = f"{len(self.stacks)} stack{'' if len(self.stacks) == 1 else 's'}"
        return f"{number}{': ' if parts else ''}{parts}.{f' To be deployed: {deploys}.' if deploys else ''}"


def fleet_of(result: Any) -> FleetReport:
    """The registered result of c66_fleet. Raises ReportError if it is something else, or has no stacks."""
    if not isinstance(result, Mapping):
        raise ReportError(f"It needs the registered result of c66_fleet, a dictionary, not {_kind_of(result)}.")
    stacks = result.get("stacks")
    if isinstance(stacks, Mapping):
        return FleetReport([_stack(str(host), row) for host, row in stacks.items()])
    if isinstance(result.get("results"), Sequence):
        raise ReportError("It needs the result of one task, but c66_fleet ran in a loop. Use an item of `results`.")
    if result.get("skipped"):
        raise ReportError("The task with c66_fleet was skipped, so there is nothing to report.")
    if result.get("failed"):
        raise ReportError(f"c66_fleet failed before it read any stack: {one_line(result.get('msg'))}")
    raise ReportError("It needs the registered result of c66_fleet, which has the key `stacks`.")


def _stack(host: str, row: Any) -> StackReport:
    if not isinstance(row, Mapping) or row.get("state") not in STATES:
        raise ReportError(f"What `stacks` says of {one_line(host)} is not from c66_fleet of this version.")
    kinds = _mapping(row.get("kinds"))
    return StackReport(
        one_line(host),
        one_line(row.get("name")),
        one_line(row.get("environment")),
        one_line(row.get("stack")),
        str(row["state"]),
        one_line(row.get("msg")),
        [_kind(str(name), _mapping(found)) for name, found in kinds.items()],
        _deployment(row),
        _mapping(row.get("overview")),
    )


def _deployment(row: Mapping[str, Any]) -> str:
    if row["state"] not in FAILURES and row.get("deployment") is not None:
        return DEPLOYED
    return TO_BE_DEPLOYED if row.get("must_deploy") else ""


def _kind(name: str, found: Mapping[str, Any]) -> KindReport:
    changes = {word: [one_line(key) for key in found.get(word) or ()] for word in SIGNS}
    results = found.get("results") or ()
    has_failed = any(_mapping(one).get("failed") for one in results if isinstance(one, Mapping))
    return KindReport(one_line(name), changes, has_failed, bool(found.get("applied")))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _kind_of(value: Any) -> str:
    words = {str: "a string", list: "a list", bool: "a boolean", int: "a number"}
    return next((word for kind, word in words.items() if isinstance(value, kind)), "this")


def one_line(value: Any) -> str:
    """A text for a report: one line, without characters that would change how it is shown. "" for None."""
    if value is None:
        return ""
    return "".join(_shown(one) for one in str(value)).strip()


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    return "\ufffd" if unicodedata.category(character) in ACTIVE else character


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def some(names: Sequence[str], most: int) -> tuple[Sequence[str], int]:
    """The first of some names, and the number of the others. A single other one is not left out."""
    return (names, 0) if len(names) <= most + 1 else (names[:most], len(names) - most)
