# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures c66_fleet: a plan of many stacks, compared with tasks for each of them, and changes that take their time."""

from __future__ import annotations

import json
import math
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

from common import Cost, Row, median, run, take_turns
from simulator import Running, running

STACKS = int(os.environ.get("BENCH_STACKS", "1000"))
# Tasks for each stack take so long that only some stacks are measured.
WITH_TASKS = max(STACKS // 10, 1)
LATENCY_MS = 50
WORKERS = 16
CHANGED = 200
ACTION_SECONDS = 2
VARIABLES = {f"VARIABLE_{number:02}": f"value {number}" for number in range(20)}


def plan(folder: Path) -> list[Row]:
    """A plan of stacks with 20 variables, 10 settings and 2 configurations, all of which differ, or none of which."""
    with running(stacks=STACKS, latency_ms=LATENCY_MS, limit=10**9) as sim:
        kinds = sorted(row["type"] for row in sim.world.configurations[sim.world.stacks[0]["uid"]])[:2]
        settings = _settings(sim)
        declared = {
            "cloud66_fleet_env_vars": VARIABLES,
            "cloud66_fleet_settings": {key: f"{value}1" for key, value in settings.items()},
            "cloud66_fleet_configurations": dict.fromkeys(kinds, "# Ours\n"),
        }
        files = {
            "differs": _inventory(folder / "differs.json", sim, declared),
            "quiet": _inventory(folder / "quiet.json", sim, {"cloud66_fleet_settings": settings, **_same(sim, kinds)}),
            "some": _inventory(folder / "some.json", sim, declared, WITH_TASKS),
        }
        fleet = _play(folder / "fleet.json", [{"cloud66.cloud.c66_fleet": {"workers": WORKERS}}])
        debug = _play(folder / "debug.json", [{"ansible.builtin.debug": {"msg": "x"}}])
        start = _play(folder / "start.json", [{"ansible.builtin.debug": {"msg": "x"}, "run_once": True}])
        tasks = _play(folder / "tasks.json", _tasks(kinds))
        token = {"CLOUD66_ACCESS_TOKEN": sim.token, "CLOUD66_API_URL": sim.url, "ANSIBLE_DISPLAY_OK_HOSTS": "false"}
        play = partial(_counted, sim, "ansible-playbook", "--check", "-f", str(WORKERS), **token)
        variants = {
            "start": partial(play, "-i", files["differs"], start),
            "plan": partial(play, "-i", files["differs"], fleet),
            "quiet": partial(play, "-i", files["quiet"], fleet),
            "debug": partial(play, "-i", files["differs"], debug),
            "start of some": partial(play, "-i", files["some"], start),
            "tasks": partial(play, "-i", files["some"], tasks),
        }
        rounds: dict[str, list[tuple[Cost, int]]] = take_turns(variants, rounds=1)
    wall = {name: median(cost.wall for cost, _requests in costs) for name, costs in rounds.items()}
    cpu = {name: median(cost.cpu for cost, _requests in costs) for name, costs in rounds.items()}
    requests = {name: costs[0][1] for name, costs in rounds.items()}
    memory = max(cost.memory for cost, _requests in rounds["plan"])
    minimum = requests["plan"] * LATENCY_MS / 1000 / WORKERS
    each_planned = (cpu["plan"] - cpu["start"]) / STACKS
    each_task = (cpu["tasks"] - cpu["start of some"]) / WITH_TASKS
    return [
        Row(f"requests x {LATENCY_MS} ms / {WORKERS} workers", f"{minimum:.2f} s"),
        _row("plan, all differs", wall["plan"] - wall["start"], minimum, 1.5),
        _row("plan, nothing differs", wall["quiet"] - wall["start"], minimum),
        Row("requests for each stack", f"{requests['plan'] / STACKS:.2f}", requests["plan"] / STACKS, 5),
        Row("processor time of the plan, for each stack", f"{each_planned * 1000:.1f} ms"),
        _row("of that of tasks for each stack", each_planned, each_task, 0.1),
        _row("debug on as many hosts", wall["debug"] - wall["start"], minimum),
        Row("peak memory", f"{memory:.0f} MB"),
    ]


def apply(folder: Path) -> list[Row]:
    """A change of many stacks, each of which starts an action of two seconds."""
    with running(stacks=CHANGED, limit=10**9, action_seconds=ACTION_SECONDS) as sim:
        value = iter(range(10**6))
        token = {"CLOUD66_ACCESS_TOKEN": sim.token, "CLOUD66_API_URL": sim.url}
        fleet = _play(folder / "apply.json", [{"cloud66.cloud.c66_fleet": {"workers": WORKERS, "wait_interval": 1}}])
        start = _play(folder / "start.json", [{"ansible.builtin.debug": {"msg": "x"}, "run_once": True}])

        def change() -> Cost:
            declared = {"cloud66_fleet_env_vars": {"RELEASE": str(next(value))}}
            return run("ansible-playbook", "-i", _inventory(folder / "apply-hosts.json", sim, declared), fleet, **token)

        hosts = _inventory(folder / "start-hosts.json", sim, {})
        rounds: dict[str, list[Cost]] = take_turns(
            {"apply": change, "start": partial(run, "ansible-playbook", "-i", hosts, start, **token)}, rounds=1
        )
    wall = {name: median(cost.wall for cost in costs) for name, costs in rounds.items()}
    floor = math.ceil(CHANGED / WORKERS) * ACTION_SECONDS
    return [
        Row(f"{CHANGED} waits of {ACTION_SECONDS} s by {WORKERS} workers", f"{floor:.2f} s"),
        _row("apply", wall["apply"] - wall["start"], floor, 1.3),
    ]


def _row(name: str, seconds: float, of: float, at_most: float | None = None) -> Row:
    return Row(name, f"{seconds:.2f} s", seconds / of, at_most)


def _settings(sim: Running) -> dict[str, Any]:
    """Ten settings that have texts as values."""
    rows = sim.world.stack_settings[sim.world.stacks[0]["uid"]]
    texts = {row["key"]: row["value"] for row in rows if isinstance(row["value"], str) and not row["readonly"]}
    return dict(list(texts.items())[:10])


def _same(sim: Running, kinds: list[str]) -> dict[str, Any]:
    rows = {row["type"]: row["body"] for row in sim.world.configurations[sim.world.stacks[0]["uid"]]}
    return {"cloud66_fleet_env_vars": {}, "cloud66_fleet_configurations": {kind: rows[kind] for kind in kinds}}


def _inventory(file: Path, sim: Running, variables: dict[str, Any], count: int = 10**6) -> str:
    """The stacks as hosts, like those of the inventory plugin."""
    hosts = {
        f"stack_{number}": {"cloud66_uid": row["uid"], "cloud66_name": row["name"], "ansible_connection": "local"}
        for number, row in enumerate(sim.world.stacks[:count])
    }
    shared = {"ansible_python_interpreter": sys.executable, **variables}
    file.write_text(json.dumps({"all": {"hosts": hosts, "vars": shared}}), encoding="utf-8")
    return str(file)


def _play(file: Path, tasks: list[dict[str, Any]]) -> str:
    file.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
    return str(file)


def _tasks(kinds: list[str]) -> list[dict[str, Any]]:
    """The same plan as a task for each kind and stack."""
    stack = {"stack": "{{ cloud66_uid }}"}
    return [
        {"cloud66.cloud.c66_stack_setting": {**stack, "settings": "{{ cloud66_fleet_settings }}"}},
        {"cloud66.cloud.c66_env_var": {**stack, "env_vars": "{{ cloud66_fleet_env_vars }}"}},
        *({"cloud66.cloud.c66_configuration": {**stack, "type": kind, "body": "# Ours\n"}} for kind in kinds),
    ]


def _counted(sim: Running, *command: str, **environment: str) -> tuple[Cost, int]:
    before = sim.simulator.log[-1].number if sim.simulator.log else 0
    cost = run(*command, **environment)
    return cost, (sim.simulator.log[-1].number if sim.simulator.log else 0) - before
