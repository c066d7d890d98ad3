#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_firewall_rule_info
short_description: Read the firewall rules of a Cloud 66 stack
version_added: 0.2.0
description:
  - Returns the rules of a stack's firewall. A lease is listed as a rule like any other, without its end.
options:
  port:
    description: Keep the rules of this port.
    type: int
  protocol:
    description: Keep the rules of this protocol.
    type: str
    choices: [tcp, udp, icmp]
  rule_type:
    description: Keep the rules of this type, such as V(user) for those that people and the API have added.
    type: str
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.stack
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: See who may log in by ssh
  cloud66.cloud.c66_firewall_rule_info:
    stack: Awesome App
    port: 22
"""

RETURN = r"""
---
firewall_rules:
  description: The rules, as the API returns them, with the UID of their stack.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the rule.
      type: int
    stack_uid:
      description: The UID of the stack.
      type: str
    from_ip:
      description: The address or network that may connect, if the rule says one.
      type: str
    from_group_id:
      description: The server group that may connect, if the rule says one.
      type: int
    to_group_id:
      description: The server group that may be connected to, if the rule says one.
      type: int
    protocol:
      description: The protocol in a word.
      type: str
    port:
      description: The port, or a range of ports as a text.
      type: raw
    rule_type:
      description: V(static), V(dynamic) for what the platform has opened, or V(user).
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
  description: Requests sent, how many of them were sent again, and the hourly limit as Cloud 66 told it last.
  returned: when the API was called
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
