#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_base_template_info
short_description: Read the base templates of a Cloud 66 account
version_added: 1.0.0
description:
  - Returns the git repositories with templates for Kubernetes formations, and whether Cloud 66 has pulled them.
options:
  uid:
    description: Only read the base template with this UID. Fails if there is none.
    type: str
  git_repo:
    description: Only return base templates of this repository.
    type: str
  git_branch:
    description: Only return base templates of this branch.
    type: str
  include_stencils:
    description: Also return the stencils in each repository. Takes one request for each base template.
    type: bool
    default: false
  include_content:
    description: Also return the stencils with their content. Takes one request for each base template.
    type: bool
    default: false
  fields:
    description: Return only these fields of each base template, such as V([name]).
    type: list
    elements: str
notes:
  - Base templates belong to an account, which is O(account_id) or else the account of the token's user.
seealso:
  - module: cloud66.cloud.c66_base_template
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: List the base templates of the account
  cloud66.cloud.c66_base_template_info:
  register: result

- name: Show those that are not available
  ansible.builtin.debug:
    msg: "{{ result.base_templates | rejectattr('status_name', 'equalto', 'available') | map(attribute='name') }}"

- name: Read the stencils of a repository
  cloud66.cloud.c66_base_template_info:
    git_repo: https://git.example.com/stencils.git
    include_content: true
"""

RETURN = r"""
---
base_templates:
  description: The base templates, as the API returns them.
  returned: success
  type: list
  elements: dict
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
    - uid: btr-1
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.base_template import BaseTemplate

MODULE = InfoModule(BaseTemplate)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
