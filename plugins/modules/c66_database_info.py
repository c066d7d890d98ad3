#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_database_info
short_description: Read the databases of a Cloud 66 server group
version_added: 1.0.0
description:
  - Returns the databases of a server group. Passwords are neither requested nor returned.
  - Reading makes Cloud 66 refresh the list on the servers. It is not known whether the result is from before or after.
options:
  server_group:
    description:
      - The server group of the database servers, by name or id. Cloud 66 refuses groups of other servers.
      - M(cloud66.cloud.c66_server_group_info) lists the groups of a stack.
    type: str
    required: true
  name:
    description: Only return the database with this name.
    type: str
  fields:
    description: Return only these fields of each database, such as V([name]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_database
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
- name: List the databases of the MySQL servers
  cloud66.cloud.c66_database_info:
    stack: Storefront
    server_group: Mysql Server
"""

RETURN = r"""
---
databases:
  description: The databases, as the API returns them.
  returned: success
  type: list
  elements: dict
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
    - stack_uid: f196c5b41758cb7977620d49eb1492ef
      uid: db_abc123
      name: app_production
      charset: utf8mb4
      collation: utf8mb4_unicode_ci
      size_bytes: 104857600
      created_at: "2023-01-15T10:30:00Z"
      users: [app_user, readonly_user]
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.database import Database

MODULE = InfoModule(Database)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
