# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet is exported, found to be clean, wiped, applied and exported again: the files are the same."""

from __future__ import annotations

import json

import pytest
import yaml
from ansible_collections.cloud66.cloud.plugins.modules import c66_fleet_export
from simulator.hostile import EVIL, ODD

SECRET = "a-very-secret-value"
VALUES = [
    *EVIL,
    *ODD,
    "True",
    "[1, 2]",
    '{"a": [1, "{{ b }}"]}',
    "{'a': 1}",
    "{% if x %}\n  {{ y }}\n{% endif %}\n",
    "a\r\nb\r\n",
    "\n\nline\n\n",
    " \n",
    "next\x85line\u2028separator",
    "x" * 70_000,
    "a word " * 10_000,
    "line of {{ many }}\n" * 4_000,
]
# YAML reads some of these as something else, and Jinja some as methods.
KEYS = ["NO", "ON", "y", "Null", "items", "keys", "_1", "E1", "A.B-C", "None", "in"]
NGINX = "server {\r\n  location / { {% if x %}proxy_pass {{ y }};{% endif %} }\r\n\ttab \r\n}\r\n"
COMMANDS = {"asset.prefix": "no", "custom.build.command": "echo {{ 7 * 7 }}", "custom.deploy.command": "a: 'b' #c"}


@pytest.fixture
def stacks(sim):
    """Two stacks of one name, with much that YAML, Jinja and Ansible could read as something else."""
    sim.settings(action_seconds=0)
    rows = [
        sim.world.add_stack(2, name="shop", environment=name, framework="docker") for name in ("production", "staging")
    ]
    for row in rows:
        uid = row["uid"]
        for number, value in enumerate(VALUES):
            sim.world.add_env_var(uid, f"VALUE_{number}", value)
        for number, key in enumerate(KEYS):
            sim.world.add_env_var(uid, key, f"{SECRET}-{number}")
        sim.world.add_env_var(uid, "EMPTY", "")
        for setting in sim.world.stack_settings[uid]:
            setting["value"] = COMMANDS.get(setting["key"], setting["value"])
        bodies = (NGINX, "日本語 🐑\n" * 9_000, "")
        for configuration, body in zip(sim.world.configurations[uid], bodies, strict=True):
            configuration["body"] = body
        for server in sim.world.servers[uid]:
            sim.world.add_tags("server", server["uid"], "{{ tag }}", "no", "1", reserved=("c66-managed",))
        sim.world.jobs[uid][0].update(name="{{ job }}", paused=True)
    return rows


def wipe(sim, uid):
    """Remove and change whatever a fleet can restore."""
    world = sim.world
    world.env_vars[uid][:] = [row for row in world.env_vars[uid] if row["is_generated"] or row["readonly"]]
    for setting in world.stack_settings[uid]:
        if setting["key"] in COMMANDS:
            setting["value"] = "wiped"
    for configuration in world.configurations[uid]:
        configuration["body"] = "wiped"
    world.service_yamls[uid][0]["body"] = "wiped: true\n"
    for server in world.servers[uid]:
        world.add_tags("server", server["uid"], "no", reserved=("c66-managed",))
    for job in world.jobs[uid]:
        job["paused"] = not job["paused"]
    for service in world.services[uid]:
        service["containers"] = service["containers"][:1]


@pytest.fixture
def fleet(play, tmp_path):
    """Run tasks on the hosts of the inventory plugin. Variables and results are beside its file."""
    folder = tmp_path / "fleet"
    folder.mkdir()
    (folder / "stacks.c66.yml").write_text("plugin: cloud66.cloud.c66\nhosts: stacks\n")
    (folder / "password").write_text("the-password-of-the-vault\n")
    environment = {"CLOUD66_ACCESS_TOKEN": play.sim.token, "CLOUD66_API_URL": play.sim.url}

    def call(*tasks, password=True, options=(), **more):
        options = ("--vault-password-file", str(folder / "password"), *options) if password else options
        own = [{"hosts": "shop*", "gather_facts": False, "tasks": list(tasks)}]
        return play(plays=own, options=("-i", str(folder / "stacks.c66.yml"), *options), **environment, **more)

    call.folder = folder
    return call


def task(name, module="c66_fleet_export", **options):
    more = {"wait_interval": 1} if module == "c66_fleet" else {}
    return {"name": name, f"cloud66.cloud.{module}": {"api_retries": 0, **more, **options}}


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in (folder / "host_vars").rglob("*.yml")}


def differing(result):
    """What differs, by host and kind."""
    return {
        host: {kind: found for kind, found in one["kinds"].items() if any(found[word] for word in WORDS)}
        for host, one in result["stacks"].items()
    }


WORDS = ("added", "changed", "removed")


def test_round_trip(fleet, sim, stacks):
    run = fleet(task("Export", values="vault"), task("Again", values="vault"))
    exported = run["Export"].result
    assert exported["summary"] == {"changed": 2}
    assert set(exported) >= set(yaml.safe_load(c66_fleet_export.RETURN))
    assert run["Again"].result["summary"] == {"unchanged": 2}
    assert sim.writes == []
    first = files(fleet.folder)
    hosts = sorted(exported["exported"])
    assert len(hosts) == 2
    assert sorted(first) == sorted(f"host_vars/{host}/{name}.yml" for host in hosts for name in ("state", "vault"))
    everything = run.all_output + json.dumps(run.lines, default=str) + b"".join(first.values()).decode()
    assert SECRET not in everything

    planned = fleet({**task("Plan", "c66_fleet"), "check_mode": True})["Plan"].result
    assert planned["summary"] == {"clean": 2}, differing(planned)

    for row in stacks:
        wipe(sim, row["uid"])
    run = fleet(task("Apply", "c66_fleet", workers=1), task("Export", values="vault"))
    applied = run["Apply"].result
    assert applied["summary"] == {"changed": 2}
    for found in differing(applied).values():
        assert set(found) >= {"settings", "env_vars", "configurations", "tags", "jobs"}
    assert run["Export"].result["summary"] == {"unchanged": 2}, run["Export"].result["exported"]
    assert files(fleet.folder) == first


def test_references_and_ignored_files(fleet, sim, stacks):
    """Values are looked for in a variable of the user. An export needs no declaration that can be evaluated."""
    for path in ("host_vars/gone", "group_vars/nothing", "group_vars/cloud66_stacks"):
        (fleet.folder / path).mkdir(parents=True)
    run = fleet(
        task("Export", kinds=["tags", "env_vars"]),
        {**task("Plan", "c66_fleet"), "check_mode": True, "ignore_errors": True},
        options=("-e", "cloud66_fleet_jobs={{ missing }}"),
    )
    exported = run["Export"].result
    assert exported["summary"] == {"changed": 2}
    ignored = [str(fleet.folder / path) for path in ("host_vars/gone", "group_vars/nothing")]
    assert exported["unmatched"] == ignored
    for name in ("Export", "Plan"):
        text = f"Ansible ignores {', '.join(ignored)}, because the inventory has no host or group of that name."
        assert run[name].result["warnings"] == [text]
    assert sorted(files(fleet.folder)) == [f"host_vars/{host}/state.yml" for host in sorted(exported["exported"])]

    # The folder of the other host is not ignored.
    limit = ("--limit", "shop.production")
    again = fleet({**task("Plan", "c66_fleet"), "check_mode": True}, check=False, options=limit)
    assert again["Plan"].result["warnings"] == [text]
    assert "cloud66_fleet_env_vars cannot be evaluated" in again["Plan"].result["msg"]
    assert "vault_cloud66_env_vars" in again["Plan"].result["msg"]


def test_without_a_vault_password(fleet, stacks):
    run = fleet(task("Export", values="vault"), check=False, password=False)
    assert "need a vault password" in run["Export"].result["msg"]
    assert files(fleet.folder) == {}
