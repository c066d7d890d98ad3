# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records each result, one JSON object per line, and which modules were run in a process.

Like any callback, it gets results without the values that Ansible hides.

Before a task with `sim` in its `vars`, it resets the simulator and applies that: {faults: ..., settings: ...}.
A task for that would cost a process. The requests are recorded then, and at the end.
"""

from __future__ import annotations

import json
import os
import urllib.request

from ansible.plugins.action import ActionBase
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: recorder
type: notification
short_description: Results as data
description: Writes them to the file that the variable RECORDER names.
"""


HEADERS = ("authorization", "x-account", "user-agent")


def control(name, given=None):
    body = None if given is None else json.dumps(given).encode()
    with urllib.request.urlopen(f"{os.environ['SIM']}/_sim/{name}", body, timeout=60) as answer:
        return json.load(answer)


def requests():
    return [
        [
            *(request[name] for name in ("method", "path", "query", "body")),
            *(request["headers"].get(name) for name in HEADERS),
        ]
        for request in control("requests")
    ]


def record(**event):
    with open(os.environ["RECORDER"], "a", encoding="utf-8") as file:
        file.write(json.dumps(event, default=str) + "\n")


# Patched before the workers are forked. Only this function starts the process of a module.
_execute_module = ActionBase._execute_module


def _execute_and_record(self, *arguments, **options):
    if options.get("module_name") is None:
        record(event="process", uuid=self._task._uuid)
    return _execute_module(self, *arguments, **options)


ActionBase._execute_module = _execute_and_record


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "recorder"
    CALLBACK_NEEDS_ENABLED = True

    # The task before which the simulator was last reset.
    task = None

    def _record_requests(self):
        if self.task is not None:
            record(event="requests", uuid=self.task, requests=requests())

    def v2_playbook_on_task_start(self, task, is_conditional):
        if "sim" in task.vars:
            self._record_requests()
            self.task = task._uuid
            for name, given in {"reset": {}, **task.vars["sim"]}.items():
                control(name, given)

    def v2_playbook_on_stats(self, stats):
        self._record_requests()

    def _notify(self, event, result):
        content = result._result
        record(
            event=event, uuid=result._task._uuid, name=result._task.get_name(), host=str(result._host), result=content
        )

    def v2_runner_on_ok(self, result):
        self._notify("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._notify("failed", result)

    def v2_runner_on_skipped(self, result):
        self._notify("skipped", result)

    def v2_runner_on_unreachable(self, result):
        self._notify("unreachable", result)

    def v2_runner_on_async_ok(self, result):
        self._notify("async_ok", result)

    def v2_runner_retry(self, result):
        self._notify("retry", result)
