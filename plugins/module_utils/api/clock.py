# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clock that all code uses, in one place so that tests can replace it.

`now` returns the seconds since 1970, `monotonic` measures durations in seconds, and `sleep` waits for some seconds.
Call them as `clock.now()`: an imported name would keep using the original clock.
"""

from __future__ import annotations

from time import monotonic, sleep
from time import time as now

__all__ = ["monotonic", "now", "sleep"]
