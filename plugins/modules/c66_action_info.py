#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_action_info
short_description: Read and watch asynchronous actions of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns all actions of a stack, or one of them, and can wait for them to end.
  - Also watches actions that somebody else has started.
options:
  action_id:
    description: Only return this action. The task fails if it does not exist.
    type: int
  action:
    description: Only return actions with this name, such as V(application_deployment).
    type: str
  user_reference:
    description: Only return actions that were started with this reference.
    type: str
  wait:
    description:
      - Wait until all returned actions have ended. The task fails if one of them fails or has already failed.
    type: bool
    default: false
  fields:
    description: Return only these fields of each action, such as V([id, finished_at]).
    type: list
    elements: str
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.stack
  - cloud66.cloud.waiting
  - cloud66.cloud.attributes.c66_stack
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: List the deployments of a stack
  cloud66.cloud.c66_action_info:
    stack: Awesome App
    action: application_deployment

- name: Wait for an action that was started elsewhere
  cloud66.cloud.c66_action_info:
    stack: 5999b763474b0eafa5fafb64bff0ba80
    action_id: 6566418
    wait: true
"""

RETURN = r"""
---
actions:
  description: The actions as the API returns them, plus the UID of their stack.
  returned: success
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.info import InfoModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.action import Action

MODULE = InfoModule(Action, waits=True)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
