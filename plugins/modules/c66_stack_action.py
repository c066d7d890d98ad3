#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_stack_action
short_description: Run a command on a Cloud 66 stack
version_added: 1.0.0
description:
  - Restarts a stack or part of it, reboots its servers, switches maintenance mode on or off, and so on.
  - The command is started only once. If the answer is lost, the module looks for the command and never starts it again.
  - Only maintenance mode can be read, so a second run with O(command=maintenance_mode) changes nothing. All other
    commands run every time and report a change, even if, for example, the service is already paused.
options:
  command:
    description:
      - The command to run. Options that do not belong to the command are refused.
      - V(restart), V(clear_caches) and V(maintenance_mode) apply to the whole stack.
      - V(reboot_servers) applies to a group of servers.
      - V(service_pause), V(service_resume) and V(service_restart) apply to a service of a container stack.
      - V(process_pause), V(process_resume) and V(process_restart) apply to a background process.
      - V(container_restart) applies to one container.
      - V(promote_slave_db), V(resync_slave_db) and V(disable_replication_slave_db) apply to the databases of a server.
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
    description: Whether maintenance mode should be on. Required for O(command=maintenance_mode).
    type: bool
  container:
    description: The UID of the container. Required for O(command=container_restart).
    type: str
  process:
    description: The name of the process. Required for the process commands.
    type: str
  service:
    description: The name of the service. Required for the service commands.
    type: str
  server:
    description:
      - The UID or name of a server. Required for the database commands.
      - Limits the service and process commands to this server.
    type: str
  db_type:
    description: The database that the database commands apply to.
    type: str
    choices: [all, mysql, postgresql, redis, mongodb]
  strategy:
    description: Whether to reboot servers one by one or all at once. Required for O(command=reboot_servers).
    type: str
    choices: [serial, parallel]
  group:
    description:
      - The servers that O(command=reboot_servers) reboots, such as V(all), V(web), V(mysql) or V(redis).
      - By default, Cloud 66 reboots the group V(web).
    type: str
  wait:
    description: Wait until the command has ended. Maintenance mode is read back afterwards.
    type: bool
    default: true
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.stack
  - cloud66.cloud.waiting
  - cloud66.cloud.attributes.c66_stack
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
seealso:
  - module: cloud66.cloud.c66_action_info
"""

EXAMPLES = r"""
---
- name: Switch on maintenance mode
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

- name: Reboot all servers, one by one
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
  description: The command that was run, with the options given for it.
  returned: success, and on failure after a write
  type: dict
  sample:
    stack_uid: 5999b763474b0eafa5fafb64bff0ba80
    command: maintenance_mode
    enabled: true
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
  description: Maintenance mode before and after the change. For other commands, the command. Empty if nothing changes.
  returned: in diff mode
  type: dict
  sample:
    before: {maintenance_mode: false}
    after: {maintenance_mode: true}
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
