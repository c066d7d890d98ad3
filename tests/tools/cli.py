# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the tools."""

from __future__ import annotations
from . import venvs
def main(arguments):
    for v in venvs.make_all(): print(v)
