#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_stack_info
short_description: Read Cloud 66 stacks
version_added: 0.1.0
description:
  - Returns one stack by its UID or name, or all stacks that the token's user can see, optionally filtered.
options:
  stack:
    description:
      - The UID or name of one stack. By default, all stacks are returned.
      - 32 hex digits are tried as a UID first. A name is matched exactly first, then ignoring case.
      - The task fails if no stack or more than one is found.
    type: str
  name:
    description: Only return stacks with this exact name.
    type: str
  environment:
    description: Only return stacks in this environment. With O(stack), selects one of several with the same name.
    type: str
  git_repo:
    description: Only return stacks with this Git repository URL, as in RV(stacks[].git).
    type: str
  git_branch:
    description: Only return stacks with this Git branch.
    type: str
  health:
    description: Only return stacks with this health, as a word or a code.
    type: str
    choices: [unknown, building, partial, ok, broken, "0", "1", "2", "3", "4"]
  status:
    description: Only return stacks with this status, as a word or a code.
    type: str
    choices:
      [queued, success, failed, analysing, analysed, queued_for_deploying, deploying, terminal_failure,
       "0", "1", "2", "3", "4", "5", "6", "7"]
  fields:
    description: Return only these fields of each stack, such as V([uid, name, health_name]).
    type: list
    elements: str
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes.c66_stack
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: List all stacks
  cloud66.cloud.c66_stack_info:
  register: result

- name: Show the broken ones
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
    - The stacks as the API returns them, without RV(ignore:redeploy_hook), which is secret.
    - Each numeric code also comes as a word. The API may return more fields.
  returned: success
  type: list
  elements: dict
  contains:
    uid:
      description: The UID of the stack.
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
      description: The status of the last operation on the stack, as a code.
      type: int
    status_name:
      description: >-
        The status as a word: V(queued), V(success), V(failed), V(analysing), V(analysed), V(queued_for_deploying),
        V(deploying) or V(terminal_failure). None if the code is unknown.
      type: str
    health:
      description: The health of the stack, as a code.
      type: int
    health_name:
      description: "The health of the stack, as a word: V(unknown), V(building), V(partial), V(ok) or V(broken)."
      type: str
    maintenance_mode:
      description: Whether visitors see the maintenance page.
      type: bool
    created_at_iso:
      description: When the stack was created, in ISO 8601.
      type: str
    updated_at_iso:
      description: When the stack was last changed, in ISO 8601.
      type: str
    account_id:
      description: The id of the stack's account.
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.stack import Stack

MODULE = InfoModule(Stack)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
