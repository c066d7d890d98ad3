#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_stack
short_description: Create a Cloud 66 stack
version_added: 1.0.0
description:
  - Creates a container stack from its configuration, unless one with the same name and environment exists.
  - Creating a stack takes a long time, and is started only once. If the answer is lost, the module looks for the stack
    by its name and environment and never creates it again.
  - An existing stack is never changed, whatever the options say. Other modules manage its settings, variables and
    configuration.
options:
  name:
    description: The exact name of the stack. Together with O(environment), it identifies the stack.
    type: str
    required: true
  environment:
    description: The environment of the stack.
    type: str
    required: true
  state:
    description:
      - Whether the stack should exist.
      - The Cloud 66 API cannot delete a stack. V(absent) changes nothing if the stack does not exist and fails if it
        does. Delete the stack in the Cloud 66 dashboard instead.
    type: str
    choices: [present, absent]
    default: present
  service_yaml:
    description: The content of service.yml, a string or a dictionary. Required for a new stack.
    type: raw
  manifest_yaml:
    description:
      - The content of manifest.yml, a string or a dictionary.
      - Without it, a new stack requires O(cloud), O(region), O(size) and O(build_type).
    type: raw
  cloud:
    description: The cloud to create the servers in, such as V(aws) or V(digitalocean).
    type: str
  key_name:
    description: The name of the cloud key to use. By default, Cloud 66 uses the default key, or else the first.
    type: str
  region:
    description: The region, as named by the cloud.
    type: str
  size:
    description: The size of the servers, as named by the cloud.
    type: str
  build_type:
    description: Whether all services share one server or are spread over several.
    type: str
    choices: [single, multi]
  wait:
    description:
      - Wait until the stack is built, even if an earlier run started building it.
      - With V(false), only wait until a new stack is listed, for at most a minute.
    type: bool
    default: true
  wait_timeout:
    description: Maximum seconds to wait. After that, the task fails with a message that says how to keep watching.
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
  - Cloud 66 allows several stacks with the same name and environment. Two tasks that create the same stack at the same
    time may create two.
  - Existing stacks are looked for in all accounts that the token's user can see. With several accounts, set
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

- name: Create a stack from a manifest
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
    - The stack as the API returns it, without RV(ignore:redeploy_hook), which is secret. None if there is no such
      stack.
    - In check mode, the name and the environment of a stack that would be created.
    - Each numeric code also comes as a word. The API may return more fields.
  returned: success, and on failure after a write
  type: dict
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
    uid: 5999b763474b0eafa5fafb64bff0ba80
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
action:
  description: The action that the task started. None if it started none or if the action is unknown.
  returned: success, and on failure after a write
  type: dict
  contains:
    id:
      description: The id of the action.
      type: int
    stack_uid:
      description: The UID of the action's stack.
      type: str
    action:
      description: What the action does, such as V(application_deployment).
      type: str
    started_at:
      description: When the action started, in ISO 8601.
      type: str
    finished_at:
      description: When the action ended, in ISO 8601. None while it is running.
      type: str
    finished_success:
      description: Whether the action succeeded. None while it is running.
      type: bool
    finished_message:
      description: Why the action failed, or a success message.
      type: str
  sample:
    id: 6566418
    stack_uid: 5999b763474b0eafa5fafb64bff0ba80
    user: person@company.com
    resource_type: stack
    action: application_deployment
    resource_id: "84195"
    started_via: api
    started_at: "2023-10-11T11:43:57Z"
    finished_at: "2023-10-11T11:47:42Z"
    finished_success: true
    finished_message: Completed successfully
    finished_result: {}
    metadata: {}
diff:
  description: The new stack, without the texts of its configuration. Empty if nothing changes.
  returned: in diff mode
  type: dict
  sample:
    before: {}
    after: {name: shop, environment: production, cloud: digitalocean, region: ams3, size: 2gb, build_type: single}
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.command import CommandModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.new_stack import NewStack

ARGUMENTS = {
    "name": {"type": "str", "required": True},
    "environment": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "service_yaml": {"type": "raw"},
    "manifest_yaml": {"type": "raw"},
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
