#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_backup_download
short_description: Download a managed backup of a Cloud 66 stack
version_added: 1.0.0
description:
  - Downloads all segments of a backup in parallel and joins them into one file, by default of the newest good backup.
  - The file appears whole or not at all. Until then, the data is in a temporary file beside it, whose name begins with
    a dot. A task that is interrupted or fails is resumed by the next one.
  - Beside the file, C(.NAME.c66.json) records which backup it is, with its size and its SHA-256 checksum. If it is the
    wanted backup and the file still has this checksum, nothing is downloaded. Cloud 66 has no checksum to compare with.
  - The size of each segment is compared with the one that the storage states. A missing segment is an error.
options:
  dest:
    description:
      - The file to write. Its directory must exist. An existing file is replaced, unless it is the wanted backup.
      - The new file can only be read by its owner, because it has the data of the database.
    type: path
    required: true
  backup_id:
    description: Download the backup with this id instead of the newest good one.
    type: int
  db_type:
    description:
      - Only choose among backups of this database type, such as V(mysql).
      - Required, or O(database_name), if the stack has backups of several databases.
    type: str
  database_name:
    description: Only choose among backups of the database with this name.
    type: str
  group:
    description: Only choose among backups of the backup group with this id.
    type: int
  verified:
    description: Only choose among backups that Cloud 66 has verified.
    type: bool
    default: false
  workers:
    description: How many segments to download in parallel, from V(1) to V(64).
    type: int
    default: 8
notes:
  - The backup comes from a storage provider, which gets no token. The options O(proxy), O(ca_path), O(validate_certs)
    and O(api_timeout) hold for it too. O(api_retries) is how often a broken download is resumed without any progress.
  - The signed URLs of the segments are never shown. If one expires, another is requested.
  - One request for each segment counts towards the hourly limit.
  - The module runs where the task runs, and writes the file there.
attributes:
  check_mode:
    details: Whether the file would be downloaded is predicted, but not its checksum.
seealso:
  - module: cloud66.cloud.c66_backup_info
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.stack
  - cloud66.cloud.attributes.c66_stack
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Download the newest good MySQL backup
  cloud66.cloud.c66_backup_download:
    stack: Storefront
    db_type: mysql
    dest: "{{ playbook_dir }}/storefront.tar"
  register: download

- name: Check the file
  ansible.builtin.stat:
    path: "{{ download.file }}"
    checksum_algorithm: sha256
  register: file
  failed_when: file.stat.checksum != download.checksum

- name: Download a certain backup, two segments at once
  cloud66.cloud.c66_backup_download:
    stack: f196c5b41758cb7977620d49eb1492ef
    backup_id: 4153
    dest: "{{ playbook_dir }}/backup-4153.tar"
    workers: 2
"""

RETURN = r"""
---
file:
  description: The absolute path of the file.
  returned: success
  type: str
  sample: /var/backups/storefront.tar
checksum:
  description: The SHA-256 checksum of the file. None in check mode if it would be downloaded.
  returned: success
  type: str
  sample: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
size:
  description: The size of the file in bytes. None in check mode if it would be downloaded.
  returned: success
  type: int
  sample: 1048576
downloaded:
  description: How many bytes this task has downloaded. Less than the size if it resumed an earlier one.
  returned: success
  type: int
  sample: 1048576
backup:
  description: The backup.
  returned: success
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
files:
  description: The segments of the backup, in order.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the segment.
      type: str
    name:
      description: The name of the segment.
      type: str
  sample:
    - id: tar-aa
      name: test_db_11.tar-aa
    - id: tar-ab
      name: test_db_11.tar-ab
diff:
  description: Which backup the file is, and would be.
  returned: in diff mode
  type: dict
  sample: {before: {backup_id: 4153}, after: {backup_id: 4177}}
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.download import DownloadModule

MODULE = DownloadModule()


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
