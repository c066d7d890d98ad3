#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_firewall_lease
short_description: Open a port of a Cloud 66 stack for a time
version_added: 0.2.0
description:
  - Opens a port of a stack's servers for an address, by default port 22 for the address that the request comes from,
    and lets Cloud 66 close it after a time.
  - A lease can neither be read as such nor closed. It ends by itself.
options:
  from_ip:
    description:
      - The address or network that may connect. V(AUTO) is the address that the request comes from, as Cloud 66 sees
        it. As that is not known here, such a lease is always opened anew and reported as a change.
      - For an address that is given, a rule that opens the same already means no change, unless O(renew=true).
    type: str
    default: AUTO
  port:
    description: The port.
    type: int
    default: 22
  protocol:
    description: The protocol.
    type: str
    choices: [tcp, udp, icmp]
    default: tcp
  ttl:
    description: How long it stays open. No source states the unit; all that is known points to minutes.
    type: int
    default: 20
  group:
    description: Open it on the servers of this server group only, by its id.
    type: int
  server:
    description: Open it on this server only, by its UID.
    type: str
  renew:
    description:
      - Open it also where a rule opens the same already, which may be a lease that ends soon.
    type: bool
    default: false
  wait:
    description: Wait until the port is open.
    type: bool
    default: true
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
- name: Let this controller in for half an hour
  cloud66.cloud.c66_firewall_lease:
    stack: Awesome App
    ttl: 30

- name: Let somebody else reach the database
  cloud66.cloud.c66_firewall_lease:
    stack: 5999b763474b0eafa5fafb64bff0ba80
    from_ip: 198.51.100.7
    port: 5432
"""

RETURN = r"""
---
lease:
  description: What was opened, or the rule that opens it already.
  returned: success, and when it has failed after its start
  type: dict
  sample:
    stack_uid: 5999b763474b0eafa5fafb64bff0ba80
    from_ip: AUTO
    port: 22
    protocol: tcp
    ttl: 30
until:
  description: Until when it is open, as far as is known, in ISO 8601.
  returned: when a lease was opened
  type: str
  sample: "2023-10-11T12:17:42Z"
action:
  description: The action that opens it. None where none was started.
  returned: success, and when it has failed after its start
  type: dict
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
    id: 6566418
    stack_uid: 5999b763474b0eafa5fafb64bff0ba80
    user: person@company.com
    resource_type: stack
    action: open_lease
    resource_id: "84195"
    started_via: api
    started_at: "2023-10-11T11:43:57Z"
    finished_at: "2023-10-11T11:47:42Z"
    finished_success: true
    finished_message: Completed successfully
    finished_result: {}
    metadata: {}
diff:
  description: What is opened. Both are empty where a rule opens it already.
  returned: in diff mode
  type: dict
  sample:
    before: {}
    after: {stack_uid: 5999b763474b0eafa5fafb64bff0ba80, from_ip: AUTO, port: 22, protocol: tcp, ttl: 30}
api:
  description: Requests sent, how many of them were sent again, and the hourly limit as Cloud 66 told it last.
  returned: when the API was called
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
