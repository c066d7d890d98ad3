# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clock that everything here goes by, in one place so that tests can replace it.

`now` gives the seconds since 1970, `monotonic` measures spans in seconds, `sleep` waits for some seconds. Call them as
`clock.now()`: a name imported from here would keep the old clock.
"""

from __future__ import annotations

from time import monotonic, sleep
from time import time as now

__all__ = ["monotonic", "now", "sleep"]
