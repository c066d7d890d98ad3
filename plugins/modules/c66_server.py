#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_server
short_description: Reboot the servers of a Cloud 66 stack in batches
version_added: 1.0.0
description:
  - Reboots one server or many servers of a stack, by default one at a time.
  - Waits until all servers of a batch are healthy before the next batch begins. If one does not become healthy, the
    task fails and leaves the rest alone. The message says which servers were rebooted, are not healthy, or were not
    rebooted.
  - Each run reboots the servers and reports a change.
  - Each reboot is started only once. If the answer is lost, the module looks for the action and never starts it again.
options:
  servers:
    description:
      - The servers to reboot, by name or UID, in this order. An empty list reboots none.
      - Exactly one of O(servers), O(group), O(role) and O(all) is required.
    type: list
    elements: str
  group:
    description: Reboot the servers of the server group with this name or id.
    type: str
  role:
    description: Reboot the servers that have this role, such as V(web) or V(mysql).
    type: str
  all:
    description: Reboot all servers of the stack.
    type: bool
  batch:
    description:
      - How many servers to reboot at the same time. Either a count, such as V(2), or a share of the selected servers,
        such as V(25%).
      - A share is rounded down, but a batch has at least one server.
    type: str
    default: "1"
  state:
    description: V(rebooted) reboots the servers. It is the only state.
    type: str
    required: true
    choices: [rebooted]
  wait:
    description:
      - Wait until all servers of a batch are healthy. O(wait_timeout) applies to each batch.
      - V(false) is refused if there is more than one batch.
    type: bool
    default: true
notes:
  - It is not documented which scope a reboot requires. It is probably C(redeploy) or C(admin).
  - Cloud 66's actions do not say which server they reboot. If the answer is lost while somebody else reboots a server
    of the stack, their action may be mistaken for that of the task.
seealso:
  - module: cloud66.cloud.c66_server_info
  - module: cloud66.cloud.c66_server_group_info
  - module: cloud66.cloud.c66_stack_action
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
- name: Reboot one server
  cloud66.cloud.c66_server:
    stack: Awesome App
    servers: [Caribou]
    state: rebooted

- name: Show which web servers would be rebooted together
  cloud66.cloud.c66_server:
    stack: Awesome App
    role: web
    batch: 25%
    state: rebooted
  check_mode: true
  register: plan

- name: Reboot all servers, two at a time
  cloud66.cloud.c66_server:
    stack: Awesome App
    all: true
    batch: 2
    state: rebooted
    wait_timeout: 900
"""

RETURN = r"""
---
servers:
  description: The selected servers as last read, in the order of their reboots. In check mode, as they would be.
  returned: success, and on failure after a write
  type: list
  elements: dict
  contains:
    uid:
      description: The UID of the server.
      type: str
    name:
      description: The name of the server.
      type: str
    stack_uid:
      description: The UID of the server's stack.
      type: str
    stack_name:
      description: The name of the server's stack.
      type: str
    environment:
      description: The environment of the server's stack.
      type: str
    address:
      description: The address that Cloud 66 uses to reach the server.
      type: str
    user_name:
      description: The user that Cloud 66 logs in as.
      type: str
    server_roles:
      description: What the server does, such as V(web) and V(mysql).
      type: list
      elements: str
    server_group_id:
      description: The id of the server group.
      type: int
    health_state:
      description: The health of the server, as a code.
      type: int
    health_state_name:
      description: "The health of the server, as a word: V(unknown), V(building), V(partial), V(ok) or V(broken)."
      type: str
  sample:
    - uid: f8468fc145ea49bac474b30a8fea888d
      name: Caribou
      stack_uid: 5acd43412ea412e32897c40d46f91183
      stack_name: Awesome App
      environment: production
      address: 146.185.133.183
      ext_ipv4: 146.185.133.183
      int_ipv4: 146.185.133.183
      dns_record: caribou.sb-elastic-1.dev.c66.me
      user_name: root
      distro: ubuntu
      distro_version: "14.04"
      server_type: "Cloud (DigitalOcean) "
      server_roles: [rails, postgresql, elasticsearch, web, app, db]
      server_group_id: 128
      has_agent: true
      region: "2"
      health_state: 3
      health_state_name: ok
batches:
  description:
    - The names of the servers in each batch, in order. In check mode, those that would be rebooted.
    - After a failure, only the servers whose reboot was started, or may have been.
  returned: success, and on failure after a write
  type: list
  elements: list
  sample: [[Lion, Tiger], [Caribou]]
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
  description: The batches. Empty if no server is selected.
  returned: in diff mode
  type: dict
  sample:
    before: {}
    after: {batches: [[Lion, Tiger], [Caribou]]}
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine import batches
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.by_state import ByStateModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.server_reboot import ServerReboot

SELECTIONS = ("servers", "group", "role", "all")
ARGUMENTS = {
    "servers": {"type": "list", "elements": "str"},
    "group": {"type": "str"},
    "role": {"type": "str"},
    "all": {"type": "bool"},
    **batches.ARGUMENTS,
}

MODULE = ByStateModule(
    {"rebooted": (batches.BatchesTask, ServerReboot)},
    ARGUMENTS,
    required_one_of=[SELECTIONS],
    mutually_exclusive=[SELECTIONS],
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
