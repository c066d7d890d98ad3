# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make pictures`: makes docs/images, pictures of real runs against the simulator: of terminals and of the report."""

from __future__ import annotations

import os
import random
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import pexpect
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from simulator import running, shapes
from tools.browser import browser

IMAGES = ROOT / "docs" / "images"
COLUMNS = 116  # the recap fits into a line
# Removes Rich's web fonts: pictures in documents should load nothing.
FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
ADHOC = "ansible localhost -m cloud66.cloud.c66_device -a"
ERRORS = [
    f"{ADHOC} 'user_id=18 device_token=wertqy sub_type=ipad'",
    "ansible localhost -m cloud66.cloud.c66_stack_info -a stack=twin-app",
    "CLOUD66_ACCESS_TOKEN=no-users-4c9c9b3333 ansible localhost -m cloud66.cloud.c66_user_info",
]


# What the report shows: the stacks, and the window in pixels.
STACKS = ("accounts", "billing", "blog", "checkout", "docs", "mailer", "search", "shop", "status", "storefront")
WINDOW = (1240, 760)
HOUR, DAY = 3600, 24 * 3600
PLAYBOOK = """
- hosts: cloud66_stacks
  gather_facts: false
  ignore_errors: true
  vars:
    cloud66_fleet_env_vars: {RELEASE: "2026.11", WORKERS: "4"}
  tasks:
    - cloud66.cloud.c66_fleet:
        overview: true
        api_retries: 0
      check_mode: true
      register: fleet
    - ansible.builtin.copy:
        content: "{{ fleet | cloud66.cloud.fleet_html }}"
        dest: report.html
      run_once: true
"""


def main() -> None:
    """Make all pictures, or only that of the report."""
    if sys.argv[1:] != ["report"]:
        terminals()
    report()


def terminals() -> None:
    """Make the pictures of terminals."""
    environment = {**os.environ, "ANSIBLE_FORCE_COLOR": "true", "PY_COLORS": "1"}
    output = run(["make", "demo"], environment)
    graph, deploy = "$ ansible-inventory", "$ ansible-playbook tests/demo/deploy.yml"
    stacks, login = "$ ansible-playbook tests/demo/stacks.yml", "$ ansible-playbook cloud66.cloud.login"
    daily = [part(output, stacks, graph), part(output, deploy, login)]
    draw("demo", "make demo", re.sub(r"\n{3,}", "\n\n", "\n\n".join(daily)))
    draw("inventory", "The inventory", part(output, graph, deploy))
    with running(stacks=20) as sim:
        environment.update(CLOUD66_API_URL=sim.url, CLOUD66_ACCESS_TOKEN=sim.token)
        environment.update(ANSIBLE_LOCALHOST_WARNING="false", ANSIBLE_INVENTORY_UNPARSED_WARNING="false")
        texts = [f"$ {command}\n{message(run(['sh', '-c', command], environment))}" for command in ERRORS]
    draw("errors", "What went wrong, and what to do", "\n\n".join(texts))


def report() -> None:
    """Make the picture of the report of a fleet, in light colours."""
    with running(stacks=0) as sim, tempfile.TemporaryDirectory() as name, browser() as chromium:
        folder, environment = Path(name), {**os.environ, "CLOUD66_API_URL": sim.url, "CLOUD66_ACCESS_TOKEN": sim.token}
        fill(sim.world)
        away = sim.world.stacks[STACKS.index("status")]["uid"]
        sim.fault("status", status=500, path=f"/stacks/{away}/environments", times=100)
        (folder / "stacks.c66.yml").write_text("plugin: cloud66.cloud.c66\nhosts: stacks\n", encoding="utf-8")
        (folder / "report.yml").write_text(PLAYBOOK, encoding="utf-8")
        output = run(["ansible-playbook", "-i", "stacks.c66.yml", "report.yml"], environment, folder)
        if not (folder / "report.html").exists():
            sys.exit(output)
        chromium.look(*WINDOW)
        chromium.open(folder / "report.html")
        file = IMAGES / "report.png"
        chromium.picture(file, whole=False)
    print(f"Drew {file.relative_to(ROOT)}.")


def fill(world: Any) -> None:
    """Stacks with a recent history: most as declared, some that differ, and a few with problems."""
    chance, now = random.Random(66), world.now()
    for number, name in enumerate(STACKS):
        health = {3: 4, 6: 2}.get(number, 3)
        environment = "staging" if number % 4 == 2 else "production"
        row = world.add_stack(name=name, environment=environment, status=1, health=health, servers=chance.randint(1, 6))
        for key, value in ("RELEASE", "2026.10" if number in (1, 7) else "2026.11"), ("WORKERS", "4"):
            if (number, key) != (5, "WORKERS"):
                world.add_env_var(row["uid"], key, value)
        add_deployments(world, row, chance, failed=number == 3)
        for days in range(3):
            made = shapes.iso(now - days * DAY - (60 if number == 5 else 5) * HOUR)
            failed = int(number == 7 and days == 0)
            world.add_backup(row["uid"], 1, front=False, backup_date_iso=made, backup_status=failed)
        world.add_certificate(row["uid"], expires_at=shapes.iso(now + (9 if number == 1 else 40 + 3 * number) * DAY))


def add_deployments(world: Any, stack: dict[str, Any], chance: random.Random, *, failed: bool) -> None:
    """Deployments of the last 30 days, the newest first. `failed`: the newest has failed."""
    ages = sorted(chance.uniform(HOUR, 30 * DAY) for _number in range(chance.randint(6, 18)))
    rows = []
    for number, age in enumerate(ages):
        row = shapes.deployment(1000 + number, stack, f"release-{number}")
        is_bad = failed if number == 0 else chance.random() < 0.08
        started = world.now() - age
        row.update(started_at=shapes.iso(started), finished_at=shapes.iso(started + 300))
        row["outcome"] = {"code": 2, "meaning": "failed"} if is_bad else {"code": 1, "meaning": "success"}
        rows.append(row)
    live = next(row for row in rows if row["outcome"]["code"] == 1)
    live.update(is_head=True, is_live=True)
    world.deployments[stack["uid"]][:] = rows


def run(command: list[str], environment: dict[str, str], folder: Path | None = None) -> str:
    """Run a command in a terminal. Returns its output, with colours."""
    terminal = pexpect.spawn(
        command[0], command[1:], env=environment, encoding="utf-8", timeout=120, cwd=folder and str(folder)
    )
    terminal.setwinsize(50, COLUMNS)
    terminal.expect(pexpect.EOF)
    return terminal.before.replace("\r\n", "\n")


def message(output: str) -> str:
    """Return the error message of an ad-hoc command, without the task's origin and the JSON result."""
    return output.strip().partition("Origin:")[0].strip() + "\x1b[0m"


def part(output: str, first: str, end: str) -> str:
    """Return the lines from the one with `first` up to the one with `end`, exclusive."""
    lines = output.splitlines()
    start = next(number for number, line in enumerate(lines) if first in line)
    stop = next(number for number, line in enumerate(lines) if end in line)
    return "\n".join(lines[start:stop]).strip()


def draw(name: str, title: str, output: str) -> None:
    """Write a picture of a terminal."""
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    console.print(Text.from_ansi(output))
    IMAGES.mkdir(parents=True, exist_ok=True)
    file = IMAGES / f"{name}.svg"
    file.write_text(FONTS.sub("", console.export_svg(title=title, unique_id=name)), encoding="utf-8")
    print(f"Drew {file.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
