#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_failover_group
short_description: Manage and switch the failover groups of Cloud 66 stacks
version_added: 1.0.0
description:
  - Creates a failover group, changes its stacks, switches its traffic to the other stack, or deletes it.
  - Cloud 66 assigns the address of a new failover group. A failover group is identified by its primary stack or, with
    O(failover_group), by its UID or address.
  - Only values that differ are sent, so a switch changes nothing else.
options:
  failover_group:
    description:
      - The UID or address of an existing failover group. Either this or O(primary_stack) is required.
      - Use this to replace or detach the primary stack.
    type: str
  primary_stack:
    description:
      - The primary stack, given by its name or UID.
      - Without O(failover_group), it identifies the failover group. With it, an empty string detaches the stack.
    type: str
  secondary_stack:
    description: The secondary stack, given by its name or UID. An empty string detaches the stack.
    type: str
  environment:
    description: The environment of both stacks, if several stacks have the same name. Otherwise, use UIDs.
    type: str
  current_stack:
    description: The stack that the traffic should go to, given as a word or a code.
    type: str
    choices: [primary, secondary, "1", "2"]
  state:
    description: Whether the failover group should exist.
    type: str
    choices: [present, absent]
    default: present
  wait:
    description:
      - Wait until a switch is over, and verify the result. An earlier switch that is still running is waited for
        first.
      - With V(false), the task ends while the traffic may still be switched.
    type: bool
    default: true
seealso:
  - module: cloud66.cloud.c66_failover_group_info
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.waiting
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Have a failover group of two stacks
  cloud66.cloud.c66_failover_group:
    primary_stack: Storefront
    secondary_stack: Ledger
  register: group

- name: Switch the traffic to the secondary stack
  cloud66.cloud.c66_failover_group:
    primary_stack: Storefront
    current_stack: secondary

- name: Switch it back, and detach the secondary stack
  cloud66.cloud.c66_failover_group:
    failover_group: "{{ group.failover_group.address }}"
    secondary_stack: ""
    current_stack: primary

- name: Delete the failover group
  cloud66.cloud.c66_failover_group:
    primary_stack: Storefront
    state: absent
"""

RETURN = r"""
---
failover_group:
  description:
    - The failover group after the change, or as it would be in check mode. None if it is absent. In check mode, the
      names of new stacks are None.
  returned: success, and on failure after a write
  type: dict
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
    uid: fg-5be3dca6d3c4bf1eaddcb5b555d993bb
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
diff:
  description: The stacks and the current stack, before and after the change.
  returned: in diff mode
  type: dict
  sample:
    before:
      primary_stack_uid: 5999b763474b0eafa5fafb64bff0ba80
      secondary_stack_uid: f196c5b41758cb7977620d49eb1492ef
      current_stack: 1
      current_stack_name: primary
    after:
      primary_stack_uid: 5999b763474b0eafa5fafb64bff0ba80
      secondary_stack_uid: f196c5b41758cb7977620d49eb1492ef
      current_stack: 2
      current_stack_name: secondary
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.state import StateModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.failover_group import ManagedFailoverGroup

MODULE = StateModule(ManagedFailoverGroup, required_one_of=[("failover_group", "primary_stack")])


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
