#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_server_info
short_description: Read the servers of Cloud 66 stacks
version_added: 0.1.0
description:
  - Returns the servers of one, several or all stacks, each with the UID, name and environment of its stack.
  - Stacks are read in parallel.
options:
  stack:
    description:
      - The stacks whose servers to return, by UID or name. By default, all stacks.
      - The task fails if several stacks have the same name; use the UID instead.
    type: list
    elements: str
  environment:
    description: Only return the servers of stacks in this environment.
    type: str
  server:
    description:
      - Only return the server with this UID or exact name. Several can be given as a list.
      - A string is always one name and is not split at commas.
    type: raw
  role:
    description: Only return servers with this role, such as V(web) or V(mysql).
    type: str
  group:
    description: Only return servers of the server group with this id.
    type: int
  health:
    description: Only return servers with this health, as a word or a code.
    type: str
    choices: [unknown, building, partial, ok, broken, "0", "1", "2", "3", "4"]
  include_private_key:
    description:
      - Also return the private SSH key of each server. This takes an extra request for each server.
      - The result is then hidden from all output, as with C(no_log). Use it through C(register).
      - Cannot be combined with C(async).
    type: bool
    default: false
  workers:
    description: How many stacks to read in parallel, from V(1) to V(64).
    type: int
    default: 8
  skip_failed:
    description:
      - Skip stacks whose servers cannot be read, with a warning, and return them in RV(failed_stacks).
      - Errors that affect all stacks, such as an invalid token or the hourly limit, still fail the task.
    type: bool
    default: false
  fields:
    description: Return only these fields of each server, such as V([name, address]).
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
- name: List the servers of a stack
  cloud66.cloud.c66_server_info:
    stack: Storefront

- name: List the web servers of all stacks
  cloud66.cloud.c66_server_info:
    role: web
  register: result

- name: Show their addresses
  ansible.builtin.debug:
    msg: "{{ item.name }} of {{ item.stack_name }} is at {{ item.address }}"
  loop: "{{ result.servers }}"
  loop_control:
    label: "{{ item.uid }}"

- name: Read the private key of one server
  cloud66.cloud.c66_server_info:
    stack: 5999b763474b0eafa5fafb64bff0ba80
    server: Caribou
    include_private_key: true
  register: with_key
"""

RETURN = r"""
---
servers:
  description:
    - The servers as the API returns them, in the order of their stacks. Each numeric code also comes as a word.
    - The API may return more fields.
  returned: success
  type: list
  elements: dict
  contains:
    uid:
      description: The UID of the server.
      type: str
    name:
      description: The name of the server.
      type: str
    stack_uid:
      description: The UID of the server's stack.
      type: str
    stack_name:
      description: The name of the server's stack.
      type: str
    environment:
      description: The environment of the server's stack.
      type: str
    address:
      description: The address that Cloud 66 uses to reach the server.
      type: str
    user_name:
      description: The user that Cloud 66 logs in as.
      type: str
    server_roles:
      description: What the server does, such as V(web) and V(mysql).
      type: list
      elements: str
    server_group_id:
      description: The id of the server group.
      type: int
    health_state:
      description: The health of the server, as a code.
      type: int
    health_state_name:
      description: "The health of the server, as a word: V(unknown), V(building), V(partial), V(ok) or V(broken)."
      type: str
    ssh_private_key:
      description: The private SSH key. Secret.
      returned: when O(include_private_key=true)
      type: str
  sample:
    - uid: f8468fc145ea49bac474b30a8fea888d
      name: Caribou
      stack_uid: 5acd43412ea412e32897c40d46f91183
      stack_name: Awesome App
      environment: production
      address: 146.185.133.183
      ext_ipv4: 146.185.133.183
      int_ipv4: 146.185.133.183
      dns_record: caribou.sb-elastic-1.dev.c66.me
      user_name: root
      distro: ubuntu
      distro_version: "14.04"
      server_type: "Cloud (DigitalOcean) "
      server_roles: [rails, postgresql, elasticsearch, web, app, db]
      server_group_id: 128
      has_agent: true
      region: "2"
      health_state: 3
      health_state_name: ok
failed_stacks:
  description: The stacks that were skipped because their servers could not be read (see O(skip_failed)).
  returned: success
  type: list
  elements: dict
  sample:
    - stack_uid: f196c5b41758cb7977620d49eb1492ef
      stack_name: Storefront
      environment: staging
      msg: Cannot read the servers of stack Storefront (staging, f196c5b41758cb7977620d49eb1492ef).
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.server import Server

MODULE = InfoModule(Server)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
