#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_stack_setting
short_description: Change the settings of a Cloud 66 stack
version_added: 0.2.0
description:
  - Changes settings of a stack, several at once, and leaves those alone that are as wanted already.
  - A setting that is read-only makes the task fail before anything is written.
  - What Cloud 66 warns of where a setting is changed becomes a warning of the task.
options:
  settings:
    description:
      - The settings as a dictionary, by their keys or ids (V(git.branch) and V(git-branch) are the same).
        M(cloud66.cloud.c66_stack_setting_info) lists them.
      - A value is a text, a number, a boolean or none. V(true), V(on), V(enable) and V(1) mean the same to Cloud 66,
        and so do V(false), V(off), V(disable) and V(0), and none and an empty text.
    type: dict
    required: true
  wait:
    description:
      - Wait until Cloud 66 has done it, and make sure that it has worked.
      - With V(false), the task ends with RV(actions) that are going on, and nothing is verified.
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
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Follow another branch, and deploy what is pushed
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
    - The settings that the task names, as they are after the change and in the order of the task.
    - In check mode and with O(wait=false), as they would be.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the setting, which is its key with dashes for dots.
      type: str
    key:
      description: The key of the setting.
      type: str
    value:
      description: The value, which is a text, a number, a boolean or none.
      type: raw
    readonly:
      description: Whether it cannot be changed.
      type: bool
    hidden:
      description: Whether the dashboard hides it.
      type: bool
    warning_text:
      description: What Cloud 66 warns of, for those who change it.
      type: str
  sample:
    - id: git-branch
      key: git.branch
      value: release
      readonly: false
      hidden: false
      warning_text: ""
changes:
  description: The keys of the settings that were added, changed and removed, or would be in check mode, sorted.
  returned: success
  type: dict
  contains:
    added:
      description: Those that were not there before.
      type: list
      elements: str
    changed:
      description: Those that were there.
      type: list
      elements: str
    removed:
      description: Those that are not there any more.
      type: list
      elements: str
  sample: {added: [], changed: [git.branch], removed: []}
actions:
  description:
    - The actions that Cloud 66 has begun for the task, as they are when it ends. Empty where nothing was changed.
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
      action: "stack-set: git.branch"
      resource_id: "84195"
      started_via: api
      started_at: "2023-10-11T11:43:57Z"
      finished_at: "2023-10-11T11:43:59Z"
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
  description: Requests sent, how many of them were sent again, and the hourly limit as Cloud 66 told it last.
  returned: when the API was called
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
