# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventories read from the simulator: in this process, or by Ansible's programs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader
from ansible.utils.display import Display
from ansible.utils.vars import load_extra_vars
from unit.fixtures.programs import program, run

NAME = "cloud66.cloud.c66"


class Inventory:
    """The result of an inventory file: hosts with variables, groups, warnings, and the requests sent."""

    def __init__(self, data: InventoryData, warnings: list[str], requests: list[Any]) -> None:
        self.data, self.warnings, self.requests = data, warnings, requests
        self.hosts = {name: dict(host.vars) for name, host in data.hosts.items()}
        self.groups = {name: [host.name for host in group.get_hosts()] for name, group in data.groups.items()}

    @property
    def requested(self) -> list[str]:
        """The requested paths below the API, with their queries."""
        paths = [
            request.path.removeprefix("/api/3") + (f"?{request.query}" if request.query else "")
            for request in self.requests
        ]
        return sorted(paths)

    @property
    def warning_text(self) -> str:
        return "\n".join(self.warnings)

    def children(self, group: str) -> set[str]:
        return {child.name for child in self.data.groups[group].child_groups}

    def values(self, variable: str) -> set[Any]:
        """The values of a variable across all hosts."""
        return {variables.get(variable) for variables in self.hosts.values()}

    def names(self, variable: str = "cloud66_uid") -> dict[str, str]:
        """The value of a variable of each host, such as its UID -> the host's name."""
        return {variables[variable]: name for name, variables in self.hosts.items()}


class Reader:
    """Reads inventories of a simulator. The file contains its connection options and any others given."""

    def __init__(self, sim: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sim, self.folder = sim, folder
        self.patch = monkeypatch
        self.file = "c66.yml"
        self.connection: dict[str, Any] = {"api_url": sim.url, "api_token": sim.token, "api_retries": 0}

    def write(self, **options: Any) -> Path:
        """Write a file with these options. JSON is YAML."""
        path = self.folder / self.file
        content = {"plugin": NAME, **self.connection, **options}
        path.write_text(json.dumps({name: value for name, value in content.items() if value is not None}))
        return path

    def __call__(
        self, flush: bool = False, extra_vars: Any = None, into: InventoryData | None = None, **options: Any
    ) -> Inventory:
        """Read the file like an inventory manager, `into` what other files have made.

        `flush` as with --flush-cache and meta: refresh_inventory.
        """
        path = self.write(**options)
        warnings: list[str] = []
        before = len(self.sim.requests)
        with self.patch.context() as patch:
            patch.setattr(Display, "warning", lambda _self, text, *_args, **_more: warnings.append(text))
            patch.setattr(load_extra_vars, "extra_vars", extra_vars or {}, raising=False)
            plugin = inventory_loader.get(NAME)
            assert plugin.verify_file(str(path))
            data = into or InventoryData()
            plugin.parse(data, DataLoader(), str(path), cache=not flush)
            with suppress(AttributeError):
                # Like the manager: without a cache, there is nothing to update.
                plugin.update_cache_if_changed()
            data.reconcile_inventory()
        return Inventory(data, warnings, self.sim.requests[before:])


@pytest.fixture
def read(sim: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    return Reader(sim, tmp_path, monkeypatch)


@pytest.fixture
def make_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Reader]:
    """A reader of another simulator."""
    return lambda sim: Reader(sim, tmp_path, monkeypatch)


class FleetBuilder:
    """Adds stacks and servers to a simulator that has none."""

    def __init__(self, sim: Any) -> None:
        self.world = sim.world
        self.world.stacks.clear()

    def stack(self, name: str, *servers: str, **fields: Any) -> str:
        """Add a stack with servers of these names, and return its UID."""
        uid: str = self.world.add_stack(**{"name": name, "environment": "production", **fields})["uid"]
        for server in servers:
            self.server(uid, name=server)
        return uid

    def server(self, stack_uid: str, **fields: Any) -> str:
        uid: str = self.world.add_server(stack_uid, **fields)["uid"]
        return uid


@pytest.fixture
def fleet(sim: Any) -> FleetBuilder:
    return FleetBuilder(sim)


class Programs:
    """Runs Ansible's programs with their own home and working directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, name: str, *arguments: str, check: bool = True, **environment: str) -> Any:
        result = run(
            [program(name), *arguments],
            env={
                **os.environ,
                "ANSIBLE_HOME": str(self.folder / "ansible"),
                "ANSIBLE_DEPRECATION_WARNINGS": "false",
                "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
                "COLUMNS": "10000",
                "HOME": str(self.folder),
                **environment,
            },
            cwd=self.folder,
        )
        assert not check or result.returncode == 0, result.stdout + result.stderr
        return result


@pytest.fixture
def run_program(real_time: None, tmp_path: Path) -> Programs:
    return Programs(tmp_path)
