#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_cloud_info
short_description: Read the cloud vendors of a Cloud 66 account
version_added: 1.0.0
description:
  - Returns the cloud vendors of the account, each with its regions and server sizes. These are the values to choose
    from for new stacks and servers.
options:
  cloud:
    description: Only read the cloud with this name, such as V(digitalocean). Fails if there is none.
    type: str
  fields:
    description: Return only these fields of each cloud, such as V([name, regions]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_stack
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: Read what DigitalOcean offers
  cloud66.cloud.c66_cloud_info:
    cloud: digitalocean
  register: result

- name: Show the regions
  ansible.builtin.debug:
    msg: "{{ result.clouds[0].regions | map(attribute='id') }}"
"""

RETURN = r"""
---
clouds:
  description: The clouds, as the API returns them, with blanks at the ends of ids removed.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the cloud in the API.
      type: str
    display_name:
      description: The name of the cloud for people.
      type: str
    regions:
      description: Its regions, each with C(id) and C(name).
      type: list
      elements: dict
    server_sizes:
      description: Its server sizes, each with C(id) and C(name).
      type: list
      elements: dict
  sample:
    - name: digitalocean
      display_name: DigitalOcean
      regions: [{id: ams3, name: "Amsterdam 3, Netherlands"}]
      server_sizes: [{id: 2gb, name: 2GB - 2 CPU}]
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.cloud import Cloud

MODULE = InfoModule(Cloud)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
