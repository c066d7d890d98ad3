#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_firewall_rule_info
short_description: Read the firewall rules of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns the firewall rules of a stack. A lease is listed like any other rule, without the time it ends.
options:
  rule_id:
    description: Only read the rule with this id. Fails if there is none.
    type: int
    version_added: 1.0.0
  port:
    description: Only return rules for this port.
    type: int
  protocol:
    description: Only return rules for this protocol.
    type: str
    choices: [tcp, udp, icmp]
  rule_type:
    description: Only return rules of this type, such as V(user) for rules added by people or the API.
    type: str
  fields:
    description: Return only these fields of each rule, such as V([port, from_ip]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_firewall_rule
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
- name: List who may connect with SSH
  cloud66.cloud.c66_firewall_rule_info:
    stack: Awesome App
    port: 22

- name: List the rules that people have added
  cloud66.cloud.c66_firewall_rule_info:
    stack: Awesome App
    rule_type: user
"""

RETURN = r"""
---
firewall_rules:
  description: The rules as the API returns them, plus the UID of their stack.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the rule.
      type: int
    stack_uid:
      description: The UID of the rule's stack.
      type: str
    from_ip:
      description: The address or network that may connect, if the rule has one.
      type: str
    from_group_id:
      description: The id of the server group that may connect, if the rule has one.
      type: int
    to_group_id:
      description: The id of the server group that may be connected to, if the rule has one.
      type: int
    protocol:
      description: The protocol, such as V(tcp).
      type: str
    port:
      description: The port, or a range of ports as a string.
      type: raw
    rule_type:
      description: V(static), V(dynamic) for rules that the platform opened, or V(user).
      type: str
  sample:
    - id: 168806136
      stack_uid: 5999b763474b0eafa5fafb64bff0ba80
      from_ip: 0.0.0.0/0
      from_group_id: null
      to_group_id: 112989
      protocol: tcp
      port: 5432
      rule_type: user
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.firewall import FirewallRule

MODULE = InfoModule(FirewallRule)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
