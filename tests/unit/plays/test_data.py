# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of Cloud 66 are data: no name, text or warning is ever evaluated."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("in_worker", [True, False], ids=["worker", "process"])
def test_templates_from_the_api_are_never_evaluated(play, tmp_path, in_worker):
    touched = tmp_path / "touched"
    name = "{{ lookup('ansible.builtin.pipe', 'touch " + str(touched) + "') }}"
    stack, server = play.sim.world.stacks[0], play.sim.world.servers["5999b763474b0eafa5fafb64bff0ba80"][0]
    stack.update(name=name, git_branch="{% raw %}" + name)
    server["name"] = name
    play.sim.settings(warning=name)
    play.sim.fault("status", path="/users", status=422, details={name: [name]})
    found = "{{ stacks.stacks[0].name }}"
    connection = {"api_url": play.sim.url, "api_token": play.sim.token, "api_retries": 0}
    ours = {
        "stacks": ("c66_stack_info", {}),
        "by name": ("c66_stack_info", {"stack": found}),
        "servers": ("c66_server_info", {"stack": "{{ stacks.stacks[0].uid }}", "server": found}),
        "any": ("c66_api", {"path": "/stacks/{{ stacks.stacks[0].uid }}", "query": {"x": found}}),
        "not found": ("c66_stack_info", {"stack": found, "environment": "{{ stacks.stacks[0].git_branch }}"}),
        "refused": ("c66_user_info", {}),
    }
    tasks = [
        {
            "name": label,
            f"cloud66.cloud.{module}": {**connection, **arguments},
            "register": label.replace(" ", "_"),
            "ignore_errors": True,
            "when": "stacks is undefined or stacks.stacks[0].name != 'x'",
        }
        for label, (module, arguments) in ours.items()
    ]
    tasks += [
        {"name": "fact", "ansible.builtin.set_fact": {"kept": found, "all": "{{ stacks }}"}},
        {
            "name": "shown",
            "ansible.builtin.debug": {"msg": ["{{ kept }}", "{{ all.stacks[0].name }} x", "{{ again }}"]},
        },
        {"name": "variable", "ansible.builtin.debug": {"var": "stacks.stacks[0].name"}},
        {
            "name": "item",
            "ansible.builtin.debug": {"msg": "{{ item.name }}"},
            "loop": "{{ stacks.stacks }}",
            "loop_control": {"label": "{{ item.name }}"},
            "when": "item.name | length > 20",
        },
        {"name": "failure", "ansible.builtin.debug": {"msg": "{{ refused.msg }} {{ not_found.msg }}"}},
        {"name": "file", "ansible.builtin.copy": {"content": found, "dest": str(tmp_path / "copied"), "mode": "0600"}},
    ]
    variables = {"cloud66_in_worker": in_worker, "again": found}
    plays = [{"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": tasks}]
    playbook = play(plays=plays, options=("-vvv", "--diff"))
    assert not touched.exists()
    results = {task.name: task.result for task in playbook.tasks}
    assert results["stacks"]["stacks"][0]["name"] == name
    assert results["by name"]["stacks"][0]["name"] == name
    assert results["servers"]["servers"][0]["name"] == name
    assert results["any"]["response"]["name"] == name
    assert results["shown"]["msg"] == [name, f"{name} x", name]
    assert results["variable"]["stacks.stacks[0].name"] == name
    assert name in results["failure"]["msg"]
    assert (tmp_path / "copied").read_text(encoding="utf-8") == name
    assert f"Cloud 66 says: {name}" in results["stacks"]["warnings"]
    assert {playbook[label].way for label in ours} == {"worker" if in_worker else "process"}
