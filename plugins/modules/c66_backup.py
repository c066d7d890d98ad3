#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_backup
short_description: Schedule or import managed backups of a Cloud 66 stack
version_added: 1.0.0
description:
  - Creates a schedule of managed backups, and waits for its first backup. With O(state=imported), imports a backup
    from a URL.
  - Cloud 66 cannot return schedules, only the backups that they have made. If a backup that looks the same has run, the
    module creates nothing and says so in a warning, unless O(force=true). A backup looks the same if it is of the same
    database type and, where given, has the same O(excluded_tables) and O(logical_backup). O(frequency) and
    O(keep_count) cannot be compared.
  - Schedules can only be seen, changed and removed in Cloud 66's dashboard, under Managed Backups of the stack.
options:
  state:
    description:
      - With V(present), a schedule exists.
      - With V(imported), a backup is copied from O(remote_url) into O(group). Nothing shows where a backup came from,
        so each run imports it again.
    type: str
    choices: [present, imported]
    default: present
  remote_url:
    description:
      - The URL of the backup to import. Secret, as it may contain credentials; never returned.
      - Required with O(state=imported). It cannot be combined with the options of a schedule.
    type: str
  group:
    description: The id of the backup group to import it into. Required with O(state=imported).
    type: int
  db_type:
    description:
      - The types of database to back up, or V(all).
      - With O(state=imported), the one type of the backup. It must be given then.
    type: list
    elements: str
    choices: [mysql, postgresql, redis, mongodb, all]
    default: [all]
  frequency:
    description: When to make backups, as a cron expression. By default, Cloud 66 decides.
    type: str
  keep_count:
    description: How many backups to keep. By default, Cloud 66 decides.
    type: int
  gzip:
    description: Whether to compress the backups.
    type: bool
  excluded_tables:
    description: Tables to leave out.
    type: list
    elements: str
  run_on_replica_server:
    description: Whether to make the backups on a replica.
    type: bool
  logical_backup:
    description: Whether to make text dumps instead of binary backups.
    type: bool
  force:
    description:
      - Create the schedule even if a backup that looks the same has run. Each run then creates another one.
      - It has no effect on imports.
    type: bool
    default: false
  wait:
    description:
      - Wait for the first backup or the imported one, as the list of backups shows it. The task fails if that backup
        fails. A backup of O(group) that a schedule makes at the same time counts as the imported one.
      - With a O(frequency) such as once a night, the first backup may come long after O(wait_timeout).
        Set V(false) then.
    type: bool
    default: true
notes:
  - If the answer to the request is lost, it is not sent again. The module looks for the backup for a minute, and
    otherwise fails, saying where to look.
seealso:
  - module: cloud66.cloud.c66_backup_info
  - module: cloud66.cloud.c66_backup_download
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
- name: Back up all databases every night
  cloud66.cloud.c66_backup:
    stack: Awesome App
    frequency: "15 3 * * *"
    keep_count: 14
    wait: false

- name: Back up MySQL every hour, without two tables, and wait for the first backup
  cloud66.cloud.c66_backup:
    stack: Storefront
    db_type: [mysql]
    frequency: "0 * * * *"
    excluded_tables: [sessions, page_views]

- name: Import a backup
  cloud66.cloud.c66_backup:
    stack: Storefront
    state: imported
    db_type: [mysql]
    group: 1345
    remote_url: "{{ vault_backup_url }}"
"""

RETURN = r"""
---
backup:
  description: >-
    The first backup, the existing one that looks the same, or the imported one. Without O(wait), what was requested.
  returned: success, and on failure after a write
  type: dict
  contains:
    stack_uid:
      description: The UID of the stack.
      type: str
    stack_name:
      description: The name of the stack.
      type: str
    environment:
      description: The environment of the stack.
      type: str
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
    id: 4
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
    stack_uid: f196c5b41758cb7977620d49eb1492ef
    stack_name: Storefront
    environment: staging
diff:
  description: The requested schedule or import. Both sides are empty if nothing is created.
  returned: in diff mode
  type: dict
  sample:
    before: {}
    after: {db_type: mysql, frequency: 0 * * * *, excluded_tables: "page_views,sessions"}
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.by_state import ByStateModule
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.command import CommandTask
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.backup_schedule import (
    ALL,
    KINDS,
    BackupImport,
    BackupSchedule,
)

ARGUMENTS = {
    "remote_url": {"type": "str", "no_log": True},
    "group": {"type": "int"},
    "db_type": {"type": "list", "elements": "str", "choices": list(KINDS), "default": [ALL]},
    "frequency": {"type": "str"},
    "keep_count": {"type": "int"},
    "gzip": {"type": "bool"},
    "excluded_tables": {"type": "list", "elements": "str"},
    "run_on_replica_server": {"type": "bool"},
    "logical_backup": {"type": "bool"},
    "force": {"type": "bool", "default": False},
}

OF_SCHEDULES = ("frequency", "keep_count", "gzip", "excluded_tables", "run_on_replica_server", "logical_backup")

MODULE = ByStateModule(
    {"present": (CommandTask, BackupSchedule), "imported": (CommandTask, BackupImport)},
    ARGUMENTS,
    required_if=[("state", "imported", ("remote_url", "group"))],
    mutually_exclusive=[("remote_url", option) for option in OF_SCHEDULES],
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
