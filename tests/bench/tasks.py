# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures a task: in the worker, in a process, and in a loop.

The cost of a task is the difference in time between a playbook with many tasks and one with a single task, divided by
the difference in tasks. This excludes the start of ansible-playbook.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from common import Row, median, run, take_turns
from simulator import running

MANY = 31
UNIT = "ansible.builtin.uri"
TARGETS = {"module in the worker": 0.12, "loop item in the worker": 0.04}


class Variant(NamedTuple):
    """A way to list the stacks: its name, its task, and whether the tasks are items of a loop."""

    name: str
    task: dict[str, Any]
    loop: bool = False
    variables: dict[str, Any] = {}


def measure(folder: Path) -> list[Row]:
    """Measure a task of each variant, as a ratio to uri."""
    with running() as sim:
        playbooks = {
            variant.name: (_write(variant, folder, 1), _write(variant, folder, MANY))
            for variant in _variants(sim.url, sim.token)
        }
        rounds = take_turns({name: partial(_cost, *pair) for name, pair in playbooks.items()})
    costs = {name: median(values) for name, values in rounds.items()}
    return [Row(name, f"{cost * 1000:.1f} ms", cost / costs[UNIT], TARGETS.get(name)) for name, cost in costs.items()]


def _variants(url: str, token: str) -> list[Variant]:
    """Return the variants to compare. Each task except debug makes one request."""
    uri = {"url": f"{url}/stacks", "headers": {"Authorization": f"Bearer {token}"}, "return_content": True}
    ours = {"cloud66.cloud.c66_stack_info": {"api_url": url, "api_token": token}}
    return [
        Variant("ansible.builtin.debug", {"ansible.builtin.debug": {"msg": "hello"}}),
        Variant(UNIT, {UNIT: uri}),
        Variant("module in the worker", ours),
        Variant("module in a process", ours, variables={"cloud66_in_worker": False}),
        Variant("loop item of uri", {UNIT: uri}, loop=True),
        Variant("loop item in the worker", ours, loop=True),
    ]


def _cost(single: Path, many: Path) -> float:
    return (run("ansible-playbook", str(many)).wall - run("ansible-playbook", str(single)).wall) / (MANY - 1)


def _write(variant: Variant, folder: Path, count: int) -> Path:
    """Write a playbook with a number of tasks, or one task with this number of items."""
    task = {"name": variant.name, **variant.task}
    tasks = [{**task, "loop": list(range(count)), "loop_control": {"label": ""}}] if variant.loop else [task] * count
    play = {"hosts": "localhost", "gather_facts": False, "vars": variant.variables, "tasks": tasks}
    file = folder / f"{variant.name.replace(' ', '-')}-{count}.yml"
    # Through JSON, so that YAML writes no anchors for repeated objects.
    file.write_text(yaml.safe_dump(json.loads(json.dumps([play]))), encoding="utf-8")
    return file
