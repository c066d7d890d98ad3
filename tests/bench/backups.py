# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the download of a backup: against curl, one segment after the other, and its peak memory at two sizes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from common import Cost, Row, median, run, take_turns
from simulator import running
from simulator.seed import STOREFRONT

MIB = 1 << 20
SEGMENTS, SEGMENT = 64, 16 * MIB
LATENCY_MS = 20
SMALL = 4
ROUNDS = 2


def download(folder: Path) -> list[Row]:
    """Compare a task, with the start of Ansible, with `curl` once for each segment, and a small backup with a large."""
    content = folder / "segment"
    with content.open("wb") as file:
        for number in range(SEGMENT // MIB):
            file.write(bytes([number]) * MIB)
    with _storage(content) as origin, running(storage_url=origin, latency_ms=LATENCY_MS) as sim:
        large, small = (row["id"] for row in sim.world.backups[STOREFRONT][:2])
        sim.world.cut_backup(large, *[SEGMENT] * SEGMENTS)
        sim.world.cut_backup(small, *[SEGMENT] * SMALL)
        access = {"CLOUD66_ACCESS_TOKEN": sim.token, "CLOUD66_API_URL": sim.url}
        variants = {
            "curl": partial(_curl, origin, folder / "curl.tar"),
            "curl and sha256sum": partial(_curl, origin, folder / "curl.tar", checksum=True),
            "large": partial(_task, large, folder / "large.tar", access),
            "small": partial(_task, small, folder / "small.tar", access),
            "nothing": partial(run, "ansible", "localhost", "-m", "ansible.builtin.debug"),
        }
        rounds: dict[str, list[Cost]] = take_turns(variants, rounds=ROUNDS)
    wall = {name: median(cost.wall for cost in costs) for name, costs in rounds.items()}
    memory = {name: max(cost.memory for cost in costs) for name, costs in rounds.items()}
    title = f"{SEGMENTS * SEGMENT // MIB} MiB in {SEGMENTS} segments"
    without_start = wall["large"] - wall["nothing"]
    return [
        Row(f"{title}, curl after curl", f"{wall['curl']:.2f} s"),
        Row(f"{title}, curl after curl and sha256sum", f"{wall['curl and sha256sum']:.2f} s"),
        Row(f"{title}, a task with Ansible's start", f"{wall['large']:.2f} s", wall["large"] / wall["curl"]),
        Row(f"{title}, the task alone", f"{without_start:.2f} s", without_start / wall["curl"]),
        Row(f"peak memory, {SMALL * SEGMENT // MIB} MiB", f"{memory['small']:.0f} MB"),
        Row(
            f"peak memory, {SEGMENTS * SEGMENT // MIB} MiB",
            f"{memory['large']:.0f} MB",
            memory["large"] / memory["small"],
            1.1,
        ),
    ]


@contextmanager
def _storage(content: Path) -> Iterator[str]:
    program = str(Path(__file__).resolve().parent / "storage.py")
    command = [sys.executable, program, str(content), str(LATENCY_MS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


def _task(backup: int, dest: Path, access: dict[str, str]) -> Cost:
    dest.unlink(missing_ok=True)
    options = f"stack={STOREFRONT} backup_id={backup} dest={dest}"
    cost = run("ansible", "localhost", "-m", "cloud66.cloud.c66_backup_download", "-a", options, **access)
    dest.unlink()
    return cost


def _curl(origin: str, dest: Path, checksum: bool = False) -> Cost:
    start = time.monotonic()
    with dest.open("wb") as file:
        for number in range(SEGMENTS):
            subprocess.run(["curl", "--silent", "--fail", f"{origin}/{number}"], stdout=file, check=True)
    if checksum:
        subprocess.run(["sha256sum", str(dest)], stdout=subprocess.DEVNULL, check=True)
    wall = time.monotonic() - start
    dest.unlink()
    return Cost(wall, 0, 0)
