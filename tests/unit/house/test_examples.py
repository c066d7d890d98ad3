# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The EXAMPLES of every module run unmodified and in order, and each module has the same result in both ways."""

from __future__ import annotations

import pytest
from unit.fixtures.collection import (
    APPLICATION,
    EXAMPLES,
    MODULES,
    declared,
    example_files,
    example_variables,
    examples,
    own_examples,
)
from unit.fixtures.ways import WAYS, differences, shared

# Few playbooks, because starting Ansible takes longer than most examples.
PARTS = [MODULES[::2], MODULES[1::2]]


def until_own(name):
    """The examples up to the first that runs the module itself."""
    tasks = examples(name)
    return tasks[: tasks.index(own_examples(name)[0][0]) + 1]


def play_of(name, way, tasks):
    return {
        "name": f"{name}, {way}",
        "hosts": "localhost",
        "gather_facts": False,
        # The other modules' examples run even if these fail.
        "ignore_errors": True,
        "vars": {**example_variables(name), "cloud66_in_worker": WAYS[way]},
        "tasks": [
            {"ansible.builtin.meta": "noop", "vars": {"sim": {"settings": {"action_seconds": 0}}}},
            *tasks,
        ],
    }


def problems(name, way, tasks, results):
    """What is wrong with the results of some examples, by the name of the example."""
    assert [result.name for result in results] == [task["name"] for task in tasks]
    ours = {task["name"] for task in tasks if any(key.startswith("cloud66.cloud.") for key in task)}
    for result in results:
        if result.event != "ok":
            yield f"{name}: {result.name}", result.result
        elif result.name in ours and result.way != way:
            yield f"{name}: {result.name}", f"ran in the {result.way}"


@pytest.mark.parametrize("names", PARTS, ids=["one half", "the other half"])
def test_examples(play, names):
    """All of them in the worker. The first of each module also in a process, which takes longer, with equal results."""
    without = [name for name in names if not own_examples(name)]
    assert not without, "no examples"
    runs = [
        (name, way, examples(name) if WAYS[way] else until_own(name))
        for name in names
        for way in ("process", "worker")
        if WAYS[way] or not declared(name).has_own_action
    ]
    files = {path.name: path.read_text(encoding="utf-8") for path in example_files()}
    variables = {
        "CLOUD66_ACCESS_TOKEN": play.sim.token,
        "CLOUD66_API_URL": play.sim.url,
        "ANSIBLE_VAULT_PASSWORD_FILE": str(EXAMPLES / "vault_password"),
    }
    playbook = play(plays=[play_of(*run) for run in runs], files=files, **APPLICATION, **variables)
    results = iter(playbook.tasks)
    wrong, first = {}, {}
    for name, way, tasks in runs:
        part = [next(results) for _task in tasks]
        wrong.update(problems(name, way, tasks, part))
        first[name, way] = shared(part[len(until_own(name)) - 1].result)
    for name in names:
        if (name, "process") in first:
            wrong.update(differences(name, first[name, "worker"], first[name, "process"]))
    assert not wrong, "\n".join(f"{place}: {what}" for place, what in wrong.items())
