#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_ssh_key_info
short_description: Read your Cloud 66 access key
version_added: 1.0.0
description:
  - Returns the public SSH key of the token's user, which Cloud 66 installs on servers so that the user can log in.
  - To get the private keys of servers, use M(cloud66.cloud.c66_server_info) with C(include_private_key=true). The role
    C(cloud66.cloud.ssh_access) stores them where ssh finds them.
options:
  fields:
    description: Return only these fields of each key, such as V([public_key]).
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
- name: Read the access key
  cloud66.cloud.c66_ssh_key_info:
  register: result

- name: Show it
  ansible.builtin.debug:
    msg: "{{ result.ssh_keys | map(attribute='public_key') }}"
"""

RETURN = r"""
---
ssh_keys:
  description: The access key. Empty if none is set.
  returned: success
  type: list
  elements: dict
  contains:
    public_key:
      description: The public key.
      type: str
  sample:
    - public_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA... person@company.com
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.ssh_key import SshKey

MODULE = InfoModule(SshKey)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
