#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_ssh_key
short_description: Set your Cloud 66 access key
version_added: 1.0.0
description:
  - Sets the public SSH key of the token's user, which Cloud 66 installs on servers so that the user can log in.
  - Keys are compared by their type and the key itself. A different comment alone is not a change.
  - A user has one access key. Cloud 66 has no call that removes it; a new key replaces it.
options:
  public_key:
    description:
      - The public key in OpenSSH format, in one line. Either this or O(src) is required.
      - A private key is refused, and nothing is sent.
    type: str
  src:
    description:
      - A file with the public key, such as V(~/.ssh/id_ed25519.pub).
      - A relative path is searched for in the role, in its folder C(files) and beside the playbook. An absolute path is
        on the machine where the task runs. On the controller, the file may be encrypted with ansible-vault.
    type: path
seealso:
  - module: cloud66.cloud.c66_ssh_key_info
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Set the access key
  cloud66.cloud.c66_ssh_key:
    public_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGV4YW1wbGUta2V5LW9mLXRoZS1kb2N1bWVudGF0aW9u person@company.com

- name: Set the access key from a file
  cloud66.cloud.c66_ssh_key:
    src: "{{ playbook_dir }}/deploy.pub"
"""

RETURN = r"""
---
ssh_key:
  description: The access key after the change, or as it would be in check mode.
  returned: success, and on failure after a write
  type: dict
  contains:
    public_key:
      description: The public key.
      type: str
  sample:
    public_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA... person@company.com
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
  sample: {added: [], changed: [access], removed: []}
diff:
  description: The access key before and after the change.
  returned: in diff mode
  type: dict
  sample:
    before: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA... person@old-laptop
    after: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5BBBB... person@new-laptop
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.ssh_key import AccessKey

ARGUMENTS = {"public_key": {"type": "str"}, "src": {"type": "path"}}

MODULE = ValuesModule(
    AccessKey,
    ARGUMENTS,
    required_one_of=[("public_key", "src")],
    mutually_exclusive=[("public_key", "src")],
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
