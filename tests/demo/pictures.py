# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make pictures`: makes docs/images/*.svg, terminal pictures of real runs against the simulator."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pexpect
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from simulator import running

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


def main() -> None:
    """Make all pictures."""
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


def run(command: list[str], environment: dict[str, str]) -> str:
    """Run a command in a terminal. Returns its output, with colours."""
    terminal = pexpect.spawn(command[0], command[1:], env=environment, encoding="utf-8", timeout=120)
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
