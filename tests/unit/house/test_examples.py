# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The EXAMPLES of every module run as they stand, in the order in which they stand, in both ways."""

from __future__ import annotations

import pytest
from unit.fixtures.collection import APPLICATION, MODULES, example_files, example_variables, examples, own_examples

# The simulator's actions end at once.
FAST = {"settings": {"action_seconds": 0}}


@pytest.mark.parametrize("name", MODULES)
def test_examples(play, name):
    plays = [
        {
            "name": way,
            "hosts": "localhost",
            "gather_facts": False,
            "vars": {**example_variables(name), "cloud66_in_worker": way == "worker"},
            "tasks": [{"ansible.builtin.meta": "noop", "vars": {"sim": FAST}}, *examples(name)],
        }
        for way in ("worker", "process")
    ]
    files = {path.name: path.read_text(encoding="utf-8") for path in example_files()}
    variables = {"CLOUD66_ACCESS_TOKEN": play.sim.token, "CLOUD66_API_URL": play.sim.url}
    played = play(plays=plays, files=files, **APPLICATION, **variables)
    ended = played.told
    assert {told.event for told in ended} == {"ok"}
    assert own_examples(name), "there is no example of it"
    ours = [task["name"] for task in examples(name) if any(key.startswith("cloud66.cloud.") for key in task)]
    half = len(ended) // 2
    for way, part in (("worker", ended[:half]), ("process", ended[half:])):
        assert [told.name for told in part] == [task["name"] for task in examples(name)]
        assert {told.way for told in part if told.name in ours} == {way}
