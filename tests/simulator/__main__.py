# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python tests/simulator`: run the simulator at a shell until it is told to stop."""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:
    # Run as a folder: make the folder a package, so that its modules find each other and hide no others.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

if __name__ == "__main__":
    try:
        from simulator.cli import main

        sys.exit(main())
    except KeyboardInterrupt:
        # Ctrl-C before the server was up.
        sys.exit(130)
