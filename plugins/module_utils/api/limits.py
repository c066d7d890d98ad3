# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hourly limit, and how long to wait before a retry or for the next hour."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from . import clock

FIRST_WAIT = 0.5
# The longest wait, except when waiting for the next hour.
LONGEST_WAIT = 60
HOUR = 3600
DAY = 24 * HOUR


class RateLimit(NamedTuple):
    """The hourly limit as Cloud 66 reported it: requests allowed in an hour, and how many are left."""

    limit: int | None = None
    remaining: int | None = None


def rate_limit(headers: Mapping[str, str], known: RateLimit) -> RateLimit:
    """The limit in an answer's headers. Values missing there are taken from `known`."""
    limit, remaining = _number(headers.get("X-RateLimit-Limit")), _number(headers.get("X-RateLimit-Remaining"))
    return RateLimit(known.limit if limit is None else limit, known.remaining if remaining is None else remaining)


def wait_before_retry(tries: int) -> float:
    """Seconds to wait after a number of tries: exponential, with jitter."""
    longest = min(FIRST_WAIT * 2**tries, LONGEST_WAIT)
    return float(longest * random.uniform(0.5, 1))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Retry-After, which may be a date, in seconds from now; at most a day. None if it is missing or invalid."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return min(float(text), DAY)
    moment = _moment(text)
    return None if moment is None else min(max(moment - clock.now(), 0), DAY)


def wait_for_next_hour(headers: Mapping[str, str]) -> float:
    """Seconds until the limit is reset: from Retry-After, or else until the next full hour by Cloud 66's clock."""
    seconds = retry_after(headers)
    if seconds is not None:
        return seconds
    return HOUR - _now(headers) % HOUR + 1


def clock_time(seconds_from_now: float) -> str:
    """The time of day after some seconds, such as 14:00 UTC."""
    return datetime.fromtimestamp(clock.now() + seconds_from_now, timezone.utc).strftime("%H:%M UTC")


def clock_offset(headers: Mapping[str, str]) -> float:
    """Seconds by which Cloud 66's clock is ahead of this one, from an answer's Date."""
    return _now(headers) - clock.now()


def _now(headers: Mapping[str, str]) -> float:
    moment = _moment(headers.get("Date", ""))
    return clock.now() if moment is None else moment


def _moment(text: str) -> float | None:
    """An HTTP date in seconds since 1970; None if the text is not a date."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.strip().isdecimal() else None
