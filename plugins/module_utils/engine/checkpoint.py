# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an event source knows, and the events that are not delivered yet: in memory, and in a file if wanted."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from typing import Any

from ..api.errors import Cloud66Error
from ..api.files import PRIVATE, write_whole
from .events import Event, State, new_state

VERSION = 1
# What is known of each stack.
KNOWN = frozenset(new_state({}, 0))


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
        self._held: int | None = None
        if self.path and not os.path.isdir(os.path.dirname(os.path.abspath(self.path))):
            raise Cloud66Error(f"The folder of the checkpoint {self.path} does not exist.")
        if self.path:
            self._hold(self.path)
        if self.path and os.path.lexists(self.path):
            try:
                content = self._read(self.path)
            except Cloud66Error:
                self._release()
                raise
            self.state = content["state"]
            self.pending = [{**event, "repeated": True} for event in content["pending"]]

    def install(self, state: State, events: list[Event]) -> None:
        """Replace the state, and add events to be delivered. Does nothing once it is closed."""
        with self._lock:
            if self._closed:
                return
            self.state = state
            known = {event["meta"]["uuid"] for event in self.pending}
            for event in events:
                if event["meta"]["uuid"] not in known:
                    known.add(event["meta"]["uuid"])
                    self.pending.append(event)
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
        """Write the file for the last time. Others may use it then."""
        with self._lock:
            self._closed = True
            try:
                self._write()
            finally:
                self._release()

    def _hold(self, path: str) -> None:
        """Keep other sources from using the file: each would undo what the other writes.

        The lock is on another file, because this one is replaced. It ends with the process.
        """
        try:
            self._held = os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR, PRIVATE)
        except OSError:
            # Whether the folder can be written is found out later.
            return
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._release()
            raise Cloud66Error(f"The checkpoint {path} is in use. Give each source a checkpoint of its own.") from None
        except OSError:
            # Not all file systems have locks.
            return

    def _release(self) -> None:
        """Let others use the file."""
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _read(self, path: str) -> dict[str, Any]:
        advice = "Correct it, or delete it to start from now on."
        try:
            with open(path, encoding="utf-8") as file:
                content = json.load(file)
        except OSError as problem:
            raise Cloud66Error(f"The checkpoint {path} cannot be read: {problem.strerror}.") from None
        except (ValueError, RecursionError):
            raise Cloud66Error(f"The checkpoint {path} is not JSON. {advice}") from None
        if not _is_usable(content):
            raise Cloud66Error(f"The checkpoint {path} was not written by this version of c66_events. {advice}")
        found: dict[str, Any] = content
        return found

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


def _is_usable(content: Any) -> bool:
    """Whether the content of a file is what `_write` writes."""
    try:
        usable = [
            content["version"] == VERSION,
            isinstance(content["state"]["read_at"], (int, float)),
            *(set(known) >= KNOWN for known in content["state"]["stacks"].values()),
            *(isinstance(event["meta"]["uuid"], str) for event in content["pending"]),
        ]
        return all(usable)
    except (AttributeError, LookupError, TypeError):
        return False
