# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options about waiting for work that takes time."""

from __future__ import annotations


class ModuleDocFragment:
    """`wait` itself is documented by each module, which knows what is waited for."""

    DOCUMENTATION = r"""
options:
  wait_timeout:
    description:
      - Seconds to wait at most. When the time is up the task fails and says how to go on watching.
    type: int
    default: 600
  wait_interval:
    description:
      - Seconds between the first two questions. The interval grows to 15 seconds, and to a minute where the requests of
        the hour would not last.
    type: int
    default: 2
"""
