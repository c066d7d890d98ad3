#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_tag_info
short_description: Read the tags of a Cloud 66 server or load balancer
version_added: 1.0.0
description:
  - Returns the tags of one server or load balancer.
options:
  stack:
    description: The UID or name of the stack that O(server) belongs to. Required with O(server).
    type: str
  environment:
    description: The environment of O(stack). Needed when several stacks have the same name.
    type: str
  server:
    description: The UID or exact name of the server. One of O(server) and O(entity_id) is required.
    type: str
  entity_type:
    description: What O(entity_id) identifies.
    type: str
    choices: [server, loadbalancer]
    default: server
  entity_id:
    description:
      - The id of the server or load balancer. No API call lists load balancers.
      - Use it for a server if Cloud 66 answers that it cannot find the server by its UID. The API's samples have
        numeric ids, which no call returns.
    type: str
  fields:
    description: Return only these fields of each tag, such as V([value]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_tag
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
- name: Read the tags of a server
  cloud66.cloud.c66_tag_info:
    stack: Awesome App
    server: Lion
  register: result

- name: Show the tags that people have set
  ansible.builtin.debug:
    msg: "{{ result.tags | rejectattr('reserved') | map(attribute='value') }}"
"""

RETURN = r"""
---
tags:
  description: The tags.
  returned: success
  type: list
  elements: dict
  contains:
    value:
      description: The tag.
      type: str
    reserved:
      description: Whether Cloud 66 uses the tag itself.
      type: bool
  sample:
    - value: blue
      reserved: false
    - value: c66-managed
      reserved: true
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.tag import Tag

MODULE = InfoModule(
    Tag,
    required_one_of=[("server", "entity_id")],
    mutually_exclusive=[("server", "entity_id")],
    required_by={"server": ("stack",)},
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
