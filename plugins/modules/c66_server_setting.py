#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_server_setting
short_description: Change the settings of a Cloud 66 server
version_added: 0.2.0
description:
  - Changes settings of a server, several at once, and leaves those alone that are as wanted already.
  - A setting that is read-only makes the task fail before anything is written. Only C(server.name) is tried all
    the same, as it is listed as read-only and yet the API's own example changes it.
  - What Cloud 66 warns of where a setting is changed becomes a warning of the task.
options:
  server:
    description: The UID of the server, or its very name.
    type: str
    required: true
  settings:
    description:
      - The settings as a dictionary, by their keys or ids (V(server.name) and V(server-name) are the same).
        M(cloud66.cloud.c66_server_setting_info) lists them.
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
  - module: cloud66.cloud.c66_server_setting_info
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
- name: Rename a server
  cloud66.cloud.c66_server_setting:
    stack: Awesome App
    server: f8468fc145ea49bac474b30a8fea888d
    settings:
      server.name: caribou-2
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
    - id: server-name
      key: server.name
      value: lion
      readonly: true
      hidden: false
      warning_text: This changes DNS names.
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
  sample: {added: [], changed: [server.name], removed: []}
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
      resource_type: server
      action: "server-set: server.name"
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
    before: {server.name: Lion}
    after: {server.name: lion}
api:
  description: Requests sent, how many of them were sent again, and the hourly limit as Cloud 66 told it last.
  returned: when the API was called
  type: dict
  sample: {requests: 2, retries: 0, rate_limit: {limit: 3000, remaining: 2998}}
"""

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.values import ValuesModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.setting import ServerSetting

ARGUMENTS = {
    "settings": {"type": "dict", "required": True},
}

MODULE = ValuesModule(ServerSetting, ARGUMENTS)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
