# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows progress on standard error: standard output is for callbacks, which may print JSON for other programs."""

from __future__ import annotations

import os

from ansible import constants
from ansible.utils.display import Display

display = Display()


def notify(text: str) -> None:
    """Show a line immediately."""
    display.display(text, stderr=True)


def show_last(text: str, ansible: int) -> None:
    """Show a line after Ctrl-C, when Ansible ignores its workers: on the standard error of its process, if possible."""
    try:
        stderr = os.open(f"/proc/{ansible}/fd/2", os.O_WRONLY | os.O_APPEND | os.O_NOCTTY)
    except OSError:
        notify(text)
        return
    with open(stderr, "w", encoding="utf-8") as terminal:
        terminal.write(f"{text}\n")


def log(text: str) -> None:
    """Show a line with -v. Without -v, write it to Ansible's log if the log is more verbose."""
    if display.verbosity > 0:
        display.display(text, color=vars(constants)["COLOR_VERBOSE"], stderr=True)
    elif getattr(display, "log_verbosity", 0) > 0:
        display.display(text, log_only=True)
