# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a fleet as a table in plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .model import FAILURES, SIGNS, STATES, FleetReport, KindReport, StackReport, shortened, some

HEADINGS = ("STACK", "KIND", "CHANGES", "OUTCOME")
GAP = "  "
# More names of one kind are counted.
MOST_NAMES = 6
LONGEST_NAME = 40
Line = tuple[str, str, str, str]


def table(fleet: FleetReport) -> str:
    """The stacks that something was or is to be done with, and a summary in the last line. Names, never values."""
    told = [stack for stack in fleet.stacks if stack.is_worth_telling]
    if not told:
        return f"Nothing differs.\n{fleet.summary}"
    parts = [(stack, list(_lines(stack))) for stack in told]
    lines = [HEADINGS, *(line for _stack, lines in parts for line in lines)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    text = [_row(HEADINGS, widths)]
    for stack, lines in parts:
        text += [_row(line, widths) for line in lines]
        text += [f"{GAP}{stack.message}"] if stack.message else []
    return "\n".join([*text, "", fleet.summary])


def _lines(stack: StackReport) -> Iterator[Line]:
    """A line for each kind that differs. Only the first names the stack."""
    kinds = [kind for kind in stack.kinds if kind.total or kind.has_failed]
    lines = [(kind.name, _changes(kind), _outcome(stack, kind)) for kind in kinds]
    if stack.deployment:
        lines.append(("deployment", "", stack.deployment))
    title = shortened(stack.title, LONGEST_NAME)
    for number, line in enumerate(lines or [("", "", STATES[stack.state])]):
        yield ("" if number else title, *line)


def _outcome(stack: StackReport, kind: KindReport) -> str:
    """That of a kind. A stack that failed may have been changed in kinds before the one that failed."""
    if kind.has_failed:
        return "failed"
    if stack.state in FAILURES:
        return "changed" if kind.is_applied else "not changed"
    return STATES[stack.state]


def _changes(kind: KindReport) -> str:
    parts = []
    for word, names in kind.changes.items():
        shown, others = some(names, MOST_NAMES)
        more = [f"{others} more"] if others else []
        if names:
            parts.append(f"{SIGNS[word]} {', '.join([*(shortened(one, LONGEST_NAME) for one in shown), *more])}")
    return GAP.join(parts)


def _row(line: Sequence[str], widths: Sequence[int]) -> str:
    return GAP.join(text.ljust(width) for text, width in zip(line, widths)).rstrip()  # noqa: B905
