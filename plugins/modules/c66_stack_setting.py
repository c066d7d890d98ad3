#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_stack_setting
short_description: Change the settings of a Cloud 66 stack
version_added: 1.0.0
description:
  - Changes one or more settings of a stack. Only settings that differ are written.
  - A read-only setting fails the task before anything is written.
  - Warnings that Cloud 66 gives for a changed setting become warnings of the task.
options:
  settings:
    description:
      - The settings, as a dictionary that maps keys or ids to values (V(git.branch) and V(git-branch) are the same).
        M(cloud66.cloud.c66_stack_setting_info) lists them.
      - A value is a string, a number, a boolean or null. Cloud 66 treats V(true), V(on), V(enable) and V(1) the same,
        likewise V(false), V(off), V(disable) and V(0), and likewise null and an empty string.
    type: dict
    required: true
  wait:
    description:
      - Wait for Cloud 66 to finish, and verify the result.
      - With V(false), the task ends while RV(actions) may still be running, and nothing is verified.
    type: bool
    default: true
seealso:
  - module: cloud66.cloud.c66_stack_setting_info
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
- name: Switch to another branch and deploy on every push
  cloud66.cloud.c66_stack_setting:
    stack: Awesome App
    settings:
      git.branch: release
      continuous.deploy: true

- name: Show what would change
  cloud66.cloud.c66_stack_setting:
    stack: Awesome App
    settings:
      logrotate-app-keep-count: 14
      custom.build.command: null
  check_mode: true
  diff: true
"""

RETURN = r"""
---
settings:
  description:
    - The settings that the task names, after the change and in the order of the task.
    - In check mode and with O(wait=false), the predicted settings.
  returned: success, and on failure after a write
  type: list
  elements: dict
  contains:
    id:
      description: The id of the setting, which is its key with dashes instead of dots.
      type: str
    key:
      description: The key of the setting.
      type: str
    value:
      description: "The value: a string, a number, a boolean or None."
      type: raw
    readonly:
      description: Whether the setting cannot be changed.
      type: bool
    hidden:
      description: Whether the dashboard hides the setting.
      type: bool
    warning_text:
      description: A warning from Cloud 66 about changing the setting.
      type: str
  sample:
    - id: git-branch
      key: git.branch
      value: release
      readonly: false
      hidden: false
      warning_text: ""
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
  sample: {added: [], changed: [git.branch], removed: []}
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
  description: The values of the settings that the task names, before and after the change.
  returned: in diff mode
  type: dict
  sample:
    before: {git.branch: master}
    after: {git.branch: release}
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.values import ValuesModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.setting import StackSetting

ARGUMENTS = {
    "settings": {"type": "dict", "required": True},
}

MODULE = ValuesModule(StackSetting, ARGUMENTS)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
