# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a fleet as one HTML page, which loads nothing and allows only its own style and script."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import NamedTuple

from . import charts, words
from .model import SIGNS, STATES, FleetReport, KindReport, StackReport, one_line, some
from .words import Fact, Limits

# More names of one kind and one sort of change are counted.
MOST_NAMES = 200
DAYS = 30
RATINGS = {"failed": "bad", "unreachable": "bad", "differs": "warn", "changed": "info", "clean": "good"}


class Column(NamedTuple):
    """A column of the table. `is_number`: it is right-aligned."""

    title: str
    is_number: bool = False


STACK_COLUMNS = (Column("Stack"), Column("Environment"), Column("State"), Column("Changes", True))
OVERVIEW_COLUMNS = (
    Column("Health"),
    Column("Last deployment", True),
    Column("Live commit"),
    Column("Servers", True),
    Column("Backups", True),
    Column("Certificates", True),
)


# The columns that can need attention, with the words for one and for several stacks.
ATTENTION = {
    "Health": ("unhealthy", "unhealthy"),
    "Last deployment": ("deployment", "deployments"),
    "Backups": ("backup", "backups"),
    "Certificates": ("certificate", "certificates"),
}


class Line(NamedTuple):
    """A stack in the table, with the number of its section."""

    number: int
    stack: StackReport
    facts: Sequence[Fact]


def page(fleet: FleetReport, title: str, limits: Limits, now: datetime) -> str:
    """The whole page. `now`: when it is made, with a time zone."""
    has_overview = any(stack.overview for stack in fleet.stacks)
    ordered = sorted(fleet.stacks, key=lambda stack: list(STATES).index(stack.state))
    lines = [Line(number, stack, _facts(stack, limits, has_overview)) for number, stack in enumerate(ordered, 1)]
    style, script = _asset("page.css"), _asset("page.js")
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{escape(one_line(title))}</title>",
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        *_header(fleet, title, now),
        "<main>",
        *_glance(fleet, lines, has_overview, now),
        *_controls(fleet),
        *_table(lines, has_overview),
        '<h2>What differs</h2><div class="stacks">',
        *(part for line in lines for part in _section(line)),
        "</div>",
        "</main>",
        "<footer><p>Names only: no values are shown. Made by cloud66.cloud.</p></footer>",
        f"<script>{script}</script>",
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(parts)


@lru_cache(maxsize=None)  # noqa: UP033
def _asset(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none';"
        " form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _facts(stack: StackReport, limits: Limits, has_overview: bool) -> list[Fact]:
    """The columns of the overview."""
    overview = stack.overview
    if not has_overview:
        return []
    return [
        words.health(overview),
        words.deployment(overview),
        words.commit(overview),
        words.servers(overview),
        words.backups(overview, limits),
        words.certificates(overview, limits),
    ]


# At a glance


def _header(fleet: FleetReport, title: str, now: datetime) -> Iterator[str]:
    utc = now.astimezone(timezone.utc)
    yield "<header>"
    yield f"<h1>{escape(one_line(title))}</h1>"
    yield f"<p>{escape(fleet.summary)} <span>Made {_time(utc.strftime('%Y-%m-%dT%H:%M:%SZ'))}.</span></p>"
    yield "</header>"


def _glance(fleet: FleetReport, lines: Sequence[Line], has_overview: bool, now: datetime) -> Iterator[str]:
    yield '<div class="glance">'
    yield from _card("By state", fleet.states, RATINGS)
    if has_overview:
        health = Counter(line.facts[0].text for line in lines)
        ordered = {name: health[name] for name in [*words.HEALTH, *sorted(set(health) - set(words.HEALTH))]}
        yield from _card("By health", {name: count for name, count in ordered.items() if count}, words.HEALTH)
        yield from _deployments(fleet, now)
        yield from _attention(lines)
    yield "</div>"


def _card(title: str, counts: Mapping[str, int], ratings: Mapping[str, str]) -> Iterator[str]:
    rated: Counter[str] = Counter()
    for name, count in counts.items():
        rated[ratings.get(name, "none")] += count
    label = f"{title}: {', '.join(f'{count} {name}' for name, count in counts.items()) or 'no stacks'}"
    yield f'<section class="card"><h2>{title}</h2>'
    yield charts.shares(label, rated) if counts else ""
    yield '<ul class="legend">'
    for name, count in counts.items():
        rating = ratings.get(name, "none")
        yield f'<li class="{rating}"><b>{count}</b> {escape(STATES.get(name, name))}</li>'
    yield "</ul></section>"


def _deployments(fleet: FleetReport, now: datetime) -> Iterator[str]:
    """The deployments a day. Days count in UTC."""
    today = now.astimezone(timezone.utc).date()
    dates = [(today - timedelta(days=back)).isoformat() for back in reversed(range(DAYS))]
    found = [_day(fleet, date) for date in dates]
    total, bad = sum(day.good + day.bad for day in found), sum(day.bad for day in found)
    at_least = "at least " if any(stack.overview.get("has_more_deployments") for stack in fleet.stacks) else ""
    text = f"{at_least}{total}, {bad} failed"
    yield '<section class="card wide"><h2>Deployments in 30 days</h2>'
    yield charts.days(f"Deployments a day in the last {DAYS} days: {text}", found)
    yield f'<p class="axis"><span>{dates[0]}</span><span>{text}</span><span>{dates[-1]}</span></p></section>'


def _day(fleet: FleetReport, date: str) -> charts.Day:
    counts: Counter[str] = Counter()
    for stack in fleet.stacks:
        for outcome, count in (stack.overview.get("deployments_by_day") or {}).get(date, {}).items():
            counts["good" if outcome in words.OUTCOMES else "bad"] += int(count)
    return charts.Day(date, counts["good"], counts["bad"])


def _attention(lines: Sequence[Line]) -> Iterator[str]:
    """How many stacks need attention, and for what."""
    yield '<section class="card"><h2>Needs attention</h2><ul class="legend">'
    for number, column in enumerate(OVERVIEW_COLUMNS):
        if column.title in ATTENTION:
            count = sum(words.needs_attention(line.facts[number]) for line in lines)
            word = ATTENTION[column.title][count != 1]
            yield f'<li class="{"warn" if count else "good"}"><b>{count}</b> {word}</li>'
    yield "</ul></section>"


# The table


def _controls(fleet: FleetReport) -> Iterator[str]:
    """Without the script, they would do nothing: it shows them."""
    yield '<form id="controls" hidden>'
    yield '<label>Filter <input id="text" type="search" autocomplete="off" placeholder="name, key, commit"></label>'
    yield "<fieldset><legend>States</legend>"
    for state in fleet.states:
        yield f'<label><input type="checkbox" name="state" value="{state}" checked> {STATES[state]}</label>'
    yield '</fieldset><p id="shown" role="status"></p></form>'


def _table(lines: Sequence[Line], has_overview: bool) -> Iterator[str]:
    columns = [*STACK_COLUMNS, *(OVERVIEW_COLUMNS if has_overview else ())]
    yield '<div class="scroll" tabindex="0" role="region" aria-label="Table of stacks"><table id="stacks">'
    yield "<caption>Stacks</caption>"
    yield "<thead><tr>"
    for column in columns:
        sort = ' aria-sort="ascending"' if column.title == "State" else ""
        name = ' class="number"' if column.is_number else ""
        yield f'<th scope="col"{name}{sort}>{column.title}</th>'
    yield "</tr></thead><tbody>"
    for line in lines:
        yield from _row(line)
    yield "</tbody></table></div>"
    if not has_overview:
        yield "<p>For health, deployments, backups and certificates, set <code>overview: true</code> in c66_fleet.</p>"


def _row(line: Line) -> Iterator[str]:
    stack = line.stack
    rank = list(STATES).index(stack.state)
    yield f'<tr data-state="{stack.state}" data-section="stack-{line.number}">'
    yield (
        f'<th scope="row" data-sort="{escape(stack.host.lower())}"><a href="#stack-{line.number}">'
        f"{escape(stack.title)}</a></th>"
    )
    yield f'<td data-sort="{escape(stack.environment.lower())}">{escape(stack.environment)}</td>'
    yield _cell(Fact(STATES[stack.state], RATINGS[stack.state], rank))
    yield _cell(Fact(str(stack.total), "", stack.total), is_number=True)
    for column, fact in zip(OVERVIEW_COLUMNS, line.facts):  # noqa: B905
        yield _cell(fact, column.is_number)
    yield "</tr>"


def _cell(fact: Fact, is_number: bool = False) -> str:
    rank = "" if fact.rank is None else escape(str(fact.rank))
    text = f"<code>{escape(fact.text)}</code>" if fact.full else escape(fact.text)
    if fact.rating:
        text = f'<span class="badge {fact.rating}">{text}</span>'
    if fact.time:
        text = f"{text} {_time(fact.time)}"
    name = ' class="number"' if is_number else ""
    hint = f' title="{escape(fact.full)}"' if fact.full else ""
    return f'<td{name} data-sort="{rank}"{hint}>{text}</td>'


def _time(iso: str) -> str:
    shown = iso[:16].replace("T", " ") + ("Z" if iso.endswith("Z") else "")
    return f'<time datetime="{escape(iso)}">{escape(shown)}</time>'


# The sections


def _section(line: Line) -> Iterator[str]:
    stack = line.stack
    yield f'<section class="stack" id="stack-{line.number}" data-state="{stack.state}">'
    badge = f'<span class="badge {RATINGS[stack.state]}">{STATES[stack.state]}</span>'
    yield f"<h3>{escape(stack.title)} {badge}</h3>"
    place = [one for one in (stack.environment, stack.uid) if one]
    yield f'<p class="place">{escape(", ".join(place))}</p>' if place else ""
    if stack.message:
        yield f'<p class="message">{escape(stack.message)}</p>'
    kinds = [kind for kind in stack.kinds if kind.total]
    for kind in kinds:
        yield from _diff(kind)
    if stack.deployment:
        yield f"<p>Deployment: {escape(stack.deployment)}.</p>"
    if not kinds and not stack.message:
        yield "<p>Nothing differs.</p>"
    notes = stack.overview.get("notes") or ()
    yield from (f'<p class="note">Not read: {escape(one_line(note))}</p>' for note in notes)
    yield "</section>"


def _diff(kind: KindReport) -> Iterator[str]:
    yield f"<h4>{escape(kind.name)}</h4>"
    yield '<ul class="diff">'
    for word, names in kind.changes.items():
        shown, others = some(names, MOST_NAMES)
        for name in shown:
            yield _difference(word, f"<code>{escape(name)}</code>")
        if others:
            yield _difference(word, f"{others} more")
    yield "</ul>"


def _difference(word: str, text: str) -> str:
    return f'<li class="{word}"><span class="sign">{SIGNS[word]}</span><span class="aside">{word}</span> {text}</li>'
