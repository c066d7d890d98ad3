#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_stack_action
short_description: Run a command on a Cloud 66 stack
version_added: 0.2.0
description:
  - Restarts a stack or a part of it, reboots its servers, switches its maintenance mode, and so on.
  - The command is started once and waited for. When the answer is lost, it is looked for and never started again.
  - Only the maintenance mode of a stack can be read, so that a second run with O(command=maintenance_mode) changes
    nothing. Every other command is run each time and is reported as a change, also one that pauses or resumes what is
    paused or resumed already.
options:
  command:
    description:
      - What to do. Options that a command does not take are refused.
      - V(restart), V(clear_caches) and V(maintenance_mode) are for the whole stack.
      - V(reboot_servers) reboots the servers of a group of the stack.
      - V(service_pause), V(service_resume) and V(service_restart) are for a service of a stack with containers.
      - V(process_pause), V(process_resume) and V(process_restart) are for a background process.
      - V(container_restart) is for one container.
      - V(promote_slave_db), V(resync_slave_db) and V(disable_replication_slave_db) are for the database of a server.
    type: str
    required: true
    choices:
      - clear_caches
      - container_restart
      - disable_replication_slave_db
      - maintenance_mode
      - process_pause
      - process_restart
      - process_resume
      - promote_slave_db
      - reboot_servers
      - restart
      - resync_slave_db
      - service_pause
      - service_restart
      - service_resume
  enabled:
    description: Whether maintenance mode shall be on. O(command=maintenance_mode) needs it.
    type: bool
  container:
    description: The UID of the container. O(command=container_restart) needs it.
    type: str
  process:
    description: The name of the process, which the commands for a process need.
    type: str
  service:
    description: The name of the service, which the commands for a service need.
    type: str
  server:
    description:
      - The UID or the name of a server. The commands for a database need it.
      - The commands for a service or a process do their work on this server only.
    type: str
  db_type:
    description: Which of the databases of the server the commands for a database are for.
    type: str
    choices: [all, mysql, postgresql, redis, mongodb]
  strategy:
    description: Whether servers reboot one after another or at once. O(command=reboot_servers) needs it.
    type: str
    choices: [serial, parallel]
  group:
    description:
      - Which servers O(command=reboot_servers) reboots, such as V(all), V(web), V(mysql) or V(redis).
      - Without it, Cloud 66 reboots those of the group V(web).
    type: str
  wait:
    description: Wait until the work has ended. Maintenance mode is read again then.
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
seealso:
  - module: cloud66.cloud.c66_action_info
"""

EXAMPLES = r"""
---
- name: Show visitors the maintenance page
  cloud66.cloud.c66_stack_action:
    stack: Awesome App
    command: maintenance_mode
    enabled: true

- name: Restart one service
  cloud66.cloud.c66_stack_action:
    stack: Storefront
    environment: staging
    command: service_restart
    service: web

- name: Reboot all servers, one after another
  cloud66.cloud.c66_stack_action:
    stack: Awesome App
    command: reboot_servers
    strategy: serial
    group: all
    wait_timeout: 3600

- name: Make a replica the master
  cloud66.cloud.c66_stack_action:
    stack: Awesome App
    command: promote_slave_db
    server: Caribou
    db_type: postgresql
"""

RETURN = r"""
---
stack_action:
  description: What was run, with the options that were given for it.
  returned: success, and when it has failed after its start
  type: dict
  sample:
    stack_uid: 5999b763474b0eafa5fafb64bff0ba80
    command: maintenance_mode
    enabled: true
action:
  description: The action that does it. None where none was started.
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
    action: maintenance_mode
    resource_id: "84195"
    started_via: api
    started_at: "2023-10-11T11:43:57Z"
    finished_at: "2023-10-11T11:47:42Z"
    finished_success: true
    finished_message: Completed successfully
    finished_result: {}
    metadata: {}
diff:
  description: Maintenance mode before and after the change; what is run for other commands. Empty without a change.
  returned: in diff mode
  type: dict
  sample:
    before: {maintenance_mode: false}
    after: {maintenance_mode: true}
api:
  description: Requests sent, how many of them were sent again, and the hourly limit as Cloud 66 told it last.
  returned: when the API was called
  type: dict
  sample: {requests: 4, retries: 0, rate_limit: {limit: 3000, remaining: 2996}}
"""

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.command import CommandModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.stack_action import COMMANDS, StackAction

ARGUMENTS = {
    "command": {"type": "str", "required": True, "choices": list(COMMANDS)},
    "enabled": {"type": "bool"},
    "container": {"type": "str"},
    "process": {"type": "str"},
    "service": {"type": "str"},
    "server": {"type": "str"},
    "db_type": {"type": "str", "choices": ["all", "mysql", "postgresql", "redis", "mongodb"]},
    "strategy": {"type": "str", "choices": ["serial", "parallel"]},
    "group": {"type": "str"},
}

MODULE = CommandModule(
    StackAction,
    ARGUMENTS,
    required_if=[("command", name, list(command.needs)) for name, command in COMMANDS.items() if command.needs],
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
