#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_base_template
short_description: Manage the base templates of a Cloud 66 account
version_added: 1.0.0
description:
  - Registers a git repository with templates for Kubernetes formations, renames it, pulls it again, or removes it.
  - O(git_repo) and O(git_branch) together identify a base template. Changing either identifies another one.
  - A base template that could not be pulled or verified is pulled again by each run.
options:
  git_repo:
    description:
      - The URL of the git repository. It appears in results and messages, so it must not contain a password.
    type: str
    required: true
  git_branch:
    description: The branch of the repository.
    type: str
    required: true
  name:
    description: The name of the base template.
    type: str
  short_name:
    description: The short name of the base template.
    type: str
  state:
    description:
      - V(present) registers the base template if it does not exist.
      - V(synced) also pulls the repository of an existing base template again, so every run reports a change.
      - V(absent) removes the base template.
    type: str
    choices: [present, absent, synced]
    default: present
  wait:
    description:
      - Wait until Cloud 66 has pulled and verified the repository, and fail if that fails. A pull that was started
        earlier is waited for too.
      - With V(false), the task ends while Cloud 66 may still be working.
    type: bool
    default: true
notes:
  - Base templates belong to an account, which is O(account_id) or else the account of the token's user.
seealso:
  - module: cloud66.cloud.c66_base_template_info
  - module: cloud66.cloud.c66_formation
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.waiting
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Register a repository with templates
  cloud66.cloud.c66_base_template:
    git_repo: https://git.example.com/templates.git
    git_branch: main
    name: Web applications

- name: Pull the newest templates
  cloud66.cloud.c66_base_template:
    git_repo: https://git.example.com/templates.git
    git_branch: main
    state: synced

- name: Remove the base template
  cloud66.cloud.c66_base_template:
    git_repo: https://git.example.com/templates.git
    git_branch: main
    state: absent
"""

RETURN = r"""
---
base_template:
  description: The base template after the change, or as it would be in check mode. None if it is absent.
  returned: success, and on failure after a write
  type: dict
  contains:
    uid:
      description: The UID of the base template.
      type: str
    name:
      description: The name of the base template.
      type: str
    short_name:
      description: The short name of the base template.
      type: str
    git_repo:
      description: The URL of the git repository.
      type: str
    git_branch:
      description: The branch of the repository.
      type: str
    status:
      description: The code of the status.
      type: int
    status_name:
      description:
        - The status in words. One of V(unknown), V(queued), V(pulling), V(verifying), V(connection_error),
          V(available) and V(verification_error).
      type: str
    last_sync_iso:
      description: When the repository was last pulled, in ISO 8601.
      type: str
    created_at_iso:
      description: When it was registered, in ISO 8601.
      type: str
    updated_at_iso:
      description: When it was last changed, in ISO 8601.
      type: str
    stencils:
      description: The stencils in the repository. None unless they are asked for.
      type: list
      elements: dict
  sample:
    uid: btr-1
    name: Default
    short_name: default
    git_repo: https://git.example.com/stencils.git
    git_branch: master
    status: 6
    status_name: available
    stencils: null
    last_sync_iso: "2021-03-01T10:00:00Z"
    created_at_iso: "2021-03-01T10:00:00Z"
    updated_at_iso: "2021-03-01T10:00:00Z"
diff:
  description: The fields that the task sets, before and after the change.
  returned: in diff mode
  type: dict
  sample:
    before:
      git_repo: https://git.example.com/templates.git
      git_branch: main
      name: Web
      short_name: web
    after:
      git_repo: https://git.example.com/templates.git
      git_branch: main
      name: Web applications
      short_name: web
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.base_template import BaseTemplate

MODULE = StateModule(BaseTemplate)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
