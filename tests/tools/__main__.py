# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python tests/tools COMMAND`, as the Makefile calls it."""

from __future__ import annotations

import sys
from pathlib import Path

# Started by its folder's name: import it as a package, so that its modules shadow no others.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from tools.cli import main

sys.exit(main(sys.argv[1:]))
