# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clock by which a simulated Cloud 66 lives. A test may give it another one with the same two methods."""

from __future__ import annotations

import asyncio
import time


class Clock:
    """The machine's own clock."""

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    async def delay(self, seconds: float) -> None:
        """Let some seconds pass before an answer."""
        await asyncio.sleep(seconds)
