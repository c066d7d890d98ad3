# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local Cloud 66: an ordinary HTTP server with state, for development, demos and tests.

From a shell: `python tests/simulator --help`. In a test, with `tests/` on sys.path:

    from simulator import running

    with running(stacks=3) as sim:
        requests.get(sim.url + "/stacks", headers={"Authorization": f"Bearer {sim.token}"})
        sim.fault("reset_after", method="POST", times=1)
        assert sim.writes == []

See settings.py for the settings, faults.py for the faults, and hostile.py for the fleet of `running(hostile=True)`.
"""

from __future__ import annotations

from .background import Running, running
from .server import Record, Simulator

__all__ = ["Record", "Running", "Simulator", "running"]
