# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The EXAMPLES of every module run as they stand, in the order in which they stand, in both ways."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
import yaml

MODULES = sorted(path.stem for path in (Path(__file__).parents[3] / "plugins" / "modules").glob("c66_*.py"))
# What a user would have: the code that the page shows, files beside the play, and an application in the environment.
VARIABLES = {"code": "{{ lookup('ansible.builtin.url', login.authorize_url).split('id=\"code\">')[1][:32] }}"}
FILES = {
    "production.env": "LOG_LEVEL=warn\n",
    "service.yml": "services: {}\n",
    "manifest.yml": "production: {}\n",
    "nginx.conf.j2": "worker_processes {{ 1 + 1 }};\n",
}
APPLICATION = {"CLOUD66_APP_ID": "demo-app", "CLOUD66_APP_SECRET": "demo-app-secret-0123456789"}


def examples(name):
    module = import_module(f"ansible_collections.cloud66.cloud.plugins.modules.{name}")
    return yaml.safe_load(module.EXAMPLES)


@pytest.mark.parametrize("name", MODULES)
def test_examples(play, name):
    plays = [
        {
            "name": way,
            "hosts": "localhost",
            "gather_facts": False,
            "vars": {**VARIABLES, "cloud66_in_worker": way == "worker"},
            "tasks": [{"ansible.builtin.meta": "noop", "vars": {"sim": {}}}, *examples(name)],
        }
        for way in ("worker", "process")
    ]
    variables = {"CLOUD66_ACCESS_TOKEN": play.sim.token, "CLOUD66_API_URL": play.sim.url}
    played = play(plays=plays, files=FILES, **APPLICATION, **variables)
    ended = played.told
    assert {told.event for told in ended} == {"ok"}
    ours = [task["name"] for task in examples(name) if any(key.startswith("cloud66.cloud.") for key in task)]
    assert ours, "there is no example of it"
    half = len(ended) // 2
    for way, part in (("worker", ended[:half]), ("process", ended[half:])):
        assert [told.name for told in part] == [task["name"] for task in examples(name)]
        assert {told.way for told in part if told.name in ours} == {way}
