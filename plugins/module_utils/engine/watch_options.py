# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the event source, which ansible-rulebook passes on as they are in the rulebook."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..api.errors import Cloud66Error
from ..api.settings import FALSE, NAMES, OPTIONS, TRUE
from ..resources.action import moment
from ..resources.backup import seconds_in
from ..resources.base import did_you_mean
from .events import DEFAULT_KINDS, KINDS, Rules

FEEDBACK_QUEUE = "eda_feedback_queue"
# The options of the source itself, with their types.
OWN = {
    "stacks": "list",
    "environments": "list",
    "accounts": "list",
    "events": "list",
    "interval": "int",
    "since": "str",
    "backup_max_age": "str",
    "certificate_days": "int",
    "checkpoint": "str",
    "feedback": "bool",
}
EXAMPLE = "2026-05-04T08:00:00Z"
MINIMUM = {"interval": 1, "certificate_days": 0}


class Options(NamedTuple):
    """The validated options of the source. `connection`: those of the connection."""

    connection: dict[str, Any]
    stacks: tuple[str, ...]
    environments: tuple[str, ...]
    accounts: tuple[int, ...]
    rules: Rules
    interval: int
    since: str | None
    checkpoint: str | None
    feedback: bool

    @classmethod
    def of(cls, args: Mapping[str, Any]) -> Options:
        """The options in the arguments of a source. Raises Cloud66Error."""
        given = {name: value for name, value in args.items() if value is not None and not name.startswith("eda_")}
        for name in given:
            if name not in NAMES and name not in OWN:
                raise Cloud66Error(f"Unsupported option {name}.{did_you_mean(name, [*NAMES, *OWN])}")
        own = {name: _typed(name, kind, given[name]) for name, kind in OWN.items() if name in given}
        for name, value in own.items():
            # Not the default, which is to watch everything.
            if value == []:
                raise Cloud66Error(f"{name} is empty.")
        for name, least in MINIMUM.items():
            if own.get(name, least) < least:
                raise Cloud66Error(f"{name} must be at least {least}, not {own[name]}.")
        max_age = own.get("backup_max_age")
        rules = Rules(
            _kinds(own.get("events", list(DEFAULT_KINDS))),
            None if max_age is None else seconds_in("backup_max_age", max_age),
            own.get("certificate_days", Rules().certificate_days),
        )
        return cls(
            _connection(given),
            tuple(own.get("stacks", ())),
            tuple(own.get("environments", ())),
            tuple(_typed("accounts", "int", account) for account in own.get("accounts", ())),
            rules,
            own.get("interval", 60),
            own.get("since"),
            own.get("checkpoint"),
            own.get("feedback", False),
        )


def _connection(given: Mapping[str, Any]) -> dict[str, Any]:
    """The connection options, with aliases resolved."""
    values = {}
    for name, option in OPTIONS.items():
        for alias in (name, *option.aliases):
            if alias in given:
                values[name] = _typed(alias, option.type, given[alias])
    return values


def _typed(name: str, kind: str, value: Any) -> Any:
    """A value of a rulebook, where templates make texts of everything. Does not show values, which may be secret."""
    text = str(value).strip()
    if kind == "list":
        items = value if isinstance(value, list) else text.split(",")
        return [str(item).strip() for item in items if str(item).strip()]
    if kind == "int":
        if isinstance(value, bool) or not text.isdecimal():
            raise Cloud66Error(f"{name} must be a whole number.")
        return int(text)
    if kind == "bool":
        if text.lower() not in TRUE + FALSE:
            raise Cloud66Error(f"{name} must be true or false.")
        return text.lower() in TRUE
    if isinstance(value, (dict, list)):
        raise Cloud66Error(f"{name} must be a text.")
    return os.path.expanduser(text) if kind == "path" else text


def _kinds(wanted: list[str]) -> tuple[str, ...]:
    for kind in wanted:
        if kind not in KINDS:
            advice = did_you_mean(kind, KINDS, f"Available: {', '.join(KINDS)}.")
            raise Cloud66Error(f"{kind!r} is not a kind of events.{advice}")
    return tuple(kind for kind in KINDS if kind in wanted)


def start_of(since: str | None, now: float) -> float:
    """From when on the first start reports events. Raises Cloud66Error for neither a duration nor a time."""
    if since is None:
        return now
    try:
        return now - seconds_in("since", since)
    except Cloud66Error:
        time = moment(since)
    if not time:
        raise Cloud66Error(
            f"since must be a duration such as 2h or a time such as 2026-05-04T08:00:00Z, not {since!r}."
        )
    return time
