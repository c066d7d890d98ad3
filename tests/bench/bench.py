# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: what tasks, the inventory and deployments cost, as ratios within one run.

PART=tasks, PART=inventory or PART=deploys measures one of them, ROUNDS=n says how often, and CHART=1 also draws
docs/images/bench.svg. The variants take turns, and the median of the rounds is what counts, for other programs on the
machine disturb some of them.
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

import deploys
import inventory
import tasks
from common import Row, report

RESULTS = ROOT / ".cache" / "bench.json"
CHART = ROOT / "docs" / "images" / "bench.svg"
PARTS = {
    "tasks": [("A task", tasks.measure)],
    "inventory": [
        ("The inventory from the cache (processor time)", inventory.from_cache),
        ("The inventory when it is read", inventory.refresh),
    ],
    "deploys": [
        ("Many environment variables", deploys.env_vars),
        (f"Waiting for many deployments at once, of the {deploys.LIMIT} requests an hour", deploys.waiting),
    ],
}


def main() -> int:
    """Measure, print, and keep the figures. Returns 1 when a target is missed."""
    chosen = os.environ.get("PART")
    measured: dict[str, list[Row]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, parts in PARTS.items():
            for title, measure in parts if chosen in (None, "", name) else []:
                measured[title] = measure(Path(folder))
                report(title, measured[title])
    kept = {title: [row._asdict() for row in rows] for title, rows in measured.items()}
    about = {"ansible-core": version("ansible-core"), "python": platform.python_version()}
    RESULTS.write_text(json.dumps({**about, **kept}, indent=2) + "\n", encoding="utf-8")
    print(f"\nThe figures are in {RESULTS.relative_to(ROOT)}.")
    if os.environ.get("CHART") and "A task" in measured:
        draw(measured["A task"])
    return 1 if any(row.missed for rows in measured.values() for row in rows) else 0


def draw(rows: list[Row]) -> None:
    """A bar for each variant. matplotlib is installed when it is asked for, being large."""
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
    print(f"The chart is {CHART.relative_to(ROOT)}.")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
