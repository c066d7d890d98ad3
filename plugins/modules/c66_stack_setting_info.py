#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_stack_setting_info
short_description: Read the settings of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns the settings of a stack.
options:
  setting:
    description: Only return the setting with this key or id.
    type: str
  fields:
    description: Return only these fields of each setting, such as V([key, value]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_stack_setting
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.stack
  - cloud66.cloud.attributes.c66_stack
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: List the settings of a stack
  cloud66.cloud.c66_stack_setting_info:
    stack: Awesome App

- name: Read one setting
  cloud66.cloud.c66_stack_setting_info:
    stack: Awesome App
    setting: git.branch
"""

RETURN = r"""
---
settings:
  description: The settings as the API returns them.
  returned: success
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.setting import StackSetting

MODULE = InfoModule(StackSetting)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
