# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The EXAMPLES of every module run unmodified and in order, in both ways."""

from __future__ import annotations

import pytest
from unit.fixtures.collection import APPLICATION, MODULES, example_files, example_variables, examples, own_examples


@pytest.mark.parametrize("name", MODULES)
def test_examples(play, name):
    plays = [
        {
            "name": way,
            "hosts": "localhost",
            "gather_facts": False,
            "vars": {**example_variables(name), "cloud66_in_worker": way == "worker"},
            "tasks": [{"ansible.builtin.meta": "noop", "vars": {"sim": {}}}, *examples(name)],
        }
        for way in ("worker", "process")
    ]
    files = {path.name: path.read_text(encoding="utf-8") for path in example_files()}
    variables = {"CLOUD66_ACCESS_TOKEN": play.sim.token, "CLOUD66_API_URL": play.sim.url}
    playbook = play(plays=plays, files=files, **APPLICATION, **variables)
    tasks = playbook.tasks
    assert {task.event for task in tasks} == {"ok"}
    assert own_examples(name), "no example uses it"
    ours = [task["name"] for task in examples(name) if any(key.startswith("cloud66.cloud.") for key in task)]
    half = len(tasks) // 2
    for way, part in (("worker", tasks[:half]), ("process", tasks[half:])):
        assert [task.name for task in part] == [task["name"] for task in examples(name)]
        assert {task.way for task in part if task.name in ours} == {way}
