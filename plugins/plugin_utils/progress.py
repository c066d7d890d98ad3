# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress of long work, on standard error: standard output belongs to callbacks, whose JSON others read."""

from __future__ import annotations

from ansible import constants
from ansible.utils.display import Display

display = Display()


def notify(text: str) -> None:
    """Show a line at once."""
    display.display(text, stderr=True)


def log(text: str) -> None:
    """Show a line with -v, and write it to Ansible's log where that is to know more."""
    if display.verbosity > 0:
        display.display(text, color=vars(constants)["COLOR_VERBOSE"], stderr=True)
    elif getattr(display, "log_verbosity", 0) > 0:
        display.display(text, log_only=True)
