#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_database
short_description: Create databases in a Cloud 66 server group
version_added: 1.0.0
description:
  - Creates a database on the servers of a server group, unless it exists.
  - Cloud 66 has no call that changes or removes one. If it exists and is not as wanted, or is to be absent, the task
    fails and says where that can be done.
options:
  server_group:
    description:
      - The server group of the database servers, by name or id. Cloud 66 refuses groups of other servers.
      - M(cloud66.cloud.c66_server_group_info) lists the groups of a stack.
    type: str
    required: true
  name:
    description: The name of the database.
    type: str
    required: true
  users:
    description: The users that may use it, by name or UID. They must exist. They can only be set for a new database.
    type: list
    elements: str
  state:
    description: Whether the database exists. V(absent) fails if it does.
    type: str
    choices: [present, absent]
    default: present
  wait:
    description: Wait until the database has been created.
    type: bool
    default: true
notes:
  - Cloud 66 documents this only in part. It is not known which scope the token needs.
seealso:
  - module: cloud66.cloud.c66_database_info
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
- name: Create a database
  cloud66.cloud.c66_database:
    stack: Storefront
    server_group: Mysql Server
    name: reports
    users: [app_user]
"""

RETURN = r"""
---
database:
  description: The database after the change.
  returned: success, and on failure after a write
  type: dict
  contains:
    stack_uid:
      description: The UID of the stack.
      type: str
    uid:
      description: The UID of the database.
      type: str
    name:
      description: The name of the database.
      type: str
    users:
      description: The users that may use it.
      type: list
      elements: str
  sample:
    stack_uid: f196c5b41758cb7977620d49eb1492ef
    uid: db_abc123
    name: app_production
    charset: utf8mb4
    collation: utf8mb4_unicode_ci
    size_bytes: 104857600
    created_at: "2023-01-15T10:30:00Z"
    users: [app_user, readonly_user]
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
  description: What is created. Both sides are the same if nothing is.
  returned: in diff mode
  type: dict
  sample: {before: {}, after: {name: reports, users: [app_user]}}
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.database import NewDatabase

MODULE = StateModule(NewDatabase)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
