# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs programs, measures them, and prints reports."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

ROUNDS = int(os.environ.get("ROUNDS", "5"))


class Cost(NamedTuple):
    """The cost of a program: wall-clock seconds, processor seconds, and peak memory in MB."""

    wall: float
    cpu: float
    memory: float


class Row(NamedTuple):
    """A line of the report: a figure with its unit, its ratio to another figure, and the target for the ratio."""

    name: str
    figure: str
    ratio: float | None = None
    at_most: float | None = None

    @property
    def missed(self) -> bool:
        return self.at_most is not None and self.ratio is not None and self.ratio > self.at_most


def run(program: str, *arguments: str, **environment: str) -> Cost:
    """Run an Ansible program. Its output is shown only if it fails."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("CLOUD66_")}
    env.update(ANSIBLE_LOCALHOST_WARNING="false", ANSIBLE_INVENTORY_UNPARSED_WARNING="false", NO_PROXY="127.0.0.1")
    env.update(environment)
    command = [str(Path(sys.executable).parent / program), *arguments]
    with tempfile.TemporaryFile() as output:
        start = time.monotonic()
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - start
        if process.returncode:
            output.seek(0)
            sys.exit(f"\n{output.read().decode(errors='replace')[-3000:]}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def take_turns(variants: Mapping[str, Callable[[], Any]], rounds: int = ROUNDS) -> dict[str, list[Any]]:
    """Measure the variants in turns, so that a slow moment of the machine affects all. Returns the figures of each."""
    figures: dict[str, list[Any]] = {name: [] for name in variants}
    for number in range(rounds + 1):
        print(f"\rRound {number} of {rounds}" if number else "\rWarming up  ", end="", flush=True)
        for name, measure in variants.items():
            figure = measure()
            if number:
                figures[name].append(figure)
    print("\r" + " " * 20 + "\r", end="")
    return figures


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def report(title: str, rows: Iterable[Row]) -> None:
    print(f"\n{title}")
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:8.3f}"
        limit = "" if row.at_most is None else f"  at most {row.at_most}: {'MISSED' if row.missed else 'met'}"
        print(f"  {row.name:46}{row.figure:>12}{ratio}{limit}")
