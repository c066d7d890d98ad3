# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows GitHub how a deployment ended: outputs, the summary of the job, and an error. action.yml runs it.

Its arguments are the file with the output of ansible-playbook, and its exit status. The reports are where the
environment says.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

# How Ansible shows a task that failed, and why it could not start.
FAILED = re.compile(r"^fatal: \[localhost\]: FAILED! => (\{.*\})$", re.MULTILINE)
NOT_STARTED = re.compile(r"^(?:ERROR! |\[ERROR\]: )(.+)$", re.MULTILINE)
DOES_CHANGE = ("changed", "would change")


def main(log: Path, status: int) -> None:
    report_file, summary_file = os.environ["DEPLOY_REPORT_FILE"], Path(os.environ["DEPLOY_MARKDOWN_FILE"])
    report = json.loads(Path(report_file).read_text(encoding="utf-8")) if Path(report_file).is_file() else {}
    if report:
        _append("GITHUB_OUTPUT", "".join(f"{name}={value}\n" for name, value in _outputs(report, report_file).items()))
    if summary_file.is_file():
        _append("GITHUB_STEP_SUMMARY", summary_file.read_text(encoding="utf-8"))
    if status:
        problem = _problem(report, log.read_text(encoding="utf-8", errors="replace"))
        print(f"::error title=Cloud 66::{_escaped(problem)}")


def _outputs(report: dict[str, Any], file: str) -> dict[str, str]:
    steps = report["steps"]
    health = {"no change": "true", "failed": "false"}.get(steps["health"], "")
    is_changed = any(outcome in DOES_CHANGE for outcome in steps.values())
    # The report does not say whether a step that failed had changed something before.
    is_unknown = bool(report["failure"]) and not is_changed
    found = {
        "deployment-id": str((report["deployment"] or {}).get("id", "")),
        "changed": "" if is_unknown else str(is_changed).lower(),
        "healthy": health,
        "report": file,
    }
    # A line break would begin another output.
    return {name: value for name, value in found.items() if value.isprintable()}


def _problem(report: dict[str, Any], log: str) -> str:
    """Why it failed, in one sentence."""
    if report.get("failure"):
        return f"{report['failure']['task']}: {report['failure']['msg']}"
    failures, reasons = FAILED.findall(log), NOT_STARTED.findall(log)
    if failures:
        return str(json.loads(failures[-1]).get("msg", ""))
    return reasons[0] if reasons else "ansible-playbook failed without a report. See the output of this step."


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _append(variable: str, text: str) -> None:
    with open(os.environ[variable], "a", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
