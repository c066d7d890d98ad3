#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_process_info
short_description: Read the background processes of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns the processes of a stack, and how many of each run on which server.
options:
  process:
    description: Only read the process with this name. Fails if there is none.
    type: str
  fields:
    description: Return only these fields of each process, such as V([name, servers]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_process
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
- name: List the processes of a stack
  cloud66.cloud.c66_process_info:
    stack: Awesome App
  register: result

- name: Show where each runs
  ansible.builtin.debug:
    msg: "{{ result.processes | items2dict(key_name='name', value_name='servers') }}"
"""

RETURN = r"""
---
processes:
  description: The processes, as the API returns them.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the process, as in the Procfile.
      type: str
    stack_uid:
      description: The UID of the stack.
      type: str
    command:
      description: The command that it runs.
      type: str
    md5:
      description: The checksum of its definition.
      type: str
    servers:
      description: How many run on each server, by the server's name.
      type: dict
    servers_pauses:
      description: How many are paused on each server. The API does not always return it.
      type: dict
  sample:
    - name: worker
      md5: 5999b763474b0eafa5fafb64bff0ba80
      command: bundle exec rake jobs:work
      servers: {Caribou: 1}
      servers_pauses: {}
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.process import Process

MODULE = InfoModule(Process)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
