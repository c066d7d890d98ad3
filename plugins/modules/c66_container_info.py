#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_container_info
short_description: Read the containers of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns the running containers of a container stack. Their environment, which may contain passwords, is only
    returned on request.
options:
  uid:
    description: Only read the container with this whole UID. Needs the scope C(admin). Fails if there is none.
    type: str
  service:
    description: Only return containers of the service with this name.
    type: str
  server:
    description: Only return containers on the server with this name or UID.
    type: str
  include_runtime:
    description:
      - Also return what Docker knows of each container, with its environment. Needs the scope C(admin), and a request
        for each container.
      - The result is then hidden from all output, as with C(no_log). Use it through C(register).
      - Cannot be combined with C(async).
    type: bool
    default: false
  fields:
    description: Return only these fields of each container, such as V([uid, service_name]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_container
  - module: cloud66.cloud.c66_service_info
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.stack
  - cloud66.cloud.attributes.c66_stack
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: Find the containers that are down
  cloud66.cloud.c66_container_info:
    stack: Storefront
    service: web
  register: result

- name: Read the environment of one
  cloud66.cloud.c66_container_info:
    stack: Storefront
    uid: "{{ result.containers[0].uid }}"
    include_runtime: true

- name: Show those that are down
  ansible.builtin.debug:
    msg: "{{ result.containers | selectattr('health_state_name', 'eq', 'DOWN') | map(attribute='server_name') }}"
"""

RETURN = r"""
---
containers:
  description: The containers, as the API returns them.
  returned: success
  type: list
  elements: dict
  contains:
    uid:
      description: The id that Docker gave the container.
      type: str
    stack_uid:
      description: The UID of the stack.
      type: str
    service_name:
      description: The service that it belongs to.
      type: str
    server_uid:
      description: The UID of its server.
      type: str
    server_name:
      description: The name of its server.
      type: str
    image:
      description: The image that it runs.
      type: str
    command:
      description: The command that it runs.
      type: str
    health_state:
      description: The health as a code. C(health_state_name) is the same in words.
      type: int
    health_state_name:
      description: The health in words, V(UNVERIFIED), V(UP), V(DOWN) or V(NA).
      type: str
    started_at:
      description: When it was started, in ISO 8601.
      type: str
    runtime:
      description: What C(docker inspect) shows, such as C(Config) and C(State). Cloud 66 may not return it.
      returned: when O(include_runtime) is set
      type: dict
  sample:
    - uid: cba44fa6b6acf57fb0ef6c2ce385f6a129867df544dae7181d2410e9f9cc32bc
      server_uid: c6014897b8c8e9f2fc204a3a9efdae05
      server_name: Gazelle
      service_name: web
      image: registry.example.com/web
      command: bundle exec rackup -p 3000
      started_at: "2015-02-10T17:41:31Z"
      health_state: 1
      health_state_name: UP
      stack_uid: 5999b763474b0eafa5fafb64bff0ba80
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.container import Container

MODULE = InfoModule(Container)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
