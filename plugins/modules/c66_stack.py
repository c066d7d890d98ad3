#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_stack
short_description: Create a Cloud 66 stack
version_added: 0.2.0
description:
  - Creates a stack with containers from its configuration, unless there is one with its name and environment.
  - Creating takes long. It is started once. When the answer is lost, the stack is looked for by its name and
    environment and never created again.
  - An existing stack is left as it is, whatever the options say of it. Its settings, variables and configuration have
    modules of their own.
options:
  name:
    description: The name of the stack, as it is written. With O(environment), a stack is known by it.
    type: str
    required: true
  environment:
    description: The environment of the stack.
    type: str
    required: true
  state:
    description:
      - Whether the stack shall be there.
      - Cloud 66's API has no call to delete a stack. V(absent) changes nothing when there is none, and fails when there
        is one, which must be deleted in Cloud 66's dashboard.
    type: str
    choices: [present, absent]
    default: present
  service_yaml:
    description: The text of the service.yml. A new stack must have one.
    type: str
  manifest_yaml:
    description:
      - The text of the manifest.yml. Without it, a new stack must have O(cloud), O(region), O(size) and O(build_type).
    type: str
  cloud:
    description: The cloud in which the servers are made, such as V(aws) or V(digitalocean).
    type: str
  key_name:
    description: The name of the key of that cloud. Without it, Cloud 66 takes the default one, or the first.
    type: str
  region:
    description: The region of the cloud, by the cloud's name for it.
    type: str
  size:
    description: The size of the servers, by the cloud's name for it.
    type: str
  build_type:
    description: Whether all services share one server, or are spread over several.
    type: str
    choices: [single, multi]
  wait:
    description:
      - Wait until the stack is built, also where an earlier run has begun that. Without it, a new stack is waited for
        until it is listed, for a minute at most.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait at most. When the time is up the task fails and says how to go on watching.
    type: int
    default: 3600
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.waiting
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
notes:
  - Cloud 66 lets several stacks have one name and environment. Two tasks that create the same stack at the same time
    may make two.
  - Stacks of every account that the token's user sees count as existing ones. With several accounts, say which by
    O(account_id).
seealso:
  - module: cloud66.cloud.c66_stack_info
"""

EXAMPLES = r"""
---
- name: Create a stack on one server
  cloud66.cloud.c66_stack:
    name: shop
    environment: production
    service_yaml: |
      services:
        web:
          image: nginx
    cloud: digitalocean
    region: ams3
    size: 2gb
    build_type: single

- name: Create a stack as its manifest says
  cloud66.cloud.c66_stack:
    name: shop
    environment: staging
    service_yaml: "{{ service }}"
    manifest_yaml: "{{ manifest }}"
  vars:
    service: |
      services:
        web:
          image: nginx
    manifest: |
      staging:
        docker:
          servers:
            - server:
                unique_name: app
                size: 2gb
                region: ams3
                vendor: digitalocean
                key_name: Default
"""

RETURN = r"""
---
stack:
  description:
    - The stack, as the API returns it, without RV(ignore:redeploy_hook), which is a secret. In check mode, the name and
      environment of one that would be created. None where there is none.
    - Numeric codes come with their words. More fields may be there, as Cloud 66 has them.
  returned: success, and when it has failed after its start
  type: dict
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
    status:
      description: The status of the last work on the stack as a code.
      type: int
    status_name:
      description: The status in a word, as M(cloud66.cloud.c66_stack_info) has them.
      type: str
    health:
      description: The health of the stack as a code.
      type: int
    health_name:
      description: The health in a word, as M(cloud66.cloud.c66_stack_info) has them.
      type: str
  sample:
    uid: 5999b763474b0eafa5fafb64bff0ba80
    name: Awesome App
    environment: production
    cloud: DigitalOcean
    fqdn: awesome-app.dev.c66.me
    framework: docker
    status: 1
    status_name: success
    health: 3
    health_name: ok
    maintenance_mode: false
    created_at_iso: "2014-08-14T00:38:14Z"
    updated_at_iso: "2014-08-14T01:46:52Z"
action:
  description: The action that creates it. None where none was started, and where none is known.
  returned: success, and when it has failed after its start
  type: dict
  contains:
    id:
      description: The id of the action.
      type: int
    stack_uid:
      description: The UID of the stack that it belongs to.
      type: str
    action:
      description: What it does.
      type: str
    started_at:
      description: When it began, in ISO 8601.
      type: str
    finished_at:
      description: When it ended, in ISO 8601. None while it is going on.
      type: str
    finished_success:
      description: Whether it went well. None while it is going on.
      type: bool
    finished_message:
      description: Why it failed, or a text of success.
      type: str
  sample:
    id: 6566418
    stack_uid: 5999b763474b0eafa5fafb64bff0ba80
    user: person@company.com
    resource_type: stack
    action: stack_create
    resource_id: "84195"
    started_via: api
    started_at: "2023-10-11T11:43:57Z"
    finished_at: "2023-10-11T11:47:42Z"
    finished_success: true
    finished_message: Completed successfully
    finished_result: {}
    metadata: {}
diff:
  description: The new stack, without the texts of its configuration. Empty without a change.
  returned: in diff mode
  type: dict
  sample:
    before: {}
    after: {name: shop, environment: production, cloud: digitalocean, region: ams3, size: 2gb, build_type: single}
api:
  description: Requests sent, how many of them were sent again, and the hourly limit as Cloud 66 told it last.
  returned: when the API was called
  type: dict
  sample: {requests: 6, retries: 0, rate_limit: {limit: 3000, remaining: 2994}}
"""

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.command import CommandModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.new_stack import NewStack

ARGUMENTS = {
    "name": {"type": "str", "required": True},
    "environment": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "service_yaml": {"type": "str"},
    "manifest_yaml": {"type": "str"},
    "cloud": {"type": "str"},
    "key_name": {"type": "str"},
    "region": {"type": "str"},
    "size": {"type": "str"},
    "build_type": {"type": "str", "choices": ["single", "multi"]},
    "wait_timeout": {"type": "int", "default": 3600},
}

MODULE = CommandModule(NewStack, ARGUMENTS)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
