# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures setting many variables, and the requests needed to wait for many deployments at once."""

from __future__ import annotations

import json
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from common import Row, run, take_turns
from simulator import Running, running
from tools.places import collections_path

VARIABLES = 200
DEPLOYMENTS = 50
# A usual duration, and one in which naive polling would exceed the hourly limit.
DEPLOY_SECONDS = (600, 3600)
LIMIT = 3000
STACK = "Awesome App"


def env_vars(folder: Path) -> list[Row]:
    """Compare one task for many variables with a uri task for each."""
    with running() as sim:
        uid = next(row["uid"] for row in sim.world.stacks if row["name"] == STACK)
        values = {f"VARIABLE_{number}": f"value {number}" for number in range(VARIABLES)}
        ours = {"api_url": sim.url, "api_token": sim.token, "stack": STACK, "env_vars": values, "wait_interval": 1}
        uri = {
            "url": f"{sim.url}/stacks/{uid}/environments",
            "method": "POST",
            "headers": {"Authorization": f"Bearer {sim.token}"},
            "body_format": "json",
        }
        playbooks = {
            f"{VARIABLES} variables in one task": [{"cloud66.cloud.c66_env_var": ours}],
            f"{VARIABLES} tasks of uri": [
                {"ansible.builtin.uri": {**uri, "body": {"key": key, "value": value}}} for key, value in values.items()
            ],
        }
        files = {name: _playbook(folder, name, tasks) for name, tasks in playbooks.items()}
        rounds = take_turns({name: partial(_fresh, sim, file) for name, file in files.items()}, rounds=1)
    (name, [(wall, requests)]), (uri_name, [(uri_wall, uri_requests)]) = rounds.items()
    return [
        Row(f"{name}, {requests} requests", f"{wall:.2f} s", wall / uri_wall),
        Row(f"{uri_name}, {uri_requests} requests", f"{uri_wall:.2f} s"),
    ]


def _playbook(folder: Path, name: str, tasks: list[dict[str, Any]]) -> Path:
    file = folder / f"{name.replace(' ', '-')}.yml"
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [{"name": "Set", **task} for task in tasks]}
    file.write_text(yaml.safe_dump(json.loads(json.dumps([play]))), encoding="utf-8")
    return file


def _fresh(sim: Running, playbook: Path) -> tuple[float, int]:
    """Run a playbook on a Cloud 66 without these variables. Returns its seconds and requests."""
    sim.reset()
    sim.settings(action_seconds=0)
    wall = run("ansible-playbook", str(playbook)).wall
    return wall, len(sim.requests)


class Hour:
    """A clock for many threads and the simulator, which advances only while all threads wait."""

    def __init__(self, sim: Running, threads: int) -> None:
        self.sim = sim
        self.now = 0.0
        self._awake = threads
        self._wake_at: list[float] = []
        self._changed = threading.Condition()

    def pause(self, seconds: float) -> None:
        """Wait for some seconds of this clock."""
        with self._changed:
            until = self.now + seconds
            self._wake_at.append(until)
            self._sleep()
            while self.now < until:
                self._changed.wait()

    def end(self) -> None:
        """Say that a thread has ended."""
        with self._changed:
            self._sleep()

    def _sleep(self) -> None:
        self._awake -= 1
        if self._awake or not self._wake_at:
            return
        moved = min(self._wake_at) - self.now
        self.now = min(self._wake_at)
        self._awake = sum(one <= self.now for one in self._wake_at)
        self._wake_at = [one for one in self._wake_at if one > self.now]
        self.sim.settings(clock_offset=self.sim.world.settings.clock_offset + moved)
        self._changed.notify_all()


def waiting(folder: Path) -> list[Row]:
    """Count the requests of many concurrent deployments, each awaited by its own task, in simulated time."""
    return [_waited(seconds) for seconds in DEPLOY_SECONDS]


def _waited(seconds: int) -> Row:
    with running(stacks=DEPLOYMENTS, limit=LIMIT) as sim:
        sim.settings(deploy_seconds=seconds)
        for stack in sim.world.stacks:
            stack["status"] = 1
        hour = Hour(sim, DEPLOYMENTS)
        failed: list[str] = []
        threads = [
            threading.Thread(target=_deploy, args=(sim, hour, row["uid"], failed))
            for row in sim.world.stacks[:DEPLOYMENTS]
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        requests = len(sim.requests)
    if failed:
        sys.exit(f"{len(failed)} deployments failed: {failed[0]}")
    hours = hour.now / 3600
    return Row(
        f"{DEPLOYMENTS} deployments of {seconds} s, {requests} requests",
        f"{requests / hours:.0f} / h",
        requests / hours / LIMIT,
    )


def _deploy(sim: Running, hour: Hour, stack: str, failed: list[str]) -> None:
    """Deploy a stack and wait for it, as the module does, on the clock `hour`."""
    sys.path.insert(0, str(collections_path()))
    from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
    from ansible_collections.cloud66.cloud.plugins.module_utils.api.client import Client
    from ansible_collections.cloud66.cloud.plugins.module_utils.engine.run import execute
    from ansible_collections.cloud66.cloud.plugins.modules.c66_deployment import MODULE

    Client.__init__.__kwdefaults__["pause"] = hour.pause
    given = {"api_url": sim.url, "api_token": sim.token, "stack": stack, "wait_timeout": 24 * 3600}
    checked = ArgumentSpecValidator(MODULE.argument_spec, **MODULE.constraints).validate(given)
    try:
        result, _secrets, _warnings = execute(MODULE, checked.validated_parameters)
    finally:
        hour.end()
    if result.get("failed"):
        failed.append(result["msg"])
