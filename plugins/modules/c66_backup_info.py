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
  - Returns the backups that were made of a stack's databases, or one of them. Backup schedules cannot be read.
options:
  backup_id:
    description: Return this backup only. When it is not found, the task fails.
    type: int
  group:
    description:
      - Return the backups of this backup group, by its id.
      - Cloud 66 filters by it. No backup says which group it belongs to, and no call lists the groups.
      - Not used with O(backup_id).
    type: int
  db_type:
    description: Return the backups of this type of database, such as V(mysql), V(postgresql), V(redis) or V(mongodb).
    type: str
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.stack
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: List the mysql backups of a backup group
  cloud66.cloud.c66_backup_info:
    stack: f196c5b41758cb7977620d49eb1492ef
    group: 1345
    db_type: mysql
  register: result

- name: Fail when the newest of them has failed
  ansible.builtin.assert:
    that: newest.backup_status_name == "ok"
    fail_msg: "Backup {{ newest.id }} has failed: {{ newest.backup_result }}"
  vars:
    newest: "{{ result.backups | sort(attribute='backup_date_iso') | last }}"
"""

RETURN = r"""
---
backups:
  description:
    - The backups, as the API returns them, with numeric codes in words too.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the backup.
      type: int
    server_uid:
      description: The UID of the server that it was made on.
      type: str
    db_type:
      description: The type of the database.
      type: str
    database_name:
      description: The name of the database.
      type: str
    backup_date_iso:
      description: When it was made, in ISO 8601.
      type: str
    backup_status:
      description: How it ended, as a code.
      type: int
    backup_status_name:
      description: How it ended in a word, V(ok) or V(failed).
      type: str
    restore_status:
      description: Whether it was restored, as a code.
      type: int
    restore_status_name:
      description: The same in a word, one of V(not_restored), V(restoring), V(restored) and V(failed).
      type: str
    verify_status:
      description: Whether it was verified, as a code.
      type: int
    verify_status_name:
      description: The same in a word, one of V(not_verified), V(verifying), V(verified), V(failed) and V(unable).
      type: str
    backup_size:
      description: Its size, presumably in bytes.
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
  description: Requests sent, how many of them were sent again, and the hourly limit as Cloud 66 told it last.
  returned: when the API was called
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
