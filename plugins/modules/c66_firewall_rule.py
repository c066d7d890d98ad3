#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_firewall_rule
short_description: Add permanent firewall rules to a Cloud 66 stack
version_added: 1.0.0
description:
  - Adds the rules that a stack's firewall lacks, and returns which other rules it has.
  - The API cannot change or delete a rule. To open a port for a time, use M(cloud66.cloud.c66_firewall_lease).
options:
  rules:
    description: The rules, in any order. A rule needs at least one end, such as O(rules[].from_ip).
    type: list
    elements: dict
    required: true
    suboptions:
      from_ip:
        description: The address or network that may connect.
        type: str
      from_group:
        description: The name or id of the server group that may connect. Names are those of the stack's own groups.
        type: str
      from_server:
        description:
          - The number of the server that may connect. The API takes no name or UID here, and does not return the number
            of a server. An address or a server group is the better choice.
        type: int
      to_ip:
        description: The address or network that may be connected to.
        type: str
      to_group:
        description: The name or id of the server group that may be connected to.
        type: str
      to_server:
        description: The number of the server that may be connected to. See O(rules[].from_server).
        type: int
      protocol:
        description: The protocol, as a word or as the API's number.
        type: str
        choices: [tcp, udp, icmp, "1", "2", "3"]
        default: tcp
      port:
        description: The port. Required, except with O(rules[].protocol=icmp).
        type: int
  state:
    description:
      - Whether the rules should exist.
      - The API cannot delete rules, so V(absent) fails if one of them exists. The message says where to delete it.
    type: str
    choices: [present, absent]
    default: present
  wait:
    description:
      - Wait until the rules apply. A rule is only listed from then on.
      - Before anything is added, the module always waits for running changes of the firewall, which may be adding the
        same rules.
    type: bool
    default: true
notes:
  - An address and its network, such as V(198.51.100.7) and V(198.51.100.7/32), are the same.
  - A lease for the same access counts as the rule, unless Cloud 66 returns its C(ttl).
seealso:
  - module: cloud66.cloud.c66_firewall_rule_info
  - module: cloud66.cloud.c66_firewall_lease
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
- name: Let the office and the monitoring connect
  cloud66.cloud.c66_firewall_rule:
    stack: Awesome App
    rules:
      - from_ip: 203.0.113.0/24
        to_group: Rails Server
        port: 8080
      - from_ip: 198.51.100.7
        protocol: icmp
  register: result

- name: Show the rules that people have added besides
  ansible.builtin.debug:
    msg: "{{ result.others | selectattr('rule_type', 'equalto', 'user') | map(attribute='rule') }}"

- name: Make sure that nobody opened the database to the world
  cloud66.cloud.c66_firewall_rule:
    stack: Awesome App
    rules:
      - from_ip: 0.0.0.0/0
        port: 3306
    state: absent
"""

RETURN = r"""
---
rules:
  description: The rules that the task names, after the change, or as they would be in check mode.
  returned: success, and on failure after a write
  type: list
  elements: dict
  contains:
    rule:
      description: What identifies the rule, in words.
      type: str
    id:
      description: The id of the rule. Missing if the rule does not exist yet, as in check mode.
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
    - rule: tcp 8080 from 203.0.113.0/24 to group 128
      id: 168806137
      stack_uid: 5999b763474b0eafa5fafb64bff0ba80
      from_ip: 203.0.113.0/24
      from_group_id: null
      to_group_id: 128
      protocol: tcp
      port: 8080
      rule_type: user
others:
  description: All other rules of the stack, with the same fields. Includes leases, as far as they can be recognised.
  returned: success, and on failure after a write
  type: list
  elements: dict
  sample:
    - rule: tcp 5432 from 0.0.0.0/0 to group 112989
      id: 168806136
      stack_uid: 5999b763474b0eafa5fafb64bff0ba80
      from_ip: 0.0.0.0/0
      from_group_id: null
      to_group_id: 112989
      protocol: tcp
      port: 5432
      rule_type: user
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
  sample: {added: [tcp 8080 from 203.0.113.0/24 to group 128], changed: [], removed: []}
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
  description: All rules before and after the change, in words, sorted.
  returned: in diff mode
  type: dict
  sample:
    before: {rules: [tcp 443 from 0.0.0.0/0 to group 128]}
    after: {rules: [tcp 443 from 0.0.0.0/0 to group 128, tcp 8080 from 203.0.113.0/24 to group 128]}
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.firewall import PROTOCOL, RuleSet

RULE = {
    "from_ip": {"type": "str"},
    "from_group": {"type": "str"},
    "from_server": {"type": "int"},
    "to_ip": {"type": "str"},
    "to_group": {"type": "str"},
    "to_server": {"type": "int"},
    "protocol": {**PROTOCOL.argument(), "default": "tcp"},
    "port": {"type": "int"},
}
ARGUMENTS = {
    "rules": {"type": "list", "elements": "dict", "required": True, "options": RULE},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

MODULE = ValuesModule(RuleSet, ARGUMENTS)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
