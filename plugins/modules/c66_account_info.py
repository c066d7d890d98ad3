#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_account_info
short_description: Read the Cloud 66 accounts of the token's user
version_added: 1.0.0
description:
  - Returns the accounts that the token's user belongs to. Their ids are values for O(account_id).
options:
  id:
    description: Only read the account with this id. Fails if there is none.
    type: int
  current:
    description: Only return the account that is used without O(account_id), or with V(false) the others.
    type: bool
  fields:
    description: Return only these fields of each account, such as V([id, friendly_name]).
    type: list
    elements: str
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: List the accounts
  cloud66.cloud.c66_account_info:
  register: result

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ result.accounts | items2dict(key_name='id', value_name='friendly_name') }}"
"""

RETURN = r"""
---
accounts:
  description: The accounts, as the API returns them, without the script that registers servers.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the account.
      type: int
    owner:
      description: The email address of its owner.
      type: str
    friendly_name:
      description: The name of the account.
      type: str
    current_account:
      description: Whether it is used without O(account_id).
      type: bool
    stack_count:
      description: The number of its stacks.
      type: int
    used_clouds:
      description: The clouds that it uses.
      type: list
      elements: str
    configstore_namespace:
      description: The namespace of its ConfigStore records.
      type: str
  sample:
    - id: 139
      owner: owner@example.com
      friendly_name: Acme
      current_account: true
      stack_count: 2
      used_clouds: [digitalocean]
      configstore_namespace: account-139
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.account import Account

MODULE = InfoModule(Account)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
