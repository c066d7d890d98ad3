# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the overview of a stack says, in words, and whether it needs attention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.cloud66.cloud.plugins.module_utils.resources.backup import in_words

from .model import one_line

GOOD, WARN, BAD = "good", "warn", "bad"
# The order in which people look at them.
HEALTH = {"broken": BAD, "partial": WARN, "building": WARN, "unknown": WARN, "ok": GOOD}
OUTCOMES = {"success": GOOD, "running": WARN}
NOT_READ = "not read"
# Older than any backup.
FOREVER = 10**12


class Limits(NamedTuple):
    """From when on something needs attention: the age of a backup in seconds, and the days left of a certificate."""

    backup_age: int
    certificate_days: int


class Fact(NamedTuple):
    """A fact in words. `rating`: "good", "warn", "bad", or "" for none. `rank`: by what it is sorted; None if unknown.

    `time` is in ISO 8601, and `full` is the whole text if `text` is a part of it.
    """

    text: str
    rating: str = ""
    rank: float | str | None = None
    time: str = ""
    full: str = ""


def health(overview: Mapping[str, Any]) -> Fact:
    word = one_line(overview.get("health_name"))
    if not word:
        return Fact(NOT_READ)
    return Fact(word, HEALTH.get(word, WARN), [*HEALTH, word].index(word))


def servers(overview: Mapping[str, Any]) -> Fact:
    count = overview.get("servers")
    return Fact(NOT_READ) if count is None else Fact(str(int(count)), "", int(count))


def commit(overview: Mapping[str, Any]) -> Fact:
    if "live_commit" not in overview:
        return Fact(NOT_READ)
    full = one_line(overview["live_commit"])
    return Fact(full[:8], "", full or None, full=full) if full else Fact("unknown")


def deployment(overview: Mapping[str, Any]) -> Fact:
    if "deployment" not in overview:
        return Fact(NOT_READ)
    latest = overview["deployment"]
    if not latest:
        return Fact("never")
    outcome, age = one_line(latest.get("outcome")), latest.get("age")
    words = f"{in_words(age)} ago" if age is not None else "about to start"
    rating = OUTCOMES.get(outcome, BAD)
    text = words if outcome == "success" else f"{words}, {outcome}"
    return Fact(text, rating, None if age is None else -age, one_line(latest.get("started_at")))


def backups(overview: Mapping[str, Any], limits: Limits) -> Fact:
    found = overview.get("backups")
    if found is None:
        return Fact(NOT_READ)
    if not found["databases"]:
        return Fact("none")
    age = found.get("age")
    problems = []
    if found["failed"]:
        problems.append(f"{found['failed']} failed")
    if found["without_good"]:
        problems.append(f"{found['without_good']} without a good one")
    words = [f"{in_words(age)} old"] if age is not None else []
    is_old = age is not None and age > limits.backup_age
    rating = BAD if problems else WARN if is_old else GOOD
    rank = FOREVER if age is None else age
    return Fact(", ".join([*words, *problems]), rating, rank, one_line(found.get("newest_good_at")))


def certificates(overview: Mapping[str, Any], limits: Limits) -> Fact:
    found = overview.get("certificates")
    if found is None:
        return Fact(NOT_READ)
    if not found["count"]:
        return Fact("none")
    days = found.get("days_left")
    if days is None:
        return Fact("end unknown")
    if days < 0:
        text, rating = f"expired {-days} day{'' if days == -1 else 's'} ago", BAD
    else:
        text = f"{days} day{'' if days == 1 else 's'} left"
        rating = WARN if days < limits.certificate_days else GOOD
    return Fact(text, rating, days, one_line(found.get("ends_at")))


def needs_attention(fact: Fact) -> bool:
    return fact.rating in (WARN, BAD)
