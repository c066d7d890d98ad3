# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends a host as failed or unreachable. The playbooks of this collection use it."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """The end of one host."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(
            {
                "state": {"choices": ["failed", "unreachable"], "default": "failed"},
                "msg": {"type": "str", "required": True},
            }
        )
        if options["state"] == "unreachable":
            raise AnsibleConnectionFailure(options["msg"])
        result.update(failed=True, msg=options["msg"])
        return result
