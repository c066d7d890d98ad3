#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_firewall_lease
short_description: Temporarily open a port of a Cloud 66 stack
version_added: 1.0.0
description:
  - Opens a port of a stack's servers to an address. By default, opens port 22 to the address that the request comes
    from.
  - Cloud 66 closes the port when the time is up. A lease is listed as an ordinary rule and cannot be closed early.
options:
  from_ip:
    description:
      - The address or network that may connect. V(AUTO) is the address that the request comes from, as Cloud 66 sees
        it. The module does not know that address, so it always opens a new lease and reports a change.
      - With an explicit address, nothing changes if a rule already opens the port to that address, unless
        O(renew=true).
    type: str
    default: AUTO
  port:
    description: The port to open.
    type: int
    default: 22
  protocol:
    description: The protocol.
    type: str
    choices: [tcp, udp, icmp]
    default: tcp
  ttl:
    description: How long the port stays open. The unit is undocumented, but is most likely minutes.
    type: int
    default: 20
  group:
    description: Only open the port on servers of the server group with this id.
    type: int
  server:
    description: Only open the port on the server with this UID.
    type: str
  renew:
    description:
      - Open a lease even if a rule already opens the port to the address, because that rule may be a lease that ends
        soon.
    type: bool
    default: false
  wait:
    description: Wait until the port is open.
    type: bool
    default: true
seealso:
  - module: cloud66.cloud.c66_firewall_rule
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
- name: Let this controller connect for half an hour
  cloud66.cloud.c66_firewall_lease:
    stack: Awesome App
    ttl: 30

- name: Let somebody else connect to the database
  cloud66.cloud.c66_firewall_lease:
    stack: 5999b763474b0eafa5fafb64bff0ba80
    from_ip: 198.51.100.7
    port: 5432
"""

RETURN = r"""
---
lease:
  description: The lease that was opened, or the existing rule that already allows the same access.
  returned: success, and on failure after a write
  type: dict
  sample:
    stack_uid: 5999b763474b0eafa5fafb64bff0ba80
    from_ip: AUTO
    port: 22
    protocol: tcp
    ttl: 30
until:
  description: The estimated time when the lease ends, in ISO 8601.
  returned: when a lease was opened
  type: str
  sample: "2023-10-11T12:17:42Z"
action:
  description: The action that the task started. None if it started none or if the action is unknown.
  returned: success, and on failure after a write
  type: dict
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
    id: 6566418
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
  description: What is opened. Both sides are empty if an existing rule already allows the same access.
  returned: in diff mode
  type: dict
  sample:
    before: {}
    after: {stack_uid: 5999b763474b0eafa5fafb64bff0ba80, from_ip: AUTO, port: 22, protocol: tcp, ttl: 30}
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.command import CommandModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.firewall import CALLER, PROTOCOLS, Lease

ARGUMENTS = {
    "from_ip": {"type": "str", "default": CALLER},
    "port": {"type": "int", "default": 22},
    "protocol": {"type": "str", "choices": list(PROTOCOLS), "default": "tcp"},
    "ttl": {"type": "int", "default": 20},
    "group": {"type": "int"},
    "server": {"type": "str"},
    "renew": {"type": "bool", "default": False},
}

MODULE = CommandModule(Lease, ARGUMENTS)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
