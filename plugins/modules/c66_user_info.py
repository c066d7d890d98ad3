#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_user_info
short_description: Read Cloud 66 users
version_added: 0.1.0
description:
  - Returns the users that the token's user can see, with their devices and access rights.
options:
  user_id:
    description: Only return this user. The task fails if the user does not exist.
    type: int
  email:
    description: Only return users with this email address.
    type: str
  fields:
    description: Return only these fields of each user, such as V([id, email]).
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
- name: List all users
  cloud66.cloud.c66_user_info:

- name: Find a user by email address
  cloud66.cloud.c66_user_info:
    email: jim@example.com
  register: result

- name: Show the user's id
  ansible.builtin.debug:
    msg: "{{ result.users | map(attribute='id') }}"
"""

RETURN = r"""
---
users:
  description:
    - The users as the API returns them, without the tokens of their devices. Each numeric code of a device also comes
      as a word.
    - Devices and access rights may be missing from a list of users. With O(user_id), they are present.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the user.
      type: int
    email:
      description: The e-mail address of the user.
      type: str
    primary_account_id:
      description: The id of the user's own account.
      type: int
    locked:
      description: Whether the user is locked out.
      type: bool
    access_profile:
      description: The user's rights in the account and on its stacks.
      type: dict
    devices:
      description: The user's devices (see M(cloud66.cloud.c66_device_info)).
      type: list
      elements: dict
  sample:
    - id: 2
      email: jim@example.com
      primary_account_id: 2
      locked: false
      access_profile:
        account_profile: {can_create_stack: true, can_admin_users: false, default_roles: [Viewer]}
        stack_profiles:
          - stack_uid: 740f81b98eb847fab0df538ea8780d9d
            role: Deployer
      uses_tfa: false
      timezone: UTC
      devices: []
      last_login: "2016-01-28T13:12:16Z"
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.user import User

MODULE = InfoModule(User)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
