# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs jobs, reports their progress, and prints a summary."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import deque
from typing import NamedTuple

from .programs import JobError, Shell, SkippedError
from .stages import Job

SIDE_BY_SIDE = 2
RULE = "-" * 100


class Result(NamedTuple):
    """The outcome of a job. `problem`: what went wrong. `skipped`: why it could not run here."""

    job: Job
    seconds: float
    processor_seconds: float
    problem: str | None = None
    skipped: str | None = None

    @property
    def failed(self) -> bool:
        return self.problem is not None and self.job.counts

    @property
    def verdict(self) -> str:
        if self.skipped is not None:
            return "skipped"
        if self.problem is None:
            return "passed"
        return "FAILED" if self.failed else "failed, which does not count"


class Runner:
    """Runs jobs. With `stream` their output is shown as it comes, otherwise only if they fail."""

    def __init__(self, stream: bool) -> None:
        self._stream = stream
        self._printing = threading.Lock()
        self.results: list[Result] = []

    def run(self, jobs: list[Job]) -> bool:
        """Run all jobs, even after a failure. Returns whether all that count passed."""
        together = [job for job in jobs if not (job.stage.alone or self._stream)]
        for job in jobs:
            if job not in together:
                self._run_one(job)
        self._run_together(deque(together))
        self._print_table(jobs)
        return not any(result.failed for result in self.results)

    def _run_together(self, queue: deque[Job]) -> None:
        threads = [threading.Thread(target=self._work, args=(queue,)) for _number in range(SIDE_BY_SIDE)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except KeyboardInterrupt:
            # The running programs got the signal too. Start no more.
            queue.clear()
            raise

    def _work(self, queue: deque[Job]) -> None:
        while queue:
            try:
                job = queue.popleft()
            except IndexError:
                return
            self._run_one(job)

    def _run_one(self, job: Job) -> None:
        self._print(f"{job} ...")
        shell = Shell(job.venv, self._write if self._stream else lambda _line: None)
        start = time.monotonic()
        problem, skipped = _run_job(job, shell)
        result = Result(job, time.monotonic() - start, shell.processor_seconds, problem, skipped)
        self.results.append(result)
        self._report(result, shell)

    def _report(self, result: Result, shell: Shell) -> None:
        lines, problem = [], result.problem
        if not self._stream:
            pattern = result.job.stage.shown
            lines = [line.rstrip("\n") for line in shell.lines if problem or (pattern and pattern.match(line))]
        if problem:
            lines = [RULE, *lines, problem, RULE]
        verdict = f"skipped: {result.skipped}" if result.skipped else f"{result.verdict}, {result.seconds:.1f} s"
        self._print("\n".join([*lines, f"{result.job}: {verdict}"]))

    def _print_table(self, jobs: list[Job]) -> None:
        order = {job: number for number, job in enumerate(jobs)}
        print()
        for result in sorted(self.results, key=lambda result: order[result.job]):
            times = f"{result.seconds:8.1f} s, {result.processor_seconds:7.1f} s of a processor"
            print(f"{result.job.stage.name:14}{result.verdict}{times}  {result.job.venv}")
        skipped = [f"{result.job}: skipped: {result.skipped}" for result in self.results if result.skipped]
        print("\n".join(["", *skipped, _summary(self.results)]), flush=True)

    def _print(self, text: str) -> None:
        with self._printing:
            print(text, flush=True)

    def _write(self, line: str) -> None:
        with self._printing:
            sys.stdout.write(line)
            sys.stdout.flush()


def _summary(results: list[Result]) -> str:
    total, failed = len(results), sum(result.failed for result in results)
    skipped = sum(result.skipped is not None for result in results)
    if failed:
        return f"{failed} of {total} jobs failed."
    return f"{total - skipped} of {total} jobs passed, {skipped} skipped." if skipped else f"All {total} jobs passed."


def _run_job(job: Job, shell: Shell) -> tuple[str | None, str | None]:
    """Run a job. Returns what went wrong, and why it was skipped."""
    try:
        job.stage.run(shell)
    except SkippedError as reason:
        return None, str(reason)
    except (JobError, OSError, subprocess.CalledProcessError) as problem:
        return str(problem), None
    return None, None
