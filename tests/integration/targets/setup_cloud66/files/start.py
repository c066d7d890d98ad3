# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start a simulator on a free port of the loopback, and print `{"url": …, "pid": …}`.

The simulator stops with the process given by --parent-pid, by default the ansible-playbook that started this program.
So it also stops after a failed target, and no task needs to stop it. A target that is a script has a copy of this file
at ../setup_cloud66/files/start.py and passes `--parent-pid $$`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

START_SECONDS = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parent-pid", type=int, help="stop when this process ends")
    parser.add_argument("options", nargs="*", help="after `--`: more options for the simulator")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        process, port = start(Path(folder), options.parent_pid or ansible_playbook(), options.options)
    print(json.dumps({"url": f"http://127.0.0.1:{port}/api/3", "pid": process.pid}))


def start(folder: Path, parent: int, options: list[str]) -> tuple[subprocess.Popen[bytes], int]:
    """Start the simulator and wait until it listens."""
    port_file, log = folder / "port", folder / "log"
    command = [sys.executable, str(simulator()), "--host", "127.0.0.1", "--port", "0", "--port-file", str(port_file)]
    command += ["--parent-pid", str(parent), *options]
    with open(log, "wb") as output:
        # In its own session, because Ansible kills what its tasks leave behind.
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if port_file.exists():
            return process, int(port_file.read_text(encoding="utf-8"))
        time.sleep(0.05)
    sys.exit(f"The simulator did not start.\n{log.read_text(encoding='utf-8')}")


def simulator() -> Path:
    """The simulator's folder. ansible-test runs targets from copies in the collection's tests/output/."""
    for folder in Path(__file__).resolve().parents:
        if (folder / "tests" / "simulator" / "__main__.py").exists():
            return folder / "tests" / "simulator"
    sys.exit(f"There is no tests/simulator above {__file__}.")


def ansible_playbook() -> int:
    """The process id of the topmost ansible-playbook among the ancestors; the ones below it are its workers."""
    found = None
    pid = os.getppid()
    while pid > 1:
        parent, command = process_info(pid)
        if "ansible-playbook" in command:
            found = pid
        elif found:
            break
        pid = parent
    return found or sys.exit("Not started by ansible-playbook: pass --parent-pid.")


def process_info(pid: int) -> tuple[int, str]:
    """The parent of a process, and its command line."""
    process = Path("/proc", str(pid))
    if process.exists():
        parent = process.joinpath("stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]
        return int(parent), process.joinpath("cmdline").read_text(encoding="utf-8")
    # Outside Linux. Minimal Linux systems have no ps.
    command = ["ps", "-o", "ppid=", "-o", "command=", "-p", str(pid)]
    parent, arguments = subprocess.check_output(command, text=True).strip().split(maxsplit=1)
    return int(parent), arguments


if __name__ == "__main__":
    main()
