#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_database_user_info
short_description: Read the database users of a Cloud 66 server group
version_added: 1.0.0
description:
  - Returns the database users of a server group. Passwords are neither requested nor returned.
  - Reading makes Cloud 66 refresh the list on the servers. It is not known whether the result is from before or after.
options:
  server_group:
    description:
      - The server group of the database servers, by name or id. Cloud 66 refuses groups of other servers.
      - M(cloud66.cloud.c66_server_group_info) lists the groups of a stack.
    type: str
    required: true
  username:
    description: Only return the database user with this name.
    type: str
  fields:
    description: Return only these fields of each database user, such as V([username]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_database_user
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
- name: List the database users of the MySQL servers
  cloud66.cloud.c66_database_user_info:
    stack: Storefront
    server_group: Mysql Server
"""

RETURN = r"""
---
database_users:
  description: The database users, as the API returns them.
  returned: success
  type: list
  elements: dict
  contains:
    stack_uid:
      description: The UID of the stack.
      type: str
    uid:
      description: The UID of the database user.
      type: str
    username:
      description: The name of the database user.
      type: str
    databases:
      description: The databases that it may use.
      type: list
      elements: str
  sample:
    - stack_uid: f196c5b41758cb7977620d49eb1492ef
      uid: user_abc123
      username: app_user
      databases: [app_production, app_staging]
      user_type: application
      created_at: "2023-01-15T10:30:00Z"
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.database import DatabaseUser

MODULE = InfoModule(DatabaseUser)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
