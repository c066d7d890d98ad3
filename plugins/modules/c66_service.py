#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_service
short_description: Scale and stop the services of a Cloud 66 stack
version_added: 1.0.0
description:
  - Sets how many containers of a service run on each server or server group, or stops the service.
  - Nothing is sent if the numbers are right already. Servers and groups that are not named keep their numbers.
  - The numbers are those of the running containers. On Kubernetes, if the stack has only one server group, they are the
    wanted replicas.
options:
  service:
    description: The name of the service.
    type: str
    required: true
  servers:
    description: How many containers to run on each server, by the server's name or UID.
    type: dict
  groups:
    description: How many containers to run on the servers of each group together, by the group's name or id.
    type: dict
  server:
    description: With O(state=stopped), stop the service only on this server.
    type: str
  state:
    description: V(present) scales the service. V(stopped) stops all its containers. It is still listed afterwards.
    type: str
    choices: [present, stopped]
    default: present
  wait:
    description: Wait until the change has ended, and verify the numbers.
    type: bool
    default: true
seealso:
  - module: cloud66.cloud.c66_service_info
  - module: cloud66.cloud.c66_stack_action
    description: Pauses, resumes and restarts services.
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
- name: Run two containers of the service on one server
  cloud66.cloud.c66_service:
    stack: Storefront
    service: web
    servers:
      Lion: 2

- name: Run three containers on the servers of a group
  cloud66.cloud.c66_service:
    stack: Storefront
    service: web
    groups:
      Docker Server: 3

- name: Stop the service
  cloud66.cloud.c66_service:
    stack: Storefront
    service: web
    state: stopped
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
  sample:
    - name: Lion
      uid: e63e859d5ab72b0bcf14321f0ffb013d
      count: 2
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
  description: The numbers before and after the change.
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.service import ServiceScale, StoppedService

ARGUMENTS = {
    "service": {"type": "str", "required": True},
    "servers": {"type": "dict"},
    "groups": {"type": "dict"},
    "server": {"type": "str"},
}

MODULE = ByStateModule(
    {"present": (ValuesTask, ServiceScale), "stopped": (ValuesTask, StoppedService)},
    ARGUMENTS,
    mutually_exclusive=[("servers", "groups", "server")],
    required_if=[("state", "present", ("servers", "groups"), True)],
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
