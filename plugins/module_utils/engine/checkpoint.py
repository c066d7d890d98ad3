# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an event source knows, and the events that are not delivered yet: in memory, and in a file if wanted."""

from __future__ import annotations

import json
import os
import threading
from typing import Any

from ..api.errors import Cloud66Error
from ..api.files import write_whole
from .events import Event, State

VERSION = 1


class Checkpoint:
    """The state of a watch. An event is in the file before it is delivered, and leaves it afterwards.

    So after a kill, each event has come at least once. `repeated` is set in those that may have come before. It is used
    by two threads.
    """

    def __init__(self, path: str | None) -> None:
        """Read the file if there is one. Raises Cloud66Error if it cannot be used."""
        self.path = None if path is None else os.path.expanduser(path)
        self.state: State | None = None
        self.pending: list[Event] = []
        self._lock = threading.Lock()
        self._changed = self._closed = False
        if self.path and not os.path.isdir(os.path.dirname(os.path.abspath(self.path))):
            raise Cloud66Error(f"The folder of the checkpoint {self.path} does not exist.")
        if self.path and os.path.lexists(self.path):
            content = self._read(self.path)
            self.state = content["state"]
            self.pending = [{**event, "repeated": True} for event in content["pending"]]

    def install(self, state: State, events: list[Event]) -> None:
        """Replace the state, and add events to be delivered. Does nothing once it is closed."""
        with self._lock:
            if self._closed:
                return
            known = {event["meta"]["uuid"] for event in self.pending}
            self.state = state
            self.pending += [event for event in events if event["meta"]["uuid"] not in known]
            self._changed = True
            self._write()

    def delivered(self, event: Event) -> None:
        """Remove an event. The file is written later."""
        with self._lock:
            self.pending = [one for one in self.pending if one is not event]
            self._changed = True

    def flush(self) -> None:
        """Write the file if anything has changed. Raises Cloud66Error."""
        with self._lock:
            self._write()

    def close(self) -> None:
        """Write the file for the last time."""
        with self._lock:
            self._closed = True
            self._write()

    def _read(self, path: str) -> dict[str, Any]:
        advice = "Correct it, or delete it to start from now on."
        try:
            with open(path, encoding="utf-8") as file:
                content = json.load(file)
        except OSError as problem:
            raise Cloud66Error(f"The checkpoint {path} cannot be read: {problem.strerror}.") from None
        except (ValueError, RecursionError):
            raise Cloud66Error(f"The checkpoint {path} is not JSON. {advice}") from None
        names = {"state", "pending"}
        if not isinstance(content, dict) or content.get("version") != VERSION or not names <= set(content):
            raise Cloud66Error(f"The checkpoint {path} was not written by this version of c66_events. {advice}")
        return content

    def _write(self) -> None:
        """Write the file as a whole. Only its owner can read it."""
        if not self.path or not self._changed or self.state is None:
            return
        content = {"version": VERSION, "state": self.state, "pending": self.pending}
        try:
            write_whole(self.path, json.dumps(content).encode())
            self._changed = False
        except OSError as problem:
            raise Cloud66Error(f"The checkpoint {self.path} cannot be written: {problem.strerror}.") from None
