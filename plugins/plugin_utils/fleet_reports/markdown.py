# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a fleet as Markdown, for a comment on a pull request.

Every text from the API or from users is in a code span. There, neither Markdown nor HTML, mentions, references and
addresses are active.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .model import STATES, FleetReport, KindReport, StackReport, shortened, some

# GitHub refuses comments with more characters.
LONGEST = 65_536
# What the line takes that says how many stacks were left out.
RESERVE = 200
# More names in one cell are counted.
MOST_NAMES = 20
LONGEST_NAME = 100
LONGEST_MESSAGE = 1000
BACKTICKS = re.compile("`+")
# A table would end its cell there, even in a code span.
BAR, BROKEN_BAR = "|", "\u00a6"


def markdown(fleet: FleetReport, longest: int = LONGEST) -> str:
    """A summary, and a section for each stack that something was or is to be done with. Names, never values.

    What would exceed `longest` characters is left out, which the last line says.
    """
    told = [stack for stack in fleet.stacks if stack.is_worth_telling]
    text = f"### Cloud 66 fleet\n\n{fleet.summary}\n"
    if not told:
        return f"{text}\nNothing differs.\n"
    for number, stack in enumerate(told):
        section = "\n".join(["", *_section(stack), ""])
        if len(text) + len(section) > longest - RESERVE:
            return f"{text}\n{_left_out(len(told) - number)}\n"
        text += section
    return text


def _left_out(number: int) -> str:
    noun = "stack is" if number == 1 else "stacks are"
    return f"_{number} more {noun} left out, because a comment cannot be longer. See the output of the run._"


def code(text: str) -> str:
    """A text as a code span, in which nothing is active; "" for an empty text, which no code span can contain."""
    text = text.replace(BAR, BROKEN_BAR)
    if not text.strip():
        return ""
    fence = "`" * (max(map(len, BACKTICKS.findall(text)), default=0) + 1)
    # A space at both ends is not part of the span's content.
    return f"{fence} {text} {fence}" if "`" in text else f"{fence}{text}{fence}"


def _section(stack: StackReport) -> Iterator[str]:
    place = f", {code(shortened(stack.environment, LONGEST_NAME))}" if stack.environment else ""
    yield f"#### {code(shortened(stack.title, LONGEST_NAME))}{place}: {STATES[stack.state]}"
    kinds = [kind for kind in stack.kinds if kind.total]
    if kinds:
        yield ""
        yield "| Kind | Added | Changed | Removed |"
        yield "| --- | --- | --- | --- |"
        yield from map(_row, kinds)
    if stack.deployment:
        yield ""
        yield f"- Deployment: {stack.deployment}"
    if stack.message:
        yield ""
        yield f"- {code(shortened(stack.message, LONGEST_MESSAGE))}"


def _row(kind: KindReport) -> str:
    cells = [code(kind.name), *(_names(kind.changes[word]) for word in ("added", "changed", "removed"))]
    return f"| {' | '.join(cells)} |"


def _names(names: Sequence[str]) -> str:
    shown, others = some(names, MOST_NAMES)
    more = [f"and {others} more"] if others else []
    return ", ".join([*(code(shortened(one, LONGEST_NAME)) for one in shown), *more])
