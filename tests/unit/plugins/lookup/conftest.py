# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running lookups, in this process and in plays."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible import constants
from ansible.plugins.loader import lookup_loader
from unit.fixtures.programs import program, run


@pytest.fixture
def run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder of the run: a new one for each test, as for each run of Ansible."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(folder))
    return folder


@pytest.fixture
def look_up(sim: Any, run_folder: Path) -> Callable[..., list[Any]]:
    """Look up terms with the simulator's connection options and any others."""
    assert run_folder.exists()

    def call(name: str, *terms: str, **options: Any) -> list[Any]:
        plugin = lookup_loader.get(f"cloud66.cloud.{name}")
        given = {"api_url": sim.url, "api_token": sim.token, "api_retries": 0, **options}
        values: list[Any] = plugin.run(
            list(terms), {}, **{key: value for key, value in given.items() if value is not None}
        )
        return values

    return call


@pytest.fixture
def play(sim: Any, real_time: None, tmp_path: Path) -> Callable[..., Any]:
    """Run a playbook of tasks on a number of hosts. Its temporary folder is below `tmp_path`."""

    def call(*tasks: dict[str, Any], hosts: int = 1, check: bool = True, options: tuple[str, ...] = ()) -> Any:
        (tmp_path / "tmp").mkdir(exist_ok=True)
        (tmp_path / "play.json").write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": list(tasks)}]))
        inventory = "".join(f"host{number}," for number in range(hosts))
        result = run(
            [
                program("ansible-playbook"),
                *("-i", inventory, "-c", "local", "-f", "5", "-e", f"ansible_python_interpreter={sys.executable}"),
                *options,
                "play.json",
            ],
            env={
                **os.environ,
                "ANSIBLE_HOME": str(tmp_path / "ansible"),
                "ANSIBLE_LOCAL_TEMP": str(tmp_path / "tmp"),
                "ANSIBLE_DEPRECATION_WARNINGS": "false",
                "CLOUD66_API_URL": sim.url,
                "CLOUD66_ACCESS_TOKEN": sim.token,
                "CLOUD66_API_RETRIES": "0",
                "COLUMNS": "10000",
            },
            cwd=tmp_path,
        )
        assert not check or result.returncode == 0, result.stdout + result.stderr
        return result

    return call
