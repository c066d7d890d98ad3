# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resets the simulator and sets what the task says: `faults`, `settings`. With `tell`, it first tells the requests."""

from __future__ import annotations

import json
import os
import urllib.request

from ansible.plugins.action import ActionBase

TOLD = ("method", "path", "query", "body")
HEADERS = ("authorization", "x-account", "user-agent")


def call(name, given=None):
    body = None if given is None else json.dumps(given).encode()
    with urllib.request.urlopen(f"{os.environ['SIM']}/_sim/{name}", body, timeout=10) as answer:
        return json.load(answer)


def told(record):
    return [*(record[name] for name in TOLD), *(record["headers"].get(name) for name in HEADERS)]


class ActionModule(ActionBase):
    _requires_connection = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        if self._task.args.pop("tell", False):
            result["requests"] = [told(record) for record in call("requests")]
        for name, given in {"reset": {}, **self._task.args}.items():
            call(name, given)
        return result
