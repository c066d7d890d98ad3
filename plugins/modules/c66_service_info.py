#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_service_info
short_description: Read the services of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns the services of a container stack, each with its running containers. On Kubernetes, C(desired_count) is the
    number of wanted replicas.
options:
  service:
    description: Only read the service with this name. Fails if there is none.
    type: str
  fields:
    description: Return only these fields of each service, such as V([name, desired_count]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_service
  - module: cloud66.cloud.c66_container_info
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
- name: List the services of a stack
  cloud66.cloud.c66_service_info:
    stack: Storefront
  register: result

- name: Show how many containers each has
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.containers | length }}"
  loop: "{{ result.services }}"
  loop_control:
    label: "{{ item.name }}"

- name: Read one service
  cloud66.cloud.c66_service_info:
    stack: Storefront
    service: web
"""

RETURN = r"""
---
services:
  description: The services, as the API returns them.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the service, as in service.yml.
      type: str
    stack_uid:
      description: The UID of the stack.
      type: str
    containers:
      description: Its running containers, as c66_container_info returns them.
      type: list
      elements: dict
  sample:
    - name: web
      containers: []
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.service import Service

MODULE = InfoModule(Service)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
