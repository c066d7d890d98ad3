#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_server_group_info
short_description: Read the server groups of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns the groups of servers of a stack that do the same, such as its web servers.
options:
  group_id:
    description: Only read the group with this id. Fails if there is none.
    type: int
  type:
    description: Only return groups of this type, such as V(rails) or V(mysql).
    type: str
  fields:
    description: Return only these fields of each group, such as V([id, name]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_server_info
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
- name: List the server groups of a stack
  cloud66.cloud.c66_server_group_info:
    stack: Awesome App
"""

RETURN = r"""
---
server_groups:
  description: The server groups, as the API returns them.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the group, as in C(server_group_id) of its servers.
      type: int
    name:
      description: The name of the group.
      type: str
    stack_uid:
      description: The UID of the stack.
      type: str
    type:
      description: What its servers do.
      type: str
  sample:
    - id: 128
      name: Rails Server
      type: rails
      stack_uid: 5999b763474b0eafa5fafb64bff0ba80
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.server_group import ServerGroup

MODULE = InfoModule(ServerGroup)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
