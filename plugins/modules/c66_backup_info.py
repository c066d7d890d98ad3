#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_backup_info
short_description: Read the managed backups of Cloud 66 stacks
version_added: 0.1.0
description:
  - Returns the backups of the databases of one, several or all stacks, and judges the newest good one of each database.
  - Stacks are read in parallel. Each takes one request for every 30 backups.
  - Backup schedules cannot be read.
options:
  stack:
    description:
      - The stacks whose backups to return, by UID or name. By default, all stacks.
      - The task fails if several stacks have the same name; use the UID instead.
    type: list
    elements: str
  environment:
    description: Only return the backups of stacks in this environment.
    type: str
  backup_id:
    description: Only read the backup with this id, of the only stack in O(stack). Fails if there is none.
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
  database_name:
    description: Only return backups of the database with this name.
    type: str
    version_added: 1.0.0
  failed_only:
    description: Only return failed backups in RV(backups). All backups are still judged in RV(audited_databases).
    type: bool
    default: false
    version_added: 1.0.0
  max_age:
    description:
      - How old the newest good backup of a database may be, such as V(26h), V(2d), V(90m) or a number of seconds.
      - Databases whose newest good backup is older are returned in RV(overdue). Ages are measured by Cloud 66's clock.
    type: str
    version_added: 1.0.0
  verified:
    description: Only count a backup as good if Cloud 66 has verified it.
    type: bool
    default: false
    version_added: 1.0.0
  workers:
    description: How many stacks to read in parallel, from V(1) to V(64).
    type: int
    default: 8
    version_added: 1.0.0
  skip_failed:
    description:
      - Skip stacks whose backups cannot be read, with a warning, and return them in RV(failed_stacks).
      - Errors that affect all stacks, such as an invalid token or the hourly limit, still fail the task.
    type: bool
    default: false
    version_added: 1.0.0
  fields:
    description: Return only these fields of each backup, such as V([id, backup_date_iso]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_backup
  - module: cloud66.cloud.c66_backup_download
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
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

- name: Fail unless every database of the stack has a good backup that is young enough
  cloud66.cloud.c66_backup_info:
    stack: Storefront
    max_age: "{{ longest_age }}"  # such as 26h
  register: audit
  failed_when: audit is failed or (audit.overdue + audit.without_backups) | length > 0

- name: Show what has failed on all stacks
  cloud66.cloud.c66_backup_info:
    failed_only: true
    fields: [stack_name, database_name, backup_date_iso, backup_result]
    workers: 16
    skip_failed: true
"""

RETURN = r"""
---
backups:
  description: The backups as the API returns them. Each numeric code also comes as a word.
  returned: success
  type: list
  elements: dict
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
      stack_uid: f196c5b41758cb7977620d49eb1492ef
      stack_name: Storefront
      environment: staging
audited_databases:
  description: Each database of which there are backups, with its newest good backup.
  returned: success
  type: list
  elements: dict
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
    db_type:
      description: The type of the database.
      type: str
    database_name:
      description: The name of the database.
      type: str
    backup_id:
      description: The id of the newest good backup. None if there is none.
      type: int
    backup_date_iso:
      description: When it was made, in ISO 8601.
      type: str
    verify_status_name:
      description: Whether it was verified, as a word.
      type: str
    age:
      description: Its age in seconds.
      type: int
    problem:
      description: Why the backups are not as wanted. None if they are.
      type: str
  sample:
    - stack_uid: f196c5b41758cb7977620d49eb1492ef
      stack_name: Storefront
      environment: staging
      db_type: mysql
      database_name: test-db
      backup_id: 4
      backup_date_iso: "2014-09-01T19:00:33Z"
      verify_status_name: not_verified
      age: 97200
      problem: its newest good backup is 27 hours old, and not at most 26 hours
overdue:
  description: The entries of RV(audited_databases) that have a problem.
  returned: success
  type: list
  elements: dict
  sample:
    - stack_uid: f196c5b41758cb7977620d49eb1492ef
      stack_name: Storefront
      environment: staging
      db_type: mysql
      database_name: test-db
      backup_id: 4
      backup_date_iso: "2014-09-01T19:00:33Z"
      verify_status_name: not_verified
      age: 97200
      problem: its newest good backup is 27 hours old, and not at most 26 hours
without_backups:
  description: The stacks without any backup.
  returned: success
  type: list
  elements: dict
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
  sample: []
failed_stacks:
  description: The stacks that were skipped because their backups could not be read (see O(skip_failed)).
  returned: success
  type: list
  elements: dict
  sample:
    - stack_uid: f196c5b41758cb7977620d49eb1492ef
      stack_name: Storefront
      environment: staging
      msg: Cannot read the backups of stack Storefront (staging, f196c5b41758cb7977620d49eb1492ef).
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

MODULE = InfoModule(Backup, required_by={"backup_id": ["stack"]})


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
