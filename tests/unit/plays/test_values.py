# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys with values in playbooks, in both ways of running."""

from __future__ import annotations

import json

import pytest
from simulator.seed import AWESOME_APP
from unit.fixtures.ways import WAYS

# A value that is hidden by value, one that is too short for that, and values from a file.
LONG, SHORT, FILED = "long-secret-4711", "wq7z", "filed-secret-0815"
SECRETS = (LONG, SHORT, FILED, "secret of ", "pw-6670717")
# Values of every kind, as YAML without quotes has them.
KINDS = """\
- cloud66.cloud.c66_env_var:
    stack: Awesome App
    env_vars: {A: 2020-01-01, B: 2020-01-01 10:00:00, C: yes, D: 1.50, E: 0x10, F: ''}
"""
# Keys that YAML does not read as texts.
ODD_KEYS = "".join(
    f"- cloud66.cloud.c66_env_var: {{stack: Awesome App, env_vars: {{{key}: x}}}}\n"
    "  register: odd\n  ignore_errors: true\n"
    "- ansible.builtin.assert: {that: odd.msg is search('cannot be the name of an environment variable')}\n"
    for key in ("NO", "~", "7", "2020-01-01")
)
AS_TEXT = {"A": "2020-01-01", "B": "2020-01-01T10:00:00", "C": "true", "D": "1.5", "E": "16", "F": ""}


@pytest.fixture
def run_tasks(play, tmp_path):
    """Run tasks with high verbosity and diffs. Their modules know the simulator."""
    play.sim.settings(action_seconds=0)
    (tmp_path / "extra.json").write_text(json.dumps({"s": {"long": LONG, "short": SHORT}}), encoding="utf-8")

    def call(way, *tasks):
        plays = [
            {
                "hosts": "localhost",
                "gather_facts": False,
                "vars": {"cloud66_in_worker": WAYS[way]},
                "module_defaults": {"group/cloud66.cloud.c66": play.connection},
                "tasks": list(tasks),
            }
        ]
        return play(plays=plays, options=("-vvv", "--diff", "-e", f"@{tmp_path / 'extra.json'}")).all_output

    return call


@pytest.mark.parametrize("way", WAYS)
def test_environment_variables(run_tasks, sim, values, tmp_path, way):
    """No value is shown, and values and keys of every kind are treated the same in both ways."""
    (tmp_path / "filed.env").write_text(f"FILED={FILED}\nOTHER={SHORT}\n", encoding="utf-8")
    (tmp_path / "bad.env").write_text(f"FILED={FILED}\n{LONG}\n", encoding="utf-8")
    (tmp_path / "kinds.yml").write_text(KINDS + ODD_KEYS, encoding="utf-8")
    sim.fault("status", status=400, path="*/ECHO", details=f"{LONG} {FILED} is no good")
    of = {"stack": "Awesome App"}
    variables = {"A": "{{ s.long }}", "B": "{{ s.short }}"}
    tasks = [
        ({**of, "key": "ECHO", "value": "{{ s.short }}"}, "result is changed"),
        ({**of, "env_vars": variables}, "result.changes.added == ['A', 'B'] and 'value' not in result.env_vars[0]"),
        ({**of, "env_vars": variables}, "result is not changed"),
        ({**of, "src": str(tmp_path / "filed.env")}, "result.changes.added == ['FILED', 'OTHER']"),
        ({**of, "src": str(tmp_path / "bad.env")}, "result.msg.startswith('Line 2 of ')"),
        ({**of, "key": "ECHO", "value": "{{ s.long }}"}, "result.status == 400 and 'no good' in result.msg"),
        ({**of, "env_vars": {"ECHO": ["{{ s.long }}", "{{ s.short }}"]}}, "result.msg.startswith('ECHO: ')"),
        ({**of, "env_vars": {"STACK_BASE": "{{ s.short }}"}}, "'read-only' in result.msg"),
        (
            {**of, "key": "B", "state": "absent"},
            "result.changes.removed == ['B'] and result.actions[0].stack_uid is defined",
        ),
    ]
    done = []
    for options, fact in tasks:
        done.append({"cloud66.cloud.c66_env_var": options, "register": "result", "ignore_errors": True})
        done.append({"ansible.builtin.assert": {"that": fact}})
    done += [
        {"cloud66.cloud.c66_env_var_info": of},
        {"cloud66.cloud.c66_env_var_info": {**of, "include_values": True}, "register": "all"},
        {"ansible.builtin.assert": {"that": "s.long in (all.env_vars | map(attribute='value'))"}, "no_log": True},
    ]
    text = run_tasks(way, *done, {"ansible.builtin.include_tasks": str(tmp_path / "kinds.yml")})
    assert not [secret for secret in SECRETS if secret in text]
    assert '"stack": "Awesome App"' in text
    assert values()["OTHER"] == SHORT
    assert {key: values().get(key) for key in AS_TEXT} == AS_TEXT


def test_settings_and_configurations(run_tasks, tmp_path):
    # Its name changes meanwhile.
    of = {"stack": AWESOME_APP}
    (tmp_path / "nginx.conf").write_text("worker_processes 2;\n", encoding="utf-8")
    tasks = []
    for name, options, fact in (
        (
            "c66_stack_setting",
            {"settings": {"git.branch": "x", "stack.name": "Other"}},
            "result.settings[0].value == 'x'",
        ),
        (
            "c66_server_setting",
            {"server": "Lion", "settings": {"server.name": "Ox"}},
            "result.diff.after['server.name'] == 'Ox'",
        ),
        (
            "c66_configuration",
            {"type": "nginx", "src": str(tmp_path / "nginx.conf")},
            "result.configuration.name == 'nginx.conf'",
        ),
    ):
        tasks += [
            {f"cloud66.cloud.{name}": {**of, **options}, "register": "result"},
            {"ansible.builtin.assert": {"that": ["result is changed", fact]}},
        ]
    text = run_tasks("worker", *tasks)
    assert "The setting stack.name: This changes DNS names." in text
    assert "\n-worker_processes 1;\n+worker_processes 2;\n" in text
    assert "--- before: nginx of stack Other" in text
