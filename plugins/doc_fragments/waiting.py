# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options for waiting for asynchronous work."""

from __future__ import annotations


class ModuleDocFragment:
    """Each module documents `wait` itself, because what it waits for differs."""

    DOCUMENTATION = r"""
options:
  wait_timeout:
    description:
      - Maximum seconds to wait. After that, the task fails with a message that says how to keep watching.
    type: int
    default: 600
  wait_interval:
    description:
      - Seconds between the first two polls. The interval then grows to 15 seconds, or up to a minute if the requests
        left in this hour would otherwise not suffice.
    type: int
    default: 2
"""
