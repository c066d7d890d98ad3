# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: measures tasks, the inventory, deployments, fleets and backups, as ratios within one run.

PART=tasks, PART=inventory, PART=deploys, PART=fleet or PART=backups measures one of them. ROUNDS=n sets the number of
rounds. CHART=1 also draws docs/images/bench.svg. The variants take turns, and the median of the rounds counts, because
other programs on the machine disturb some rounds.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))

import backups
import deploys
import fleet
import inventory
import tasks
from common import Row, report

RESULTS = ROOT / ".cache" / "bench.json"
CHART = ROOT / "docs" / "images" / "bench.svg"
PARTS = {
    "tasks": [("A task", tasks.measure)],
    "inventory": [
        ("Inventory from the cache (processor time)", inventory.from_cache),
        ("Inventory from the API", inventory.refresh),
    ],
    "deploys": [
        ("Many environment variables", deploys.env_vars),
        (f"Waiting for many deployments at once (share of the {deploys.LIMIT} requests per hour)", deploys.waiting),
    ],
    "fleet": [
        (f"The plan of {fleet.STACKS} stacks (20 variables, 10 settings, 2 configurations)", fleet.plan),
        (f"Changes of {fleet.CHANGED} stacks", fleet.apply),
    ],
    "backups": [(f"A backup of {backups.SEGMENTS} segments at {backups.LATENCY_MS} ms", backups.download)],
}


def main() -> int:
    """Measure, print, and store the results. Returns 1 if a target is missed."""
    chosen = os.environ.get("PART")
    results: dict[str, list[Row]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, parts in PARTS.items():
            for title, measure in parts if chosen in (None, "", name) else []:
                results[title] = measure(Path(folder))
                report(title, results[title])
    tables = {title: [row._asdict() for row in rows] for title, rows in results.items()}
    versions = {"ansible-core": version("ansible-core"), "python": platform.python_version()}
    RESULTS.write_text(json.dumps({**versions, **tables}, indent=2) + "\n", encoding="utf-8")
    print(f"\nThe results are in {RESULTS.relative_to(ROOT)}.")
    if os.environ.get("CHART") and "A task" in results:
        draw(results["A task"])
    return 1 if any(row.missed for rows in results.values() for row in rows) else 0


def draw(rows: list[Row]) -> None:
    """Draw a bar for each variant. matplotlib is large, so it is installed only here."""
    requirements = ["-r", str(HERE / "requirements.txt")]
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *requirements], check=True)
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "cloud66.cloud"
    from matplotlib import pyplot

    rows = [*reversed(rows)]
    figure, axes = pyplot.subplots(figsize=(7.5, 2.8), layout="constrained")
    colors = ["#1b7fbd" if "worker" in row.name else "#b9c4cc" for row in rows]
    bars = axes.barh([row.name for row in rows], [row.ratio or 0 for row in rows], color=colors)
    axes.bar_label(bars, [f"{row.figure}" for row in rows], padding=4)
    axes.set_title(f"Time of a task, ansible-core {version('ansible-core')}", loc="left", fontsize=10)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.xaxis.set_visible(False)
    axes.margins(x=0.12)
    CHART.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(CHART, metadata={"Date": None})
    print(f"The chart is in {CHART.relative_to(ROOT)}.")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
