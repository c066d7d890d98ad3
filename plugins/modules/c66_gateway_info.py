#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_gateway_info
short_description: Read the deploy gateways of a Cloud 66 account
version_added: 1.0.0
description:
  - Returns the deploy gateways (bastions), through which Cloud 66 reaches servers without public addresses.
  - Cloud 66 never returns the private keys of gateways.
options:
  gateway_id:
    description: Only return this gateway. The task fails if it does not exist.
    type: int
  name:
    description: Only return gateways with this name.
    type: str
  address:
    description: Only return gateways with this address or private address.
    type: str
  fields:
    description: Return only these fields of each gateway, such as V([name, address]).
    type: list
    elements: str
notes:
  - Gateways belong to an account, which is O(account_id). Without it, the current account of the token's user is looked
    up, which requires the scope C(users).
seealso:
  - module: cloud66.cloud.c66_gateway
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: List all gateways
  cloud66.cloud.c66_gateway_info:

- name: Find a gateway by name
  cloud66.cloud.c66_gateway_info:
    name: aws_bastion
  register: result

- name: Show its address
  ansible.builtin.debug:
    msg: "{{ result.gateways[0].address }}"
"""

RETURN = r"""
---
gateways:
  description: The gateways as the API returns them, without their private keys.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the gateway.
      type: int
    name:
      description: The name of the gateway.
      type: str
    username:
      description: The user who logs in to the gateway.
      type: str
    address:
      description: The public address or DNS name of the gateway.
      type: str
    private_ip:
      description: The private address of the gateway.
      type: str
    ttl:
      description: When the gateway closes, in ISO 8601. None if it was never opened.
      type: str
    created_at_iso:
      description: When the gateway was added, in ISO 8601.
      type: str
    updated_at_iso:
      description: When the gateway was last changed, in ISO 8601.
      type: str
    created_by:
      description: Who added the gateway.
      type: str
    updated_by:
      description: Who last changed the gateway.
      type: str
  sample:
    - id: 1
      name: aws_bastion
      username: ec2-user
      address: 203.0.113.1
      private_ip: 10.0.0.5
      ttl: "2016-02-01T14:46:38Z"
      created_at_iso: "2016-02-01T14:37:05Z"
      updated_at_iso: "2016-02-01T14:47:01Z"
      created_by: person@company.com
      updated_by: person@company.com
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.gateway import Gateway

MODULE = InfoModule(Gateway)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
