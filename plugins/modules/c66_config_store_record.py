#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_config_store_record
short_description: Manage the ConfigStore records of a Cloud 66 stack or account
version_added: 1.0.0
description:
  - Adds a record to ConfigStore, changes it, or removes it.
  - A record has a key and a value, and lives in the namespace of a stack or of an account.
  - Values never appear in results, diffs or messages.
options:
  stack:
    description:
      - The UID or name of the stack whose namespace holds the record.
      - By default, the namespace of the account is used, which is O(account_id) or else the account of the token's
        user.
    type: str
  environment:
    description: The environment of O(stack). Needed when several stacks have the same name.
    type: str
  namespace:
    description:
      - The namespace, as in C(configstore_namespace) of a stack or an account. Overrides O(stack).
    type: str
  key:
    description: The key of the record. It may contain any characters, including dots and slashes.
    type: str
    required: true
  value:
    description:
      - The value, a string. The module encodes it in base64, as Cloud 66 stores it. Secret; never returned.
      - Required for a new record. An existing record keeps its value if this is omitted.
    type: str
  metadata:
    description:
      - Strings that describe the record, by name. They replace all existing ones; V({}) removes all.
      - An existing record keeps them if this is omitted.
    type: dict
  ttl:
    description:
      - The time to live of the record. Its unit is undocumented; V(0) is the same as none.
      - An existing record keeps it if this is omitted.
    type: int
  state:
    description: Whether the record should exist.
    type: str
    choices: [present, absent]
    default: present
notes:
  - With C(module_defaults) of the group C(c66_stack), the records are those of that stack. To manage the records of the
    account, set O(namespace), which takes precedence.
  - ansible-core 2.19 and newer show the source lines of a failed task. Do not write a secret into the task; use a
    variable or a vault.
seealso:
  - module: cloud66.cloud.c66_config_store_record_info
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes.c66_stack
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Store an API key for one stack
  cloud66.cloud.c66_config_store_record:
    stack: Awesome App
    key: onesignal.api_key
    value: "{{ vault_onesignal_api_key }}"
    metadata:
      owner: mobile team

- name: Store a file for all stacks of the account
  cloud66.cloud.c66_config_store_record:
    key: ca.pem
    value: "{{ lookup('ansible.builtin.file', 'ca.pem', rstrip=false) }}"

- name: Clear the metadata of a record and keep its value
  cloud66.cloud.c66_config_store_record:
    stack: Awesome App
    key: onesignal.api_key
    metadata: {}

- name: Remove a record
  cloud66.cloud.c66_config_store_record:
    stack: Awesome App
    key: onesignal.api_key
    state: absent
"""

RETURN = r"""
---
config_store_record:
  description:
    - The record after the change, or as it would be in check mode, without its value. None if it is absent.
  returned: success, and on failure after a write
  type: dict
  contains:
    key:
      description: The key.
      type: str
    metadata:
      description: Strings that describe the record, by name.
      type: dict
    ttl:
      description: The time to live. Its unit is undocumented.
      type: int
  sample:
    key: onesignal.api_key
    metadata: {owner: mobile team}
    ttl: 0
diff:
  description: The fields that the task sets, before and after the change, with the value hidden.
  returned: in diff mode
  type: dict
  sample:
    before: {}
    after:
      key: onesignal.api_key
      metadata: {owner: mobile team}
      raw_value: VALUE_SPECIFIED_IN_NO_LOG_PARAMETER
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.config_store_record import ConfigStoreRecord

MODULE = StateModule(ConfigStoreRecord)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
