# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads the segments of a backup side by side into one file, which appears whole or not at all.

The segments are written into a temporary file beside it. A journal says how much of each is there, so that the next
run resumes what a break has ended. When all is there, the temporary file gets the file's name, and a record says which
backup it is, with its checksum. Memory does not grow with the size.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..api import clock
from ..api.broken import BrokenError
from ..api.download import CHUNK, Download, ExpiredError, download
from ..api.errors import Cloud66Error
from ..api.limits import wait_before_retry
from ..api.parallel import Readers, check_workers
from ..resources.backup_file import BackupFile, StackBackup, files_of
from ..resources.fields import Row, described
from .run import Module, Result, Run
from .wait import HEARTBEAT

# Seconds between two lines of the log, and between two updates of the journal.
OFTEN = 5
MIB = 1 << 20
PRIVATE = 0o600


@dataclass
class Segment:
    """A file of the backup: its size and version, if known, and how much of it has been written."""

    row: Row
    number: int
    size: int | None = None
    etag: str | None = None
    written: int = 0
    lock: Any = field(default_factory=threading.Lock)

    @property
    def is_complete(self) -> bool:
        return self.size is not None and self.written == self.size


class Target:
    """The file to write, and the files beside it whose names begin with a dot."""

    def __init__(self, dest: str) -> None:
        self.dest = os.path.realpath(dest)
        folder, name = os.path.split(self.dest)
        self.folder = folder
        self.part = os.path.join(folder, f".{name}.c66-part")
        self.journal = os.path.join(folder, f".{name}.c66-part.json")
        self.record = os.path.join(folder, f".{name}.c66.json")

    def check(self) -> None:
        """Raise Cloud66Error unless the file can be written."""
        if os.path.isdir(self.dest):
            raise Cloud66Error(f"dest {self.dest} is a directory: name a file.")
        if not os.path.isdir(self.folder):
            raise Cloud66Error(f"The directory {self.folder} of dest does not exist.")
        if not os.access(self.folder, os.W_OK | os.X_OK):
            raise Cloud66Error(f"The directory {self.folder} of dest is not writable.")

    def recorded(self) -> Row:
        """What the record says of the file; {} if there is none, or if the file is another one now."""
        known = _json_in(self.record)
        try:
            size = os.stat(self.dest).st_size
            same = known.get("size") == size and known.get("checksum") == _checksum(self.dest)
        except OSError:
            return {}
        return known if same else {}


class Assembly:
    """The temporary file, into which several threads write their segments."""

    def __init__(self, run: Run, target: Target, files: BackupFile, backup: Row) -> None:
        self.run = run
        self.target = target
        self.files = files
        self.backup = backup
        self.segments = [Segment(row, number) for number, row in enumerate(files.segments())]
        self.identity = {
            "stack_uid": backup["stack_uid"],
            "backup_id": backup["id"],
            "files": [segment.row["id"] for segment in self.segments],
        }
        self.downloaded = 0
        self._fd = -1
        self._stopped = False
        self._sizes = threading.Condition()
        self._saving = threading.Lock()
        self._reported = self._noticed = clock.monotonic()

    def download(self) -> str:
        """Download what is missing, and return the checksum of all."""
        with self._opened():
            self._resume()
            checksum = hashlib.sha256()
            workers = min(self.run.params["workers"], len(self.segments))
            with Readers[None](workers, together=True) as readers:
                for segment in self.segments:
                    readers.start(segment.number, partial(self._fetch, segment))
                for segment in self.segments:
                    readers.result(segment.number)
                    self._add(checksum, segment)
            os.ftruncate(self._fd, self.size)
            os.fsync(self._fd)
            os.replace(self.target.part, self.target.dest)
            return checksum.hexdigest()

    @property
    def size(self) -> int:
        """The size of all segments. Only known when all have been downloaded."""
        return sum(segment.size or 0 for segment in self.segments)

    def finish(self, checksum: str) -> None:
        """Record which backup the file is."""
        with self._errors():
            _write_json(self.target.record, {**self.identity, "size": self.size, "checksum": checksum})
            with suppress(FileNotFoundError):
                os.unlink(self.target.journal)

    @contextmanager
    def _opened(self) -> Iterator[None]:
        with self._errors():
            self._fd = os.open(self.target.part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE)
            try:
                try:
                    fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise Cloud66Error(f"Another process is downloading to {self.target.dest}.") from None
                try:
                    yield
                except BaseException:
                    self._stop()
                    # A full disk may have no room for the journal either.
                    with suppress(OSError):
                        self._save(last=True)
                    raise
            finally:
                os.close(self._fd)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn the errors of the file system into sentences."""
        try:
            yield
        except OSError as error:
            raise Cloud66Error(
                f"Cannot write {error.filename or self.target.part}: {error.strerror}."
                " What has been downloaded is kept; the next run goes on with it."
            ) from None

    def _stop(self) -> None:
        """Let no thread write any more."""
        self._stopped = True
        with self._sizes:
            self._sizes.notify_all()
        for segment in self.segments:
            with segment.lock:
                pass

    # The journal

    def _resume(self) -> None:
        """Take over what the journal of the same backup says, as far as it is in the temporary file."""
        known = _json_in(self.target.journal)
        there = os.fstat(self._fd).st_size
        if known.get("identity") != self.identity:
            os.ftruncate(self._fd, 0)
            return
        offset = 0
        for segment, (size, etag, written) in zip(self.segments, known["segments"]):
            segment.size, segment.etag = size, etag
            if size is None:
                break
            segment.written = min(written, max(there - offset, 0))
            offset += size
        kept = sum(segment.written for segment in self.segments)
        if kept:
            self.run.notify(f"Resuming the download of {self.files.place.label}: {kept // MIB} MiB are there")

    def _save(self, last: bool = False) -> None:
        with self._saving:
            if self._stopped and not last:
                return
            state = [(segment.size, segment.etag, segment.written) for segment in self.segments]
            # What the journal names must be on the disk.
            os.fsync(self._fd)
            _write_json(self.target.journal, {"identity": self.identity, "segments": state})

    def _report(self) -> None:
        """Now and then, say how far it is and bring the journal up to date."""
        now = clock.monotonic()
        with self._sizes:
            if now - self._reported < OFTEN:
                return
            self._reported = now
            say: Callable[[str], None] = self.run.log
            if now - self._noticed >= HEARTBEAT:
                self._noticed, say = now, self.run.notify
        there = sum(segment.written for segment in self.segments)
        complete = sum(segment.is_complete for segment in self.segments)
        say(f"Downloaded {there // MIB} MiB, {complete} of {_counted(len(self.segments))} of {self.files.place.label}")
        self._save()

    # One segment

    def _fetch(self, segment: Segment) -> None:
        """Download a segment. Goes on after a break, and asks for another URL if one has expired."""
        url = None
        furthest = segment.written
        breaks = refusals = 0
        while not segment.is_complete and not self._stopped:
            try:
                url = url or self.files.url_of(segment.row)
                self._read(segment, url)
            except (BrokenError, ExpiredError) as problem:
                if segment.written > furthest:
                    furthest, breaks, refusals = segment.written, 0, 0
                if isinstance(problem, ExpiredError):
                    url = None
                    refusals += 1
                else:
                    # Some breaks, such as a certificate that is not trusted, do not pass.
                    breaks += 1 if problem.retry else self.run.settings.api_retries + 1
                # Another URL is asked for at least once.
                if breaks > self.run.settings.api_retries or refusals > self.run.settings.api_retries + 1:
                    raise Cloud66Error(
                        f"Cannot download {segment.row['name']} of {self.files.place.label}: {problem}."
                        " What has been downloaded is kept; the next run goes on with it."
                    ) from None
                self.run.log(f"{segment.row['name']}: {problem}. Going on at {segment.written // MIB} MiB.")
                if url or refusals > 1:
                    self.run.client.pause(wait_before_retry(breaks + refusals))

    def _read(self, segment: Segment, url: str) -> None:
        settings, agent = self.run.settings, self.run.agent
        opened = download(settings, agent, url, segment.written, segment.etag)
        offset = self._place(segment, opened)
        for chunk in opened.chunks():
            if not self._write(segment, offset, chunk):
                return
            self._report()
        with self._sizes:
            segment.size = segment.written
            self._sizes.notify_all()

    def _place(self, segment: Segment, opened: Download) -> int:
        """Note a segment's size, and return its offset, which depends on the sizes of those before it."""
        with self._sizes:
            if segment.size is not None and opened.size not in (None, segment.size):
                opened.response.close()
                raise Cloud66Error(
                    f"The size of {segment.row['name']} of {self.files.place.label} has changed. Remove"
                    f" {self.target.part} and download it again."
                )
            segment.written, segment.etag = opened.start, opened.etag
            segment.size = opened.size if segment.size is None else segment.size
            self._sizes.notify_all()
            before = self.segments[: segment.number]
            self._sizes.wait_for(lambda: self._stopped or all(each.size is not None for each in before))
            return sum(each.size or 0 for each in before)

    def _write(self, segment: Segment, offset: int, chunk: bytes) -> bool:
        """Write the next part of a segment, unless all has been stopped."""
        view = memoryview(chunk)
        with segment.lock:
            while view and not self._stopped:
                count = os.pwrite(self._fd, view, offset + segment.written)
                segment.written += count
                view = view[count:]
        with self._saving:
            self.downloaded += len(chunk)
        return not self._stopped

    def _add(self, checksum: Any, segment: Segment) -> None:
        """Add a segment that is complete to the checksum."""
        at = sum(each.size or 0 for each in self.segments[: segment.number])
        end = at + (segment.size or 0)
        while at < end:
            chunk = os.pread(self._fd, min(CHUNK, end - at), at)
            if not chunk:
                raise Cloud66Error(f"{self.target.part} was changed by something else. Download it again.")
            checksum.update(chunk)
            at += len(chunk)


class DownloadModule(Module):
    """Downloads a backup to a file, unless the file is that backup already.

    Source: list_backups, list_backup_files, get_backup_file.
    """

    subject = "Backups"
    scope = "`public`"

    def __init__(self) -> None:
        options = {name: StackBackup.options[name] for name in ("group", "verified", "workers")}
        filters = {name: each.argument for name, each in StackBackup.filters.items()}
        one = {"backup_id": {"type": "int"}, "dest": {"type": "path", "required": True}}
        chosen = [("backup_id", name) for name in ("group", *filters)]
        super().__init__({**StackBackup.parent.arguments, **one, **filters, **options}, mutually_exclusive=chosen)

    def work(self, run: Run) -> Result:
        check_workers(run.params["workers"])
        target = Target(run.params["dest"])
        target.check()
        backups = StackBackup(run.client, run.params)
        backup = backups.chosen()
        assembly = Assembly(run, target, files_of(run.client, run.params, backups.place, backup), backup)
        known = target.recorded()
        same = bool(known) and assembly.identity.items() <= known.items()
        result: Result = {
            "changed": not same,
            # Not `dest`: AnsibleModule would add the owner and mode, and only in a process of its own.
            "file": target.dest,
            "backup": described(backup, StackBackup.fields),
            "files": [segment.row for segment in assembly.segments],
            "size": known["size"] if same else None,
            "checksum": known["checksum"] if same else None,
            "downloaded": 0,
        }
        if run.diff:
            before = {"backup_id": known["backup_id"]} if known else {}
            result["diff"] = {"before": before, "after": {"backup_id": backup["id"]}}
        if same or run.check_mode:
            return result
        run.notify(f"Downloading {assembly.files.place.label} ({_counted(len(assembly.segments))})")
        checksum = assembly.download()
        assembly.finish(checksum)
        return {**result, "size": assembly.size, "checksum": checksum, "downloaded": assembly.downloaded}


def _checksum(path: str) -> str:
    checksum = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            checksum.update(chunk)
    return checksum.hexdigest()


def _json_in(path: str) -> Row:
    """The object in a file; {} if there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write_json(path: str, content: Row) -> None:
    """Write a file whole or not at all, readable by its owner only."""
    new = f"{path}.new"
    with open(
        os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, PRIVATE), "w", encoding="utf-8"
    ) as file:
        json.dump(content, file)
    os.replace(new, path)


def _counted(files: int) -> str:
    return "1 file" if files == 1 else f"{files} files"
