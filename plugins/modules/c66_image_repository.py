#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_image_repository
short_description: Manage the image repositories of a Cloud 66 account
version_added: 1.0.0
description:
  - Adds the credentials for an image registry to an account, changes them, or removes them. The stacks of the account
    pull images with these credentials.
  - O(url) and O(username) together identify an image repository. Changing either identifies another one.
  - Cloud 66 never returns passwords, so a different O(password) alone is not detected. See O(update_password).
options:
  url:
    description: The URL of the registry, such as V(https://quay.io).
    type: str
    required: true
  username:
    description: The user who logs in to the registry.
    type: str
    required: true
  email:
    description: The email address of that user. Required for a new image repository.
    type: str
  password:
    description:
      - The password or access token of that user. Secret; never returned.
      - Required for a new image repository. Also required to change an existing one, because every change replaces the
        password.
    type: str
  update_password:
    description:
      - When to send O(password) to an existing image repository.
      - V(on_create) sends it only together with another change.
      - V(always) sends it on every run, so every run reports a change.
    type: str
    choices: [on_create, always]
    default: on_create
  state:
    description:
      - Whether the image repository should exist.
      - V(absent) removes every entry with this O(url) and O(username), in case Cloud 66 has stored more than one.
    type: str
    choices: [present, absent]
    default: present
notes:
  - Image repositories belong to an account, which is O(account_id) or else the account of the token's user.
  - ansible-core 2.19 and newer show the source lines of a failed task. Do not write the password into the task; use a
    variable or a vault.
seealso:
  - module: cloud66.cloud.c66_image_repository_info
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Let the stacks of the account pull from a private registry
  cloud66.cloud.c66_image_repository:
    url: https://quay.io
    username: kickass
    email: kickass@company.com
    password: "{{ vault_quay_password }}"

- name: Replace the password after a rotation
  cloud66.cloud.c66_image_repository:
    url: https://quay.io
    username: kickass
    email: kickass@company.com
    password: "{{ vault_quay_password }}"
    update_password: always

- name: Remove the credentials
  cloud66.cloud.c66_image_repository:
    url: https://quay.io
    username: kickass
    state: absent
"""

RETURN = r"""
---
image_repository:
  description:
    - The image repository after the change, or as it would be in check mode, without its password. None if it is
      absent.
  returned: success, and on failure after a write
  type: dict
  contains:
    id:
      description: The id of the image repository.
      type: int
    url:
      description: The URL of the registry.
      type: str
    username:
      description: The user who logs in to the registry.
      type: str
    email:
      description: The email address of that user.
      type: str
    created_at_iso:
      description: When it was added, in ISO 8601.
      type: str
    updated_at_iso:
      description: When it was last changed, in ISO 8601.
      type: str
  sample:
    id: 283
    url: https://quay.io
    username: kickass
    email: kickass@company.com
    created_at_iso: "2015-12-03T14:30:17Z"
    updated_at_iso: "2015-12-03T14:30:17Z"
diff:
  description: The fields that the task sets, before and after the change, with the password hidden.
  returned: in diff mode
  type: dict
  sample:
    before:
      url: https://quay.io
      username: kickass
      email: old@company.com
    after:
      url: https://quay.io
      username: kickass
      email: kickass@company.com
      password: VALUE_SPECIFIED_IN_NO_LOG_PARAMETER
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.image_repository import ImageRepository

MODULE = StateModule(ImageRepository)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
