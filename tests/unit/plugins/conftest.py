# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that wait, in a time that passes only when they pause, here and in Cloud 66; and the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.cloud66.cloud.plugins.module_utils.api import transport
from ansible_collections.cloud66.cloud.plugins.module_utils.api.client import Client
from ansible_collections.cloud66.cloud.plugins.module_utils.engine import run as running
from ansible_collections.cloud66.cloud.plugins.module_utils.engine import wait as waiting

MODULES = "ansible_collections.cloud66.cloud.plugins.modules"


@pytest.fixture
def own_connections() -> Iterator[None]:
    """No connection of a test is used by the next."""
    yield
    for session in transport._sessions.values():
        session.close()
    transport._sessions.clear()


@pytest.fixture(scope="session")
def contract() -> dict[str, Any]:
    """What Cloud 66 offers, by tests/contract/cloud66-v3.yaml."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    file = Path(__file__).resolve().parents[2] / "contract" / "cloud66-v3.yaml"
    return yaml.load(file.read_text(encoding="utf-8"), Loader=loader)


class Clock:
    """A time that pauses move on. `pauses` are what was asked for."""

    def __init__(self, sim: Any) -> None:
        self.sim = sim
        self.now = 0.0
        self.pauses: list[float] = []

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        # A pause that is lost in rounding would never end a wait.
        seconds = max(seconds, 0.001)
        self.now += seconds
        self.sim.settings(clock_offset=self.sim.world.settings.clock_offset + seconds)


@pytest.fixture
def clock(sim: Any, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(sim)
    monkeypatch.setitem(Client.__init__.__kwdefaults__, "pause", clock.pause)
    monkeypatch.setattr(waiting, "monotonic", lambda: clock.now)
    return clock


@dataclass
class Ran:
    """What became of a module: its result, what it told before its end, and what it said to who wants to hear more."""

    result: dict[str, Any]
    secrets: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@pytest.fixture
def run_module(sim: Any, clock: Clock, own_connections: None) -> Callable[..., Ran]:
    """Run a module by its name with the options of a task, as Ansible's worker does, in the time of `clock`."""
    assert not clock.pauses

    def call(name: str, /, *, check: bool = False, diff: bool = False, **args: Any) -> Ran:
        module = import_module(f"{MODULES}.{name}").MODULE
        args = {"api_url": sim.url, "api_token": sim.token, "api_retries": 0, **args}
        checked = ArgumentSpecValidator(module.argument_spec, **module.constraints).validate(args)
        assert not checked.error_messages
        ran = Ran({})
        ran.result, ran.secrets, ran.warnings = running.execute(
            module,
            checked.validated_parameters,
            check_mode=check,
            diff=diff,
            notify=ran.told.append,
            log=ran.said.append,
        )
        ran.result = running.censored(ran.result, ran.secrets | checked._no_log_values)
        return ran

    return call
