#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_stack_info
short_description: Read the stacks of Cloud 66
version_added: 0.1.0
description:
  - Returns one stack by its UID or name, or all stacks that the token's user can see, filtered if asked for.
options:
  stack:
    description:
      - The UID or the name of one stack. Without it, all stacks are read.
      - 32 hex digits are tried as a UID first. A name is tried as it is written first, then without regard to case.
      - When no stack is found, or more than one, the task fails.
    type: str
  name:
    description: Keep the stacks with this very name.
    type: str
  environment:
    description: Keep the stacks of this environment. With O(stack), it decides between two stacks of one name.
    type: str
  git_repo:
    description: Keep the stacks of this Git repository, as its URL stands in RV(stacks[].git).
    type: str
  git_branch:
    description: Keep the stacks of this Git branch.
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
- name: List all stacks
  cloud66.cloud.c66_stack_info:
  register: result

- name: Show which of them are in trouble
  ansible.builtin.debug:
    msg: "{{ result.stacks | selectattr('health_name', 'eq', 'broken') | map(attribute='name') }}"

- name: Read one stack by its name
  cloud66.cloud.c66_stack_info:
    stack: Awesome App
    environment: production

- name: List the stacks of an environment
  cloud66.cloud.c66_stack_info:
    environment: staging
"""

RETURN = r"""
---
stacks:
  description:
    - The stacks, as the API returns them, without RV(ignore:redeploy_hook), which is a secret.
    - Numeric codes come with their words. More fields may be there, as Cloud 66 has them.
  returned: success
  type: list
  elements: dict
  contains:
    uid:
      description: The UID of the stack, by which every other call knows it.
      type: str
    name:
      description: The name of the stack.
      type: str
    environment:
      description: The environment of the stack.
      type: str
    git:
      description: The URL of the Git repository.
      type: str
    git_branch:
      description: The Git branch.
      type: str
    status:
      description: The status of the last work on the stack as a code.
      type: int
    status_name:
      description:
        - The status in a word, one of V(queued), V(success), V(failed), V(analysing), V(analysed),
          V(queued_for_deploying), V(deploying) and V(terminal_failure). None for a code that is not known.
      type: str
    health:
      description: The health of the stack as a code.
      type: int
    health_name:
      description: The health in a word, one of V(unknown), V(building), V(partial), V(ok) and V(broken).
      type: str
    maintenance_mode:
      description: Whether visitors are shown the maintenance page.
      type: bool
    created_at_iso:
      description: When the stack was created, in ISO 8601.
      type: str
    updated_at_iso:
      description: When the stack was changed last, in ISO 8601.
      type: str
    account_id:
      description: The id of the account that the stack belongs to.
      type: int
  sample:
    - uid: 5999b763474b0eafa5fafb64bff0ba80
      name: Awesome App
      environment: production
      git: http://github.com/cloud66-samples/awesome-app.git
      git_branch: fig
      cloud: DigitalOcean
      fqdn: awesome-app.dev.c66.me
      language: ruby
      framework: rails
      status: 1
      status_name: success
      health: 3
      health_name: ok
      maintenance_mode: false
      has_loadbalancer: false
      created_at_iso: "2014-08-14T00:38:14Z"
      updated_at_iso: "2014-08-14T01:46:52Z"
      deploy_directory: /var/deploy/awesome_app
      cloud_status: partial
api:
  description: Requests sent, how many of them were sent again, and the hourly limit as Cloud 66 told it last.
  returned: when the API was called
  type: dict
  sample: {requests: 2, retries: 0, rate_limit: {limit: 3000, remaining: 2998}}
"""

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.info import InfoModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.stack import Stack

MODULE = InfoModule(Stack)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
