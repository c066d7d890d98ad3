# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the inventory: from the cache, compared with other forms of the same fleet, and from the API."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from common import Cost, Row, median, run, take_turns
from simulator import Running, running

HOSTS = int(os.environ.get("BENCH_HOSTS", "5000"))
STACKS = 1000
LATENCY_MS = 50
WORKERS = 16
PLUGINS = Path(__file__).resolve().parent / "plugins" / "inventory"
CACHE = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_timeout": 86400}
CONSTRUCTED = {
    "keyed_groups": [
        {"key": "cloud66_region", "prefix": "region"},
        {"key": "cloud66_distro", "prefix": "distro"},
        {"key": "cloud66_health_state_name", "prefix": "health"},
    ],
    "compose": {"short": "cloud66_name | lower", "site": "cloud66_cloud ~ '-' ~ cloud66_region"},
}


def from_cache(folder: Path) -> list[Row]:
    """Compare `ansible-inventory --list` of the same hosts from the cache, a static file and a bare plugin."""
    with running(stacks=3) as sim:
        stack = sim.world.stacks[0]["uid"]
        for _server in range(HOSTS - sum(map(len, sim.world.servers.values()))):
            sim.world.add_server(stack)
        files = _equal_files(folder, sim)
    variants = {
        name: partial(run, "ansible-inventory", "--list", "-i", str(file), **ENV) for name, file in files.items()
    }
    rounds: dict[str, list[Cost]] = take_turns(variants)
    cpu = {name: median(cost.cpu for cost in costs) for name, costs in rounds.items()}
    memory = {name: max(cost.memory for cost in costs) for name, costs in rounds.items()}
    ours = cpu["from the cache"]
    each = (cpu["with 3 keyed_groups and 2 compose entries"] - ours) / HOSTS
    rows = [Row(f"{HOSTS} hosts {name}", f"{seconds:.2f} s") for name, seconds in cpu.items()]
    return [
        *rows,
        Row("from the cache, of the static YAML file", "", ours / cpu["in a static YAML file"], 0.2),
        Row("from the cache, of the bare plugin", "", ours / cpu["through a bare plugin"], 1.5),
        Row("keyed_groups and compose, for each host", f"{each * 1000:.2f} ms"),
        Row("peak memory from the cache", f"{memory['from the cache']:.0f} MB"),
        Row("peak memory of the static YAML file", f"{memory['in a static YAML file']:.0f} MB"),
    ]


ENV = {"ANSIBLE_INVENTORY_ENABLED": "bare,cloud66.cloud.c66,yaml", "ANSIBLE_INVENTORY_PLUGINS": str(PLUGINS)}


def _equal_files(folder: Path, sim: Running) -> dict[str, Path]:
    """Write the same fleet in every form. Our inventory is read into the cache once."""
    connection = {"api_url": sim.url, "cache_connection": str(folder / "cache")}
    plain = _config(folder / "plain.c66.yml", **connection, **CACHE)
    constructed = _config(folder / "constructed.c66.yml", **connection, **CACHE, **CONSTRUCTED)
    token = {"CLOUD66_ACCESS_TOKEN": sim.token}
    output = _run_inventory(plain, token)
    hosts = output["_meta"]["hostvars"]
    static = {"all": {"hosts": hosts, "children": {name: _group(group) for name, group in _groups(output)}}}
    (folder / "static.yml").write_text(yaml.dump(static, Dumper=yaml.CSafeDumper), encoding="utf-8")
    (folder / "bare.yml").write_text("plugin: bare\n", encoding="utf-8")
    (folder / "bare.json").write_text(json.dumps(hosts), encoding="utf-8")
    return {
        "from the cache": plain,
        "in a static YAML file": folder / "static.yml",
        "through a bare plugin": folder / "bare.yml",
        "with 3 keyed_groups and 2 compose entries": constructed,
    }


def _groups(output: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(name, group) for name, group in output.items() if name not in ("_meta", "all")]


def _group(group: dict[str, Any]) -> dict[str, Any]:
    return {kind: {name: {} for name in names} for kind, names in group.items() if kind in ("hosts", "children")}


def _config(file: Path, **options: Any) -> Path:
    file.write_text(yaml.safe_dump({"plugin": "cloud66.cloud.c66", **options}), encoding="utf-8")
    return file


def _run_inventory(config: Path, environment: dict[str, str]) -> dict[str, Any]:
    program = str(Path(sys.executable).parent / "ansible-inventory")
    command = [program, "--list", "-i", str(config), "--export"]
    env = {**os.environ, **ENV, **environment}
    result = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(result.stderr)
    output: dict[str, Any] = json.loads(result.stdout)
    return output


def refresh(folder: Path) -> list[Row]:
    """Compare reading 1,000 stacks at 50 ms latency, in full or only the changes, with the theoretical minimum."""
    with running(stacks=STACKS, latency_ms=LATENCY_MS, limit=10**9) as sim:
        token = {"CLOUD66_ACCESS_TOKEN": sim.token}
        options = {"api_url": sim.url, "cache_connection": str(folder / "refreshed"), "workers": WORKERS, **CACHE}
        config = str(_config(folder / "full.c66.yml", **options))
        changed = str(_config(folder / "changed.c66.yml", **{**options, "cache_timeout": 1}, refresh="changed"))
        graph = ("ansible-inventory", "--graph", "--limit", "nothing")
        variants = {
            "full": partial(_counted, sim, *graph, "-i", config, "--flush-cache", **token, **ENV),
            "cached": partial(_counted, sim, *graph, "-i", config, **token, **ENV),
            "changed": partial(_counted, sim, *graph, "-i", changed, **token, **ENV),
        }
        rounds: dict[str, list[tuple[Cost, int]]] = take_turns(variants, rounds=2)
    wall = {name: median(cost.wall for cost, _requests in costs) for name, costs in rounds.items()}
    requests = {name: costs[0][1] for name, costs in rounds.items()}
    minimum = requests["full"] * LATENCY_MS / 1000 / WORKERS
    full = wall["full"] - wall["cached"]
    return [
        Row(f"full, {requests['full']} requests", f"{full:.2f} s", full / minimum, 1.3),
        Row(f"changed, {requests['changed']} requests", f"{wall['changed'] - wall['cached']:.2f} s"),
        Row(f"requests x {LATENCY_MS} ms / {WORKERS} workers", f"{math.ceil(minimum * 100) / 100:.2f} s"),
    ]


def _counted(sim: Running, *command: str, **environment: str) -> tuple[Cost, int]:
    before = sim.simulator.log[-1].number if sim.simulator.log else 0
    cost = run(*command, **environment)
    return cost, (sim.simulator.log[-1].number if sim.simulator.log else 0) - before
