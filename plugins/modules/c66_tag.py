#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_tag
short_description: Manage the tags of a Cloud 66 server or load balancer
version_added: 1.0.0
description:
  - Adds tags to a server or load balancer, removes them, or removes all others.
  - Reserved tags, which Cloud 66 uses itself, are never removed.
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
  tags:
    description: The tags, in any order.
    type: list
    elements: str
    required: true
  state:
    description: Whether the tags should exist.
    type: str
    choices: [present, absent]
    default: present
  purge:
    description:
      - Also remove all tags that are not in O(tags), except reserved ones. If O(tags) is empty, all tags that are not
        reserved are removed.
    type: bool
    default: false
notes:
  - Cloud 66 may not always return which tags are reserved. If it does not, O(purge=true) cannot exclude them.
seealso:
  - module: cloud66.cloud.c66_tag_info
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes.c66_stack
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Tag a server
  cloud66.cloud.c66_tag:
    stack: Awesome App
    server: Caribou
    tags: [blue, canary]

- name: Set exactly these tags on a server
  cloud66.cloud.c66_tag:
    stack: Awesome App
    server: Caribou
    tags: [green]
    purge: true

- name: Remove a tag from a load balancer
  cloud66.cloud.c66_tag:
    entity_type: loadbalancer
    entity_id: "17823"
    tags: [maintenance]
    state: absent
"""

RETURN = r"""
---
tags:
  description: All tags after the change, or as they would be in check mode.
  returned: success, and on failure after a write
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
  sample: {added: [canary], changed: [], removed: []}
diff:
  description: All tags before and after the change, sorted.
  returned: in diff mode
  type: dict
  sample:
    before: {tags: [blue]}
    after: {tags: [blue, canary]}
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.tag import Tag

ARGUMENTS = {
    "tags": {"type": "list", "elements": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "purge": {"type": "bool", "default": False},
}

MODULE = ValuesModule(
    Tag,
    ARGUMENTS,
    required_one_of=[("server", "entity_id")],
    mutually_exclusive=[("server", "entity_id")],
    required_by={"server": ("stack",)},
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
