#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_user
short_description: Manage the access profile of a Cloud 66 user
version_added: 1.0.0
description:
  - Sets what a user may do in an account and on its stacks. What the task does not name stays as it is, unless O(purge)
    is set.
  - The module reads the whole access profile, changes it and sends it back. Two tasks that change the same user at the
    same time can undo each other's changes.
  - Cloud 66 has no call that adds or removes users. Invite and remove them in the dashboard.
options:
  user_id:
    description: The id of the user. Either this or O(email) is required.
    type: int
  email:
    description: The email address of the user.
    type: str
  account_profile:
    description:
      - Rights in the account, each V(true) or V(false), such as C(can_create_stack), C(can_admin_users),
        C(can_payment), C(can_view_audit) and C(can_edit_gateway). M(cloud66.cloud.c66_user_info) shows which there are.
        An unknown right is refused.
      - C(default_roles) is a list, the roles that the user has on new stacks. It is replaced as a whole.
    type: dict
  stack_profiles:
    description:
      - The user's roles on stacks. On each stack that is named here, the user has exactly these roles afterwards.
      - To remove the user's roles on a stack, give an empty list of roles.
    type: list
    elements: dict
    suboptions:
      stack:
        description: The name or UID of the stack.
        type: str
        required: true
      environment:
        description: The environment of the stack, if several stacks have the same name.
        type: str
      roles:
        description: The roles, such as V(Administrator), V(Deployer) or V(Viewer).
        type: list
        elements: str
        required: true
  purge:
    description:
      - Also withdraw what the task does not name. With O(account_profile), all other rights in the account become
        V(false) and, unless they are named, the default roles are removed. With O(stack_profiles), the roles on all
        other stacks are removed.
      - A part of the profile for which no option is given stays as it is.
    type: bool
    default: false
notes:
  - Finding a user requires the scope C(users).
seealso:
  - module: cloud66.cloud.c66_user_info
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Let a user deploy a stack
  cloud66.cloud.c66_user:
    email: jim@example.com
    stack_profiles:
      - stack: Awesome App
        roles: [Deployer]

- name: Let the user create stacks, and see the audit log
  cloud66.cloud.c66_user:
    email: jim@example.com
    account_profile:
      can_create_stack: true
      can_view_audit: true
      default_roles: [Viewer]

- name: Leave the user with this role on one stack, and none on others
  cloud66.cloud.c66_user:
    email: jim@example.com
    stack_profiles:
      - stack: Awesome App
        roles: [Viewer]
    purge: true
"""

RETURN = r"""
---
user:
  description: The user after the change, or as it would be in check mode, without the tokens of devices.
  returned: success, and on failure after a write
  type: dict
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
    id: 2
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
changes:
  description: The keys that were added, changed and removed (or would be in check mode), sorted.
  returned: success, and on failure after a write
  type: dict
  contains:
    added:
      description: Keys that did not exist before.
      type: list
      elements: str
    changed:
      description: Keys whose value changed.
      type: list
      elements: str
    removed:
      description: Keys that no longer exist.
      type: list
      elements: str
  sample: {added: [], changed: [jim@example.com], removed: []}
diff:
  description: The access profile before and after the change, under the email address of the user.
  returned: in diff mode
  type: dict
  sample:
    before:
      jim@example.com:
        account_profile: {can_create_stack: false, default_roles: [Viewer]}
        stack_profiles: []
    after:
      jim@example.com:
        account_profile: {can_create_stack: true, default_roles: [Viewer]}
        stack_profiles: []
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.values import ValuesModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.user import UserAccess

ARGUMENTS = {
    "user_id": {"type": "int"},
    "email": {"type": "str"},
    "account_profile": {"type": "dict"},
    "stack_profiles": {
        "type": "list",
        "elements": "dict",
        "options": {
            "stack": {"type": "str", "required": True},
            "environment": {"type": "str"},
            "roles": {"type": "list", "elements": "str", "required": True},
        },
    },
    "purge": {"type": "bool", "default": False},
}

MODULE = ValuesModule(
    UserAccess,
    ARGUMENTS,
    required_one_of=[("user_id", "email"), ("account_profile", "stack_profiles")],
    mutually_exclusive=[("user_id", "email")],
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
