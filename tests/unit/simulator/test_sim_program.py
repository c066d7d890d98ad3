# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a program: start, stop, and output."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from unit.fixtures.programs import HANG, wait_until

PROGRAM = Path(__file__).resolve().parents[2] / "simulator"


@contextmanager
def started(tmp_path, *arguments, **environment):
    """Start the program on a free port. Yields the process and the origin."""
    port_file = tmp_path / "port"
    command = [sys.executable, str(PROGRAM), "--port", "0", "--port-file", str(port_file), *map(str, arguments)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )
    try:
        wait_until(lambda: port_file.exists() or process.poll() is not None)
        yield process, f"http://127.0.0.1:{port_file.read_text().strip()}"
    finally:
        process.kill()
        process.communicate()


def get(url):
    request = urllib.request.Request(url, headers={"Authorization": "Bearer 4c9c9b1111"})
    with urllib.request.urlopen(request, timeout=HANG) as answer:
        return json.load(answer)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serves_and_stops_quietly(tmp_path, number):
    log = tmp_path / "log"
    with started(tmp_path, "--log", log, SEED_STACKS="4") as (process, origin):
        assert len(get(origin + "/api/3/stacks")["response"]) == 4
        process.send_signal(number)
        output, errors = process.communicate(timeout=HANG)
    assert (process.returncode, errors) == (0, "")
    assert origin in output
    assert "4c9c9b1111" in output
    assert "Ctrl-C" in output
    (line,) = [json.loads(line) for line in log.read_text().splitlines()]
    assert (line["path"], line["status"]) == ("/api/3/stacks", 200)


def test_stops_during_a_slow_answer(tmp_path):
    with started(tmp_path, "--latency-ms", 60_000) as (process, origin), socket.socket() as connection:
        connection.connect(("127.0.0.1", int(origin.rpartition(":")[2])))
        connection.sendall(b"GET /api/3/ping HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_until(lambda: get(origin + "/_sim/requests"))
        process.terminate()
        assert process.communicate(timeout=HANG)[1] == ""
    assert process.returncode == 0


def test_port_in_use(tmp_path):
    with started(tmp_path) as (_process, origin):
        port = origin.rpartition(":")[2]
        second = subprocess.run(
            [sys.executable, str(PROGRAM), "--port", port],
            capture_output=True,
            text=True,
            timeout=HANG,
            check=False,
        )
    assert second.returncode == 1
    assert (
        second.stderr
        == f"Port {port} on 127.0.0.1 is in use: choose another with --port or PORT= (0 for a free one).\n"
    )


def test_stops_with_its_parent(tmp_path):
    parent = subprocess.Popen(["sleep", str(HANG)])
    with started(tmp_path, "--parent-pid", parent.pid) as (process, origin):
        assert get(origin + "/api/3/ping")["response"]["ok"]
        parent.kill()
        parent.wait()
        assert process.communicate(timeout=HANG)[1] == ""
        assert process.returncode == 0


def test_help_lists_every_option():
    output = subprocess.run([sys.executable, str(PROGRAM), "--help"], capture_output=True, text=True, check=True).stdout
    for option in ("--host", "--port", "--stacks", "--latency-ms", "--hostile", "--port-file", "--log", "--parent-pid"):
        assert option in output


def test_a_port_that_cannot_be(tmp_path):
    result = subprocess.run(
        [sys.executable, str(Path(__file__).resolve().parents[2] / "simulator"), "--port", "80000"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "80000 is not a port from 0 to 65535" in result.stderr
    assert "Traceback" not in result.stderr
