# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running playbooks, and looking at what became of their tasks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PATIENCE = 300
INVENTORY = f"localhost ansible_connection=local ansible_python_interpreter={sys.executable}\n"


@dataclass
class Told:
    """What became of one task on one host: how it ended, what callbacks saw, how many processes ran its module.

    `requests` are those since the simulator was reset for it (see callback/told.py).
    """

    name: str
    host: str
    event: str
    result: dict[str, Any]
    processes: int
    requests: list[Any] | None

    @property
    def way(self) -> str:
        return "process" if self.processes else "worker"


class Played:
    """A playbook that has run: what it wrote, and its tasks by name."""

    def __init__(self, folder: Path, done: subprocess.CompletedProcess[str]) -> None:
        self.folder, self.rc, self.stdout, self.stderr = folder, done.returncode, done.stdout, done.stderr
        told = (folder / "told").read_text(encoding="utf-8") if (folder / "told").exists() else ""
        self.lines = [json.loads(line) for line in told.splitlines()]
        processes = [line["uuid"] for line in self.lines if line["event"] == "process"]
        requests = {line["uuid"]: line["requests"] for line in self.lines if line["event"] == "requests"}
        self.told = [
            Told(
                line["name"],
                line["host"],
                line["event"],
                line["result"],
                processes.count(line["uuid"]),
                requests.get(line["uuid"]),
            )
            for line in self.lines
            if "result" in line
        ]

    def __getitem__(self, name: str) -> Told:
        """The one task of a name, when it had ended."""
        found = [told for told in self.told if told.name == name and told.event not in ("retry", "async_ok")]
        assert len(found) == 1, f"{len(found)} tasks {name!r}\n{self.all_output}"
        return found[0]

    @property
    def all_output(self) -> str:
        return self.stdout + self.stderr

    def everything(self) -> str:
        """All that it wrote: output, what callbacks saw, and every file that it made and left below its folder."""
        own = ("play.json", "told")
        files = [path for path in sorted(self.folder.rglob("*")) if path.is_file() and path.name not in own]
        results = json.dumps([line for line in self.lines if line["event"] != "requests"])
        return "\n".join([self.all_output, results, *(path.read_bytes().decode(errors="replace") for path in files)])


class Player:
    """Runs playbooks against the simulator, with a home and with temporary files of their own."""

    def __init__(self, sim: Any, folder: Path) -> None:
        self.sim, self.folder, self.number = sim, folder, 0
        self.connection = {"api_url": sim.url, "api_token": sim.token, "api_retries": 0}

    def __call__(
        self,
        *tasks: dict[str, Any],
        options: tuple[str, ...] = (),
        plays: list[dict[str, Any]] | None = None,
        inventory: str = INVENTORY,
        files: Mapping[str, str] | None = None,
        fine: bool = True,
        **environment: str,
    ) -> Played:
        """Run one play with the tasks on localhost, or `plays`. It must end well when it should be `fine`.

        `files` are texts by the names of files that stand beside the play.
        """
        self.number += 1
        folder = self.folder / str(self.number)
        folder.mkdir()
        play = {"hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}
        # JSON is YAML. In JSON, the strings that Ansible takes for templates are as they would be in YAML.
        (folder / "play.json").write_text(json.dumps(plays or [play]), encoding="utf-8")
        for name, text in (files or {}).items():
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "inventory").write_text(inventory, encoding="utf-8")
        done = subprocess.run(
            [program("ansible-playbook"), "-i", str(folder / "inventory"), *options, str(folder / "play.json")],
            env={**os.environ, **self._environment(folder), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        played = Played(folder, done)
        assert not fine or played.rc == 0, played.all_output
        return played

    def _environment(self, folder: Path) -> dict[str, str]:
        return {
            "ANSIBLE_ACTION_PLUGINS": str(HERE / "action"),
            "ANSIBLE_ASYNC_DIR": str(folder / "async"),
            "ANSIBLE_BECOME_PLUGINS": str(HERE / "become"),
            "ANSIBLE_CALLBACKS_ENABLED": "told",
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
            "ANSIBLE_CONFIG": str(HERE / "ansible.cfg"),
            "ANSIBLE_CONNECTION_PLUGINS": str(HERE / "connection"),
            "ANSIBLE_DEPRECATION_WARNINGS": "false",
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_INJECT_INVOCATION": "true",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_PIPELINING": "true",
            "ANSIBLE_REMOTE_TEMP": str(folder / "ansible" / "remote"),
            "ANSIBLE_RETRY_FILES_ENABLED": "false",
            "HOME": str(folder),
            "SIM": self.sim.origin,
            "TOLD": str(folder / "told"),
        }


def program(name: str) -> str:
    """A program of the Python that runs this."""
    return str(Path(sys.executable).with_name(name))


@pytest.fixture
def play(sim: Any, tmp_path: Path) -> Player:
    return Player(sim, tmp_path)
