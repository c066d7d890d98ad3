# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuses variables that a role does not have. The roles of this collection use it."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.base import did_you_mean


class ActionModule(ActionBase):
    """The check of one host's variables."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(
            {
                "prefix": {"type": "str", "required": True},
                "known": {"type": "list", "elements": "str", "required": True},
                "own": {"type": "list", "elements": "str", "default": []},
                "sets": {"type": "list", "elements": "str", "default": []},
            }
        )
        prefix, known = options["prefix"], options["known"]
        allowed = {*known, *options["own"], *options["sets"]}
        unknown = sorted(
            name
            for name in task_vars or {}
            # Names with two underscores belong to the role.
            if name.startswith(prefix) and not name.startswith(f"{prefix}_") and name not in allowed
        )
        if unknown:
            found = " ".join(f"There is no variable {name}.{_near(name, known, prefix)}" for name in unknown)
            advice = f"Rename a variable of your own that starts with {prefix}, or list it in {prefix}own_variables."
            result.update(failed=True, msg=f"{found} {advice}")
        return result


def _near(name: str, known: list[str], prefix: str) -> str:
    return did_you_mean(name.removeprefix(prefix), [one.removeprefix(prefix) for one in known], prefix=prefix)
