#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_failover_group_info
short_description: Read the failover groups of a Cloud 66 account
version_added: 1.0.0
description:
  - Returns the failover groups. Each has an address whose traffic goes to its primary or its secondary stack.
options:
  uid:
    description: Only return the failover group with this UID. The task fails if it does not exist.
    type: str
  address:
    description: Only return failover groups with this address.
    type: str
  primary_stack:
    description: Only return failover groups whose primary stack has this name or UID.
    type: str
  secondary_stack:
    description: Only return failover groups whose secondary stack has this name or UID.
    type: str
  current_stack:
    description: Only return failover groups whose traffic goes to this stack, given as a word or a code.
    type: str
    choices: [primary, secondary, "1", "2"]
  fields:
    description: Return only these fields of each failover group, such as V([address, current_stack_name]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_failover_group
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: List all failover groups
  cloud66.cloud.c66_failover_group_info:

- name: Find the failover group of a stack
  cloud66.cloud.c66_failover_group_info:
    primary_stack: Awesome App
  register: result

- name: Show its address
  ansible.builtin.debug:
    msg: "{{ result.failover_groups[0].address }}"
"""

RETURN = r"""
---
failover_groups:
  description: The failover groups as the API returns them, with a word for the current stack.
  returned: success
  type: list
  elements: dict
  contains:
    uid:
      description: The UID of the failover group.
      type: str
    address:
      description: The DNS name of the failover group, assigned by Cloud 66.
      type: str
    current_stack:
      description: The stack that the traffic goes to. Sources disagree on whether Cloud 66 returns a code or a word.
      type: raw
    current_stack_name:
      description: The same as a word, V(primary) or V(secondary).
      type: str
    primary_stack_uid:
      description: The UID of the primary stack. None if there is none.
      type: str
    primary_stack_name:
      description: The name of the primary stack.
      type: str
    secondary_stack_uid:
      description: The UID of the secondary stack. None if there is none.
      type: str
    secondary_stack_name:
      description: The name of the secondary stack.
      type: str
    busy_toggling:
      description: Whether the traffic is being switched to the other stack.
      type: bool
    readonly:
      description: Whether the token's user may not change the failover group.
      type: bool
    created_at:
      description: When the failover group was created, in ISO 8601.
      type: str
    updated_at:
      description: When the failover group was last changed, in ISO 8601.
      type: str
  sample:
    - uid: fg-5be3dca6d3c4bf1eaddcb5b555d993bb
      address: 958-797-516.cloud66.net
      current_stack: 1
      current_stack_name: primary
      primary_stack_uid: 5999b763474b0eafa5fafb64bff0ba80
      primary_stack_name: Awesome App
      secondary_stack_uid: null
      secondary_stack_name: null
      busy_toggling: false
      readonly: false
      created_at: "2018-11-23T14:44:03Z"
      updated_at: "2021-12-06T11:43:46Z"
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.failover_group import FailoverGroup

MODULE = InfoModule(FailoverGroup)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
