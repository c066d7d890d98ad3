#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_action_info
short_description: Read and watch asynchronous actions of a Cloud 66 stack
version_added: 0.2.0
description:
  - Returns the actions of a stack, or one of them, and waits for their end when asked to.
  - An action that somebody else has started can be watched as well.
options:
  action_id:
    description: Return this action only. When it is not found, the task fails.
    type: int
  action:
    description: Return the actions that do this, such as V(application_deployment).
    type: str
  user_reference:
    description: Return the actions that were started with this reference.
    type: str
  wait:
    description:
      - Wait until all of the returned actions have ended. One that has failed, now or earlier, fails the task.
    type: bool
    default: false
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.stack
  - cloud66.cloud.waiting
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
  description: The actions, as the API returns them, with the UID of their stack.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the action.
      type: int
    stack_uid:
      description: The UID of the stack that it belongs to.
      type: str
    action:
      description: What it does.
      type: str
    started_at:
      description: When it began, in ISO 8601.
      type: str
    finished_at:
      description: When it ended, in ISO 8601. None while it is going on.
      type: str
    finished_success:
      description: Whether it went well. None while it is going on.
      type: bool
    finished_message:
      description: Why it failed, or a text of success.
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
  description: Requests sent, how many of them were sent again, and the hourly limit as Cloud 66 told it last.
  returned: when the API was called
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
