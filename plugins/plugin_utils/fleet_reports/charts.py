# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small charts as SVG, which takes its colours from the classes of the page's style sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

WIDTH = 600
BAR_HEIGHT = 14
DAYS_HEIGHT = 72
GAP = 3


class Day(NamedTuple):
    """A day, and its number of deployments."""

    date: str
    good: int
    bad: int


def shares(label: str, counts: Mapping[str, int]) -> str:
    """One bar, divided by these counts. A part is of the class of its name."""
    total, left, parts = sum(counts.values()), 0.0, []
    for name, count in counts.items():
        width = WIDTH * count / total
        parts.append(
            f'<rect class="fill-{escape(name)}" x="{left:.1f}" y="0" width="{max(width - GAP, 1):.1f}"'
            f' height="{BAR_HEIGHT}" rx="3"><title>{count} {escape(name)}</title></rect>'
        )
        left += width
    return _svg(label, BAR_HEIGHT, parts, "bar")


def days(label: str, found: Sequence[Day]) -> str:
    """A column for each day: the good ones below, the bad ones above them."""
    most = max((day.good + day.bad for day in found), default=0) or 1
    step = WIDTH / max(len(found), 1)
    scale = (DAYS_HEIGHT - 2) / most
    parts = []
    for number, day in enumerate(found):
        good, bad = day.good * scale, day.bad * scale
        x, width = number * step, step - GAP
        text = f"{day.date}: {day.good + day.bad}" + (f", {day.bad} failed" if day.bad else "")
        columns = [
            f'<rect class="{name}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="2"/>'
            for name, y, height in (
                ("fill-none", DAYS_HEIGHT - 2, 2),
                ("fill-good", DAYS_HEIGHT - good, good),
                ("fill-bad", DAYS_HEIGHT - good - bad, bad),
            )
            if height
        ]
        parts.append(f"<g><title>{escape(text)}</title>{''.join(columns)}</g>")
    return _svg(label, DAYS_HEIGHT, parts, "days")


def _svg(label: str, height: int, parts: Sequence[str], name: str) -> str:
    return (
        f'<svg class="{name}" viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )
