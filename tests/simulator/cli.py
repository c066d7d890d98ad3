# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the simulator."""

from __future__ import annotations

import argparse
import asyncio
import errno
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from .api import BASE
from .seed import DEMO_TOKEN
from .server import Simulator, serve

PARENT_CHECK_SECONDS = 0.5
MAX_PORT = 65535


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM, SIGINT or the end of the parent process. Returns the exit status."""
    options = _parser().parse_args(arguments)
    with ExitStack() as stack:
        log = stack.enter_context(open(options.log, "a", encoding="utf-8")) if options.log else None
        simulator = Simulator(options.stacks, log, options.hostile, latency_ms=options.latency_ms)
        try:
            asyncio.run(_run(simulator, options))
        except OSError as problem:
            print(_start_error(problem, options), file=sys.stderr)
            return 1
    return 0


def _start_error(problem: OSError, options: argparse.Namespace) -> str:
    if problem.errno == errno.EADDRINUSE:
        return (
            f"Port {options.port} on {options.host} is in use: choose another with --port or PORT= (0 for a free one)."
        )
    return f"The simulator cannot start: {problem}."


def _port(text: str) -> int:
    """A port number. argparse reports anything else."""
    port = int(text)
    if not 0 <= port <= MAX_PORT:
        raise argparse.ArgumentTypeError(f"{port} is not a port from 0 to {MAX_PORT}")
    return port


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simulator", description="A local Cloud 66.")
    env = os.environ.get
    parser.add_argument("--host", default=env("HOST", "127.0.0.1"), help="address (HOST; default 127.0.0.1)")
    parser.add_argument(
        "--port", type=_port, default=env("PORT", "8066"), help="port, 0 for a free one (PORT; default 8066)"
    )
    parser.add_argument(
        "--stacks", type=int, default=env("SEED_STACKS", "3"), help="number of stacks (SEED_STACKS; default 3)"
    )
    parser.add_argument(
        "--latency-ms",
        type=float,
        default=env("LATENCY_MS", "0"),
        help="delay before each answer (LATENCY_MS; default 0)",
    )
    parser.add_argument(
        "--hostile",
        action="store_true",
        default=env("HOSTILE", "") == "1",
        help="add a fleet with hostile names and addresses (HOSTILE=1)",
    )
    parser.add_argument("--port-file", type=Path, help="write the port to this file once the server listens")
    parser.add_argument("--log", help="append each request to this file, one JSON object per line")
    parser.add_argument("--parent-pid", type=int, help="stop when this process ends")
    return parser


async def _run(simulator: Simulator, options: argparse.Namespace) -> None:
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    runner, port = await serve(simulator, options.host, options.port)
    try:
        if options.port_file:
            _write_atomically(options.port_file, f"{port}\n")
        print(f"Cloud 66 simulator at http://{options.host}:{port}{BASE} (token {DEMO_TOKEN}); Ctrl-C stops it.")
        sys.stdout.flush()
        await _wait(end, options.parent_pid)
    finally:
        await runner.cleanup()


def _write_atomically(file: Path, text: str) -> None:
    """Write a file so that a reader never sees part of it."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)


async def _wait(end: asyncio.Event, parent: int | None) -> None:
    is_own_parent = os.getppid() == parent
    while not end.is_set():
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(end.wait(), PARENT_CHECK_SECONDS if parent else None)
        if parent and not _is_alive(parent, is_own_parent):
            return


def _is_alive(pid: int, is_own_parent: bool) -> bool:
    """Check whether a process runs. A zombie keeps its id, but its children get another parent at once."""
    if is_own_parent:
        return os.getppid() == pid
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
