#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_server_group
short_description: Scale the server groups of a Cloud 66 stack
version_added: 1.0.0
description:
  - Ensures that a group has exactly so many servers. Waits until all servers of the group are healthy.
  - Nothing is sent if the number is right. Otherwise the servers are counted, and only the difference is added.
  - Cloud 66 chooses which servers go. It scales groups of web, process and docker servers.
  - The change is sent once. If the answer is lost and nothing shows that it was applied, the task fails. The next run
    counts again.
options:
  group:
    description: The name or id of the group.
    type: str
    required: true
  count:
    description: How many servers the group should have.
    type: int
    required: true
  max_change:
    description: Refuse to add or remove more servers than this, which guards against a typo.
    type: int
    default: 5
  server_size:
    description: The size of new servers, such as V(2gb). By default, that of a server of the group.
    type: str
  subtype:
    description:
      - What the servers are for. By default, the type of the group if it is one of these, or else V(web).
      - The group of a database, such as V(mysql), is only scaled if this is set.
    type: str
    choices: [web, process, docker]
  wait:
    description: Wait until the change has ended and all servers of the group are healthy.
    type: bool
    default: true
seealso:
  - module: cloud66.cloud.c66_server_group_info
  - module: cloud66.cloud.c66_cloud_info
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
- name: Have three web servers
  cloud66.cloud.c66_server_group:
    stack: Awesome App
    group: Rails Server
    count: 3

- name: Have one again
  cloud66.cloud.c66_server_group:
    stack: Awesome App
    group: Rails Server
    count: 1
"""

RETURN = r"""
---
server_group:
  description: The group after the change, or as it would be in check mode.
  returned: success, and on failure after a write
  type: dict
  contains:
    id:
      description: The id of the group, as in C(server_group_id) of its servers.
      type: int
    name:
      description: The name of the group.
      type: str
    type:
      description: What its servers do.
      type: str
  sample:
    id: 128
    name: Rails Server
    type: rails
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
  sample: {added: [], changed: [Rails Server], removed: []}
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
  description: The number of servers before and after the change.
  returned: in diff mode
  type: dict
  sample:
    before: {Rails Server: 1}
    after: {Rails Server: 3}
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.server_group import SUBTYPES, ServerCount

ARGUMENTS = {
    "group": {"type": "str", "required": True},
    "count": {"type": "int", "required": True},
    "max_change": {"type": "int", "default": 5},
    "server_size": {"type": "str"},
    "subtype": {"type": "str", "choices": list(SUBTYPES)},
}

MODULE = ValuesModule(ServerCount, ARGUMENTS)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
