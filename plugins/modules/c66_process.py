#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_process
short_description: Scale, pause and resume the background processes of a Cloud 66 stack
version_added: 1.0.0
description:
  - Sets how many of a process run on each server, or pauses or resumes it.
  - Nothing is sent if it is as wanted already. Servers that are not named keep their numbers.
  - The API does not always return whether a process is paused. If it does not, V(paused) and V(running) are sent on
    each run and reported as a change.
options:
  process:
    description: The name of the process, as in the Procfile.
    type: str
    required: true
  servers:
    description: How many to run on each server, by the server's name or UID.
    type: dict
  server:
    description: With O(state=paused) and O(state=running), only pause or resume it on this server.
    type: str
  state:
    description: V(present) scales the process. V(paused) pauses it where it runs. V(running) resumes it.
    type: str
    choices: [present, paused, running]
    default: present
  wait:
    description: Wait until the change has ended, and verify it.
    type: bool
    default: true
seealso:
  - module: cloud66.cloud.c66_process_info
  - module: cloud66.cloud.c66_stack_action
    description: Restarts processes.
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.stack
  - cloud66.cloud.waiting
  - cloud66.cloud.attributes.c66_stack
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Run two workers on one server
  cloud66.cloud.c66_process:
    stack: Awesome App
    process: worker
    servers:
      Lion: 2

- name: Pause the workers during a migration
  cloud66.cloud.c66_process:
    stack: Awesome App
    process: worker
    state: paused

- name: Resume them
  cloud66.cloud.c66_process:
    stack: Awesome App
    process: worker
    state: running
"""

RETURN = r"""
---
scale:
  description: The servers or groups that the task names, with their numbers after the change, or as they would be.
  returned: success, and on failure after a write
  type: list
  elements: dict
  contains:
    name:
      description: The name of the server or group.
      type: str
    uid:
      description: The UID of the server. Groups have an C(id).
      type: str
    count:
      description: How many run there.
      type: int
    state:
      description: V(running) or V(paused). None if the API does not return it.
      type: str
  sample:
    - name: Lion
      uid: e63e859d5ab72b0bcf14321f0ffb013d
      count: 2
      state: running
changes:
  description: The keys that were added, changed and removed (or would be in check mode), sorted.
  returned: success, and on failure after a write
  type: dict
  contains:
    added:
      description: Keys that did not exist before.
      type: list
      elements: str
    changed:
      description: Keys whose value changed.
      type: list
      elements: str
    removed:
      description: Keys that no longer exist.
      type: list
      elements: str
  sample: {added: [], changed: [Lion], removed: []}
actions:
  description: The actions that the task started, in their state when the task ended. Empty if it started none.
  returned: success, and on failure after a write
  type: list
  elements: dict
  contains:
    id:
      description: The id of the action.
      type: int
    stack_uid:
      description: The UID of the action's stack.
      type: str
    action:
      description: What the action does, such as V(application_deployment).
      type: str
    started_at:
      description: When the action started, in ISO 8601.
      type: str
    finished_at:
      description: When the action ended, in ISO 8601. None while it is running.
      type: str
    finished_success:
      description: Whether the action succeeded. None while it is running.
      type: bool
    finished_message:
      description: Why the action failed, or a success message.
      type: str
  sample:
    - id: 6566418
      stack_uid: 5999b763474b0eafa5fafb64bff0ba80
      user: person@company.com
      resource_type: stack
      action: application_deployment
      resource_id: "84195"
      started_via: api
      started_at: "2023-10-11T11:43:57Z"
      finished_at: "2023-10-11T11:47:42Z"
      finished_success: true
      finished_message: Completed successfully
      finished_result: {}
      metadata: {}
diff:
  description: The numbers or the states before and after the change.
  returned: in diff mode
  type: dict
  sample:
    before: {Lion: 1}
    after: {Lion: 2}
api:
  description: The API requests of the task, and the hourly limit as Cloud 66 last reported it.
  returned: when the API was called
  type: dict
  contains:
    requests:
      description: Requests sent, including retries.
      type: int
    retries:
      description: How many of them were retries.
      type: int
    rate_limit:
      description: The hourly limit (C(limit)) and the requests left (C(remaining)). None if unknown.
      type: dict
  sample: {requests: 2, retries: 0, rate_limit: {limit: 3000, remaining: 2998}}
"""

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.by_state import ByStateModule
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.values import ValuesTask
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.process import (
    PausedProcess,
    ProcessScale,
    ResumedProcess,
)

ARGUMENTS = {
    "process": {"type": "str", "required": True},
    "servers": {"type": "dict"},
    "server": {"type": "str"},
}

MODULE = ByStateModule(
    {
        "present": (ValuesTask, ProcessScale),
        "paused": (ValuesTask, PausedProcess),
        "running": (ValuesTask, ResumedProcess),
    },
    ARGUMENTS,
    mutually_exclusive=[("servers", "server")],
    required_if=[("state", "present", ("servers",))],
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
