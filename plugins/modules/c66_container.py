#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_container
short_description: Stop and restart the containers of a Cloud 66 stack
version_added: 1.0.0
description:
  - Stops a container, or restarts it. A restart is done on each run.
  - A container that is not listed is stopped already.
options:
  container:
    description: The name or the UID of the container. The first 12 digits of the UID, as docker shows them, are enough.
    type: str
    required: true
  state:
    description: Whether to stop or to restart it.
    type: str
    choices: [stopped, restarted]
    required: true
  wait:
    description: Wait until the container has been stopped or restarted.
    type: bool
    default: true
seealso:
  - module: cloud66.cloud.c66_container_info
  - module: cloud66.cloud.c66_service
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
- name: Restart a container
  cloud66.cloud.c66_container:
    stack: Storefront
    container: web-lion
    state: restarted

- name: Stop it
  cloud66.cloud.c66_container:
    stack: Storefront
    container: web-lion
    state: stopped
"""

RETURN = r"""
---
container:
  description: The container that was restarted. None if it was stopped.
  returned: success, and on failure after a write
  type: dict
  contains:
    uid:
      description: The id that Docker gave the container.
      type: str
    stack_uid:
      description: The UID of the stack.
      type: str
    service_name:
      description: The service that it belongs to.
      type: str
    server_uid:
      description: The UID of its server.
      type: str
    server_name:
      description: The name of its server.
      type: str
    image:
      description: The image that it runs.
      type: str
    command:
      description: The command that it runs.
      type: str
    health_state:
      description: The health as a code. C(health_state_name) is the same in words.
      type: int
    health_state_name:
      description: The health in words, V(UNVERIFIED), V(UP), V(DOWN) or V(NA).
      type: str
    started_at:
      description: When it was started, in ISO 8601.
      type: str
  sample:
    uid: cba44fa6b6acf57fb0ef6c2ce385f6a129867df544dae7181d2410e9f9cc32bc
    server_uid: c6014897b8c8e9f2fc204a3a9efdae05
    server_name: Gazelle
    service_name: web
    image: registry.example.com/web
    command: bundle exec rackup -p 3000
    started_at: "2015-02-10T17:41:31Z"
    health_state: 1
    health_state_name: UP
    stack_uid: 5999b763474b0eafa5fafb64bff0ba80
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
  sample: {added: [], changed: [], removed: [cba44fa6b6acf57fb0ef6c2ce385f6a129867df544dae7181d2410e9f9cc32bc]}
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
action:
  description: The action that the task started. None if it started none or if the action is unknown.
  returned: success, and on failure after a write
  type: dict
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
    id: 6566418
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
  description: The running containers, or what was restarted.
  returned: in diff mode
  type: dict
  sample:
    before: {}
    after: {restarted: cba44fa6b6acf57fb0ef6c2ce385f6a129867df544dae7181d2410e9f9cc32bc}
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
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.command import CommandTask
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.values import ValuesTask
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.container import (
    RestartedContainer,
    StoppedContainer,
)

ARGUMENTS = {"container": {"type": "str", "required": True}}

MODULE = ByStateModule(
    {"stopped": (ValuesTask, StoppedContainer), "restarted": (CommandTask, RestartedContainer)}, ARGUMENTS
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
