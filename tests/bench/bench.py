# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: what a task costs, as ratios within one run. CHART=1 also draws docs/images/bench.svg.

A cost is measured as the whole time of a playbook with many tasks less that of one with a single task, divided by
the difference in tasks, so that the start of ansible-playbook does not count. The variants take turns, and the
median of the rounds is what counts, for other programs disturb some of them.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))

from simulator import running

MANY = 31
ROUNDS = int(os.environ.get("ROUNDS", "5"))
RESULTS = ROOT / ".cache" / "bench.json"
CHART = ROOT / "docs" / "images" / "bench.svg"


class Variant(NamedTuple):
    """A way to read the list of stacks: its name, its task, and whether the tasks are items of a loop."""

    name: str
    task: dict[str, Any]
    loop: bool = False
    variables: dict[str, Any] = {}


class Target(NamedTuple):
    """What shall be reached: the cost of `variant` as a part of the cost of uri."""

    variant: str
    at_most: float


TARGETS = [Target("module in the worker", 0.12), Target("loop item in the worker", 0.04)]


def variants(url: str, token: str) -> list[Variant]:
    """All that is compared; each task but debug makes one request."""
    connection = {"api_url": url, "api_token": token}
    uri = {"url": f"{url}/stacks", "headers": {"Authorization": f"Bearer {token}"}, "return_content": True}
    ours = {"cloud66.cloud.c66_stack_info": connection}
    return [
        Variant("ansible.builtin.debug", {"ansible.builtin.debug": {"msg": "hello"}}),
        Variant("ansible.builtin.uri", {"ansible.builtin.uri": uri}),
        Variant("module in the worker", ours),
        Variant("module in a process", ours, variables={"cloud66_in_worker": False}),
        Variant("loop item of uri", {"ansible.builtin.uri": uri}, loop=True),
        Variant("loop item in the worker", ours, loop=True),
    ]


def main() -> int:
    """Measure, print a table, keep the figures. Returns 1 when a target is missed."""
    with running() as sim, tempfile.TemporaryDirectory() as folder:
        compared = variants(sim.url, sim.token)
        costs = measure(compared, Path(folder))
    reference = costs["ansible.builtin.uri"]
    ratios = {name: cost / reference for name, cost in costs.items()}
    report(costs, ratios)
    RESULTS.write_text(json.dumps(figures(costs, ratios), indent=2) + "\n", encoding="utf-8")
    print(f"\nThe figures are in {RESULTS.relative_to(ROOT)}.")
    if os.environ.get("CHART"):
        draw(costs)
    return 1 if any(ratios[target.variant] > target.at_most for target in TARGETS) else 0


def measure(compared: Iterable[Variant], folder: Path) -> dict[str, float]:
    """The median cost of a task of each variant, in seconds."""
    playbooks = [(one.name, write(one, folder, 1), write(one, folder, MANY)) for one in compared]
    costs: dict[str, list[float]] = {name: [] for name, _single, _many in playbooks}
    for number in range(ROUNDS + 1):
        print(f"\rRound {number} of {ROUNDS}" if number else "Warming up", end="", flush=True)
        for name, single, many in playbooks:
            cost = (seconds(many) - seconds(single)) / (MANY - 1)
            if number:
                costs[name].append(cost)
    print("\r", end="")
    return {name: statistics.median(rounds) for name, rounds in costs.items()}


def write(variant: Variant, folder: Path, count: int) -> Path:
    """A playbook with a number of tasks, or of items of one task."""
    task = {"name": variant.name, **variant.task}
    tasks = [{**task, "loop": list(range(count)), "loop_control": {"label": ""}}] if variant.loop else [task] * count
    play = {"hosts": "localhost", "gather_facts": False, "vars": variant.variables, "tasks": tasks}
    file = folder / f"{variant.name.replace(' ', '-')}-{count}.yml"
    # Through JSON, so that no anchors come for what is repeated.
    file.write_text(yaml.safe_dump(json.loads(json.dumps([play]))), encoding="utf-8")
    return file


def seconds(playbook: Path) -> float:
    """How long ansible-playbook takes."""
    command = [str(Path(sys.executable).parent / "ansible-playbook"), str(playbook)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("CLOUD66_")}
    env.update(ANSIBLE_LOCALHOST_WARNING="false", ANSIBLE_INVENTORY_UNPARSED_WARNING="false", NO_PROXY="127.0.0.1")
    start = time.monotonic()
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    taken = time.monotonic() - start
    if done.returncode:
        sys.exit(f"\n{done.stdout}{done.stderr}")
    return taken


def report(costs: dict[str, float], ratios: dict[str, float]) -> None:
    targets = {target.variant: target.at_most for target in TARGETS}
    print(f"{'':26}{'a task':>10}{'of uri':>10}   to reach")
    for name, cost in costs.items():
        reached = ""
        if name in targets:
            reached = f"{targets[name]:8.2f}   " + ("reached" if ratios[name] <= targets[name] else "MISSED")
        print(f"{name:26}{cost * 1000:7.1f} ms{ratios[name]:10.3f}   {reached}".rstrip())


def figures(costs: dict[str, float], ratios: dict[str, float]) -> dict[str, Any]:
    return {
        "ansible-core": version("ansible-core"),
        "python": platform.python_version(),
        "tasks": MANY,
        "rounds": ROUNDS,
        "milliseconds": {name: round(cost * 1000, 2) for name, cost in costs.items()},
        "of_uri": {name: round(ratio, 4) for name, ratio in ratios.items()},
    }


def draw(costs: dict[str, float]) -> None:
    """A bar for each variant. matplotlib is installed when it is asked for, being large."""
    requirements = ["-r", str(HERE / "requirements.txt")]
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *requirements], check=True)
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "cloud66.cloud"
    from matplotlib import pyplot

    names = list(costs)[::-1]
    ours = ["#1b7fbd" if "worker" in name else "#b9c4cc" for name in names]
    figure, axes = pyplot.subplots(figsize=(7.5, 2.8), layout="constrained")
    bars = axes.barh(names, [costs[name] * 1000 for name in names], color=ours)
    axes.bar_label(bars, fmt="%.0f ms", padding=4)
    axes.set_title(f"Time of a task, ansible-core {version('ansible-core')}", loc="left", fontsize=10)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.xaxis.set_visible(False)
    axes.margins(x=0.12)
    CHART.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(CHART, metadata={"Date": None})
    print(f"The chart is {CHART.relative_to(ROOT)}.")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
