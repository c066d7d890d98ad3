#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_backup_info
short_description: Read the managed backups of a Cloud 66 stack
version_added: 0.1.0
description:
  - Returns the backups of a stack's databases, or one of them. Backup schedules cannot be read.
options:
  backup_id:
    description: Only return this backup. The task fails if it does not exist.
    type: int
  group:
    description:
      - Only return backups of the backup group with this id.
      - Cloud 66 applies this filter. The API does not return a backup's group and cannot list groups.
      - Ignored with O(backup_id).
    type: int
  db_type:
    description: Only return backups of this database type, such as V(mysql), V(postgresql), V(redis) or V(mongodb).
    type: str
  fields:
    description: Return only these fields of each backup, such as V([id, backup_date_iso]).
    type: list
    elements: str
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
- name: List the MySQL backups of a backup group
  cloud66.cloud.c66_backup_info:
    stack: f196c5b41758cb7977620d49eb1492ef
    group: 1345
    db_type: mysql
  register: result

- name: Fail if the newest backup has failed
  ansible.builtin.assert:
    that: newest.backup_status_name == "ok"
    fail_msg: "Backup {{ newest.id }} has failed: {{ newest.backup_result }}"
  vars:
    newest: "{{ result.backups | sort(attribute='backup_date_iso') | last }}"
"""

RETURN = r"""
---
backups:
  description: The backups as the API returns them. Each numeric code also comes as a word.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the backup.
      type: int
    server_uid:
      description: The UID of the server that the backup was made on.
      type: str
    db_type:
      description: The type of the database.
      type: str
    database_name:
      description: The name of the database.
      type: str
    backup_date_iso:
      description: When the backup was made, in ISO 8601.
      type: str
    backup_status:
      description: The result of the backup, as a code.
      type: int
    backup_status_name:
      description: The result of the backup as a word, V(ok) or V(failed).
      type: str
    restore_status:
      description: Whether the backup was restored, as a code.
      type: int
    restore_status_name:
      description: >-
        Whether the backup was restored, as a word: V(not_restored), V(restoring), V(restored) or V(failed).
      type: str
    verify_status:
      description: Whether the backup was verified, as a code.
      type: int
    verify_status_name:
      description: >-
        Whether the backup was verified, as a word: V(not_verified), V(verifying), V(verified), V(failed) or V(unable).
      type: str
    backup_size:
      description: The size of the backup, presumably in bytes.
      type: int
  sample:
    - id: 4
      server_uid: e63e859d5ab72b0bcf14321f0ffb013d
      db_type: mysql
      database_name: test-db
      backup_date_iso: "2014-09-01T19:00:33Z"
      backup_status: 0
      backup_status_name: ok
      backup_result: ""
      restore_status: 0
      restore_status_name: not_restored
      verify_status: 0
      verify_status_name: not_verified
      skip_tables: ""
      backup_size: 0
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.backup import Backup

MODULE = InfoModule(Backup)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
