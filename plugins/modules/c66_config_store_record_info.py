#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_config_store_record_info
short_description: Read the ConfigStore records of a Cloud 66 stack or account
version_added: 1.0.0
description:
  - Returns the records of one ConfigStore namespace. Values are only returned on request.
options:
  stack:
    description:
      - The UID or name of the stack whose namespace holds the records.
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
    description: Only return the record with this key.
    type: str
  include_values:
    description:
      - Also return the values, in base64 as Cloud 66 stores them. Any of them may be a secret.
      - The result is then hidden from all output, as with C(no_log). Use it through C(register).
      - Cannot be combined with C(async).
    type: bool
    default: false
  fields:
    description: Return only these fields of each record, such as V([key]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_config_store_record
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
- name: List the records of a stack
  cloud66.cloud.c66_config_store_record_info:
    stack: Awesome App

- name: Read a value of the account
  cloud66.cloud.c66_config_store_record_info:
    key: onesignal.api_key
    include_values: true
  register: result

- name: Write it to a file
  ansible.builtin.copy:
    content: "{{ result.config_store_records[0].raw_value | b64decode }}"
    dest: "{{ playbook_dir }}/onesignal.key"
    mode: "0600"
"""

RETURN = r"""
---
config_store_records:
  description: The records, as the API returns them.
  returned: success
  type: list
  elements: dict
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
    raw_value:
      description: The value in base64. May be a secret.
      returned: when O(include_values=true)
      type: str
  sample:
    - key: onesignal.api_key
      metadata: {owner: mobile team}
      ttl: 0
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.config_store_record import ConfigStoreRecord

MODULE = InfoModule(ConfigStoreRecord)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
