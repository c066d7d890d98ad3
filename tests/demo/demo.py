# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo`: plays typical tasks against a simulator, or those that only read against the real Cloud 66."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pexpect

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent
CACHE = TESTS.parent / ".cache"
BACKUPS = {"demo_stack": "f196c5b41758cb7977620d49eb1492ef", "demo_group": "1345", "demo_db_type": "mysql"}
APP = {"CLOUD66_APP_ID": "demo-app", "CLOUD66_APP_SECRET": "demo-app-secret-0123456789"}
QUIET = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}
TOKEN = "4c9c9b1111"  # of the simulator
SECONDS = 60
# What belongs on a terminal only: escape sequences, control characters except the end of a line, and the echo of Enter.
CONTROL = re.compile(r"\^M|\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]|[\x00-\x09\x0b-\x1f\x7f]")

FOR_REAL = """
This was a simulated Cloud 66. To see your own stacks, read-only:

    CLOUD66_ACCESS_TOKEN=<a personal access token> make demo

For your own playbooks, set CLOUD66_ACCESS_TOKEN, or log in once with

    ansible-playbook cloud66.cloud.login
"""
DONE_FOR_REAL = "\nThis was the real Cloud 66. Nothing was written."


def main() -> int:
    """Run the demo. Returns the exit status."""
    # These signals must stop the simulator too, through `finally`, as Ctrl-C does.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_arguments: sys.exit(130))
    if os.environ.get("CLOUD66_ACCESS_TOKEN"):
        status = _play("stacks", {}) or _graph({}) or _play("backups", {})
        if status == 0:
            print(DONE_FOR_REAL)
        return status
    CACHE.mkdir(exist_ok=True)
    print("The demo takes about 20 seconds.", flush=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="demo-") as home, _simulator(Path(home)) as origin:
        env = {"HOME": home, "CLOUD66_API_URL": f"{origin}/api/3"}
        status = _daily_job({**env, "CLOUD66_ACCESS_TOKEN": TOKEN}) or _more_examples(env)
    if status == 0:
        print(FOR_REAL)
    return status


def _daily_job(env: Mapping[str, str]) -> int:
    """Look at what is there, and deploy twice; the second time, nothing changes."""
    return _play("stacks", env) or _graph(env) or _play("deploy", env) or _play("deploy", env)


def _more_examples(env: Mapping[str, str]) -> int:
    """Log in, which stores a token, and use it."""
    return _log_in(env) or _play("backups", env, BACKUPS) or _play("devices", env)


@contextmanager
def _simulator(folder: Path) -> Iterator[str]:
    """Run a simulator on a free port for the duration of a `with` block. Yields its origin."""
    port_file = folder / "port"
    command = [sys.executable, str(TESTS / "simulator"), "--port", "0", "--port-file", str(port_file)]
    command += ["--parent-pid", str(os.getpid())]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_clean_environment())
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            sys.exit("The simulator did not start.")
        print(line, end="", flush=True)
        yield f"http://127.0.0.1:{port_file.read_text(encoding='utf-8').strip()}"
    finally:
        process.terminate()
        process.wait()


def _log_in(env: Mapping[str, str]) -> int:
    """Log in as a user would: open the address shown, and enter the code."""
    print("\n$ ansible-playbook cloud66.cloud.login", flush=True)
    terminal = pexpect.spawn(
        _program("ansible-playbook"),
        ["cloud66.cloud.login"],
        env=_clean_environment(**env, **APP),
        encoding="utf-8",
        timeout=SECONDS,
        dimensions=(24, shutil.get_terminal_size((120, 24)).columns),
    )
    terminal.logfile_read = output = sys.stdout if sys.stdout.isatty() else io.StringIO()
    try:
        terminal.expect(r"(http://\S+/oauth/authorize\S+)")
        address = terminal.match[1]
        terminal.expect("Code")
        with urllib.request.urlopen(address, timeout=SECONDS) as page:
            code = re.search(r'<code id="code">(.+?)</code>', page.read().decode())
        terminal.send(f"{code[1] if code else ''}\r")
        terminal.expect(pexpect.EOF)
    except pexpect.ExceptionPexpect:
        print("\nThe login failed.", file=sys.stderr)
    finally:
        terminal.close()
    if isinstance(output, io.StringIO):
        print(CONTROL.sub("", output.getvalue()), end="", flush=True)
    return 1 if terminal.exitstatus is None else int(terminal.exitstatus)


def _play(name: str, env: Mapping[str, str], variables: Mapping[str, str] | None = None) -> int:
    """Run a playbook of this folder. Without `env`, it runs with the user's own settings."""
    extra = [word for item in (variables or {}).items() for word in ("-e", "=".join(item))]
    print(f"\n$ {' '.join(['ansible-playbook', f'tests/demo/{name}.yml', *extra])}", flush=True)
    environment = _clean_environment(**env) if env else dict(os.environ)
    environment.update(ANSIBLE_CALLBACK_PLUGINS=str(HERE / "callback"), ANSIBLE_STDOUT_CALLBACK="demo")
    environment.update(QUIET)
    command = [_program("ansible-playbook"), str(HERE / f"{name}.yml"), *extra]
    return subprocess.run(command, env=environment, check=False).returncode


def _graph(env: Mapping[str, str]) -> int:
    """Show the inventory of all servers."""
    print("\n$ ansible-inventory -i tests/demo/c66.yml --graph", flush=True)
    command = [_program("ansible-inventory"), "-i", str(HERE / "c66.yml"), "--graph"]
    return subprocess.run(command, env=_clean_environment(**env) if env else None, check=False).returncode


def _clean_environment(**more: str) -> dict[str, str]:
    """Return the environment without the user's Cloud 66 and Ansible settings, and without a proxy."""
    ours = ("ANSIBLE_HOME", "ANSIBLE_COLLECTIONS_PATH")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ours or not name.startswith(("CLOUD66_", "ANSIBLE_"))
    }
    config = CACHE / "ansible.cfg"
    config.touch()
    extra = {"ANSIBLE_CONFIG": str(config), "NO_PROXY": "127.0.0.1", "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false"}
    return {**kept, **extra, **QUIET, **more}


def _program(name: str) -> str:
    return str(Path(sys.executable).parent / name)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
