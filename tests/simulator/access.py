# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access control: tokens, one-time codes, and the hourly limit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Token:
    """An access token: its user and its scopes."""

    user_id: int
    scopes: frozenset[str]


@dataclass
class Code:
    """A one-time code of the OAuth flow."""

    client_id: str
    redirect_uri: str
    scopes: frozenset[str]
    expires: float


class Budget:
    """The hourly limit: counts requests for each user, and starts again on the hour."""

    def __init__(self) -> None:
        self._hour = 0
        self._used: dict[int, int] = {}
        self._used_at_start = 0

    def set_remaining(self, remaining: int, limit: int, now: float) -> None:
        """Give every user `remaining` requests for the rest of this hour."""
        self._hour, self._used, self._used_at_start = int(now // 3600), {}, limit - remaining

    def spend(self, user_id: int, limit: int, now: float) -> int:
        """Count one request. Returns how many are left, or -1 if this one exceeds the limit."""
        hour = int(now // 3600)
        if hour != self._hour:
            self._hour, self._used, self._used_at_start = hour, {}, 0
        used = self._used.get(user_id, self._used_at_start)
        if used >= limit:
            return -1
        self._used[user_id] = used + 1
        return limit - used - 1
