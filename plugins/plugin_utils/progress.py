# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows progress on standard error: standard output is for callbacks, which may print JSON for other programs."""

from __future__ import annotations

from ansible import constants
from ansible.utils.display import Display

display = Display()


def notify(text: str) -> None:
    """Show a line immediately."""
    display.display(text, stderr=True)


def log(text: str) -> None:
    """Show a line with -v. Without -v, write it to Ansible's log if the log is more verbose."""
    if display.verbosity > 0:
        display.display(text, color=vars(constants)["COLOR_VERBOSE"], stderr=True)
    elif getattr(display, "log_verbosity", 0) > 0:
        display.display(text, log_only=True)
