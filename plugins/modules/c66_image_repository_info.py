#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_image_repository_info
short_description: Read the image repositories of a Cloud 66 account
version_added: 1.0.0
description:
  - Returns the image registries for which an account has credentials. Passwords are never returned.
options:
  repository_id:
    description: Only read the image repository with this id. Fails if there is none.
    type: int
    version_added: 1.0.0
  url:
    description: Only return image repositories with this URL.
    type: str
  username:
    description: Only return image repositories with this user.
    type: str
  fields:
    description: Return only these fields of each repository, such as V([url]).
    type: list
    elements: str
notes:
  - Image repositories belong to an account, which is O(account_id) or else the account of the token's user.
seealso:
  - module: cloud66.cloud.c66_image_repository
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: List all image repositories of the account
  cloud66.cloud.c66_image_repository_info:

- name: See which users log in to a registry
  cloud66.cloud.c66_image_repository_info:
    url: https://quay.io
  register: result

- name: Show the email address of each user
  ansible.builtin.debug:
    msg: "{{ result.image_repositories | items2dict(key_name='username', value_name='email') }}"
"""

RETURN = r"""
---
image_repositories:
  description: The image repositories, as the API returns them.
  returned: success
  type: list
  elements: dict
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
    - id: 283
      url: https://quay.io
      username: kickass
      email: kickass@company.com
      created_at_iso: "2015-12-03T14:30:17Z"
      updated_at_iso: "2015-12-03T14:30:17Z"
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.image_repository import ImageRepository

MODULE = InfoModule(ImageRepository)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
