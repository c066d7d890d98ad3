#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_user_info
short_description: Read the users of Cloud 66
version_added: 0.1.0
description:
  - Returns the users that the token's user may see, with their devices and access rights.
options:
  user_id:
    description: Return this user only. When it is not found, the task fails.
    type: int
  email:
    description: Return the users with this e-mail address.
    type: str
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

- name: Find a user by the e-mail address
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
    - The users, as the API returns them, with the codes of their devices in words too and without device tokens.
    - Devices and access rights may be missing in a list; with O(user_id) they are there.
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
      description: What the user may do in the account and with its stacks.
      type: dict
    devices:
      description: The devices of the user (see M(cloud66.cloud.c66_device_info)).
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
  description: Requests sent, how many of them were sent again, and the hourly limit as Cloud 66 told it last.
  returned: when the API was called
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
