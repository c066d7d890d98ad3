# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make generate`: everything in the checkout that follows from the modules.

It imports the modules, so it runs in a virtual environment: `write` and `check` start it there.
"""

from __future__ import annotations

from ..places import ROOT
from ..programs import Shell

COMMAND = ("python", "-m", "tools.generator")


def write(shell: Shell) -> None:
    """Generate all of it."""
    shell.run(*COMMAND, cwd=ROOT / "tests")


def check(shell: Shell) -> None:
    """Raises JobError if any of it is stale."""
    shell.run(*COMMAND, "--check", cwd=ROOT / "tests")
