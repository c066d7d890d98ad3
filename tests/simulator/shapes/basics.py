# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helpers for the shapes: timestamps and digests."""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone
from typing import Any

Row = dict[str, Any]

# All seeded dates derive from this time, so that every run has the same data.
SEED_TIME = datetime(2026, 1, 5, 8, tzinfo=timezone.utc).timestamp()
HOUR = 3600


def digest(text: str) -> str:
    """Return 32 hex digits that depend only on `text`."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def digest_number(text: str) -> int:
    """Return a number below 100,000,000 that depends only on `text`."""
    return int(digest(text)[:12], 16) % 100_000_000


def uuid(text: str) -> str:
    """The same digits as a UUID writes them."""
    digits = digest(text)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def iso(moment: float) -> str:
    """Format a time as 2026-01-05T08:00:00Z."""
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def offset(moment: float) -> str:
    """2026-01-05T08:00:00+0000"""
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S%z")


def spaced(moment: float) -> str:
    """Format a time as 2026-01-05 08:00:00 UTC."""
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
