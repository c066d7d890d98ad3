# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the simulator in a thread, with a handle to inspect and control it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .api import BASE
from .clock import Clock
from .faults import Fault
from .seed import DEMO_TOKEN
from .server import Record, Simulator, serve
from .world import World


class Running:
    """A running simulator. `origin` is its http://host:port, `url` its API, `token` a token with every scope."""

    token = DEMO_TOKEN

    def __init__(self, simulator: Simulator, origin: str) -> None:
        self.simulator = simulator
        self.origin = origin
        self.url = origin + BASE

    @property
    def world(self) -> World:
        """The state, which tests may read and change."""
        return self.simulator.world

    @property
    def requests(self) -> list[Record]:
        """The requests so far, oldest first."""
        return list(self.simulator.log)

    @property
    def writes(self) -> list[Record]:
        """The requests below /api/3 other than GET."""
        return [record for record in self.requests if record.method != "GET" and record.path.startswith(BASE)]

    def fault(self, kind: str, **options: Any) -> Fault:
        """Add a fault (see faults.KINDS and faults.MATCHING). Its `hits` counts the requests that it affected."""
        return self.simulator.faults.add(kind, **options)

    def clear_faults(self) -> None:
        """Remove all faults."""
        self.simulator.faults.clear()

    def settings(self, **changes: Any) -> None:
        """Change settings (see settings.Settings)."""
        self.simulator.change_settings(**changes)

    def reset(self) -> None:
        """Restore the seed data and the initial settings, and clear the faults and the log."""
        self.simulator.reset()

    def go_by(self, clock: Clock) -> None:
        """Take the time from another clock from here on."""
        self.simulator.clock = self.world.clock = clock


@contextmanager
def running(
    stacks: int = 3, host: str = "127.0.0.1", port: int = 0, hostile: bool = False, **settings: Any
) -> Iterator[Running]:
    """Run a simulator for the duration of a `with` block, on a free port unless one is given.

    `hostile` adds the fleet of hostile.py to the seed.
    """
    simulator = Simulator(stacks, hostile=hostile, **settings)
    thread = _Thread(simulator, host, port)
    thread.start()
    try:
        yield Running(simulator, thread.wait_until_ready())
    finally:
        thread.stop()


class _Thread(threading.Thread):
    def __init__(self, simulator: Simulator, host: str, port: int) -> None:
        super().__init__(name="cloud66-simulator", daemon=True)
        self._simulator, self._host, self._port = simulator, host, port
        self._ready = threading.Event()
        self._problem: OSError | None = None

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        try:
            runner, self._port = await serve(self._simulator, self._host, self._port)
        except OSError as problem:
            self._problem = problem
            return
        finally:
            self._ready.set()
        await self._end.wait()
        await runner.cleanup()

    def wait_until_ready(self) -> str:
        """Return the origin. Raises OSError if the server cannot listen."""
        self._ready.wait()
        if self._problem:
            raise self._problem
        return f"http://{self._host}:{self._port}"

    def stop(self) -> None:
        if self.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
        self.join()
