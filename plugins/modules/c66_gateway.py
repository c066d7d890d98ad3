#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_gateway
short_description: Manage and open the deploy gateways of a Cloud 66 account
version_added: 1.0.0
description:
  - Adds a deploy gateway (bastion), through which Cloud 66 reaches servers without public addresses, changes, opens or
    removes it.
  - Cloud 66 can only use a gateway while it is open. It closes by itself; the API has no call that closes it early.
  - Cloud 66 never returns private keys, so a different O(private_key) alone is not detected. See O(update_private_key).
options:
  name:
    description: The name of the gateway. Another name identifies another gateway.
    type: str
    required: true
  username:
    description: The user who logs in to the gateway. An empty string removes the value.
    type: str
  address:
    description: The public address or DNS name of the gateway. An empty string removes the value.
    type: str
  private_ip:
    description: The private address of the gateway. An empty string removes the value.
    type: str
  private_key:
    description:
      - The private key of that user, in PEM format. Secret; never returned.
      - Required with O(state=open).
    type: str
  update_private_key:
    description:
      - When to send O(private_key) to an existing gateway that is not opened.
      - V(on_create) sends it only together with another change.
      - V(always) sends it on every run, so every run reports a change.
    type: str
    choices: [on_create, always]
    default: on_create
  ttl:
    description:
      - For how many seconds the gateway stays open, from when the task runs. Required with O(state=open).
      - With O(state=present), it is sent with a new gateway and with other changes, but causes no change by itself.
    type: int
  state:
    description:
      - Whether the gateway should exist.
      - V(open) adds or changes it as V(present) does, and opens it for O(ttl) seconds. Every run opens it again and
        reports a change.
      - V(absent) removes every gateway with this name, in case Cloud 66 has stored more than one.
    type: str
    choices: [present, absent, open]
    default: present
notes:
  - Gateways belong to an account, which is O(account_id). Without it, the current account of the token's user is looked
    up, which requires the scope C(users).
  - ansible-core 2.19 and newer show the source lines of a failed task. Do not write the private key into the task; use
    a variable or a vault.
seealso:
  - module: cloud66.cloud.c66_gateway_info
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Add a gateway
  cloud66.cloud.c66_gateway:
    name: azure_bastion
    username: deploy
    address: bastion.example.com
    private_ip: 10.0.0.4

- name: Open it for an hour, so that Cloud 66 can deploy
  cloud66.cloud.c66_gateway:
    name: azure_bastion
    private_key: "{{ vault_bastion_key }}"
    ttl: 3600
    state: open

- name: Remove it
  cloud66.cloud.c66_gateway:
    name: azure_bastion
    state: absent
"""

RETURN = r"""
---
gateway:
  description:
    - The gateway after the change, without its private key. In check mode, as it would be, but with the closing time
      that it has now. None if it is absent.
  returned: success, and on failure after a write
  type: dict
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
    id: 1
    name: aws_bastion
    username: ec2-user
    address: 203.0.113.1
    private_ip: 10.0.0.5
    ttl: "2016-02-01T14:46:38Z"
    created_at_iso: "2016-02-01T14:37:05Z"
    updated_at_iso: "2016-02-01T14:47:01Z"
    created_by: person@company.com
    updated_by: person@company.com
diff:
  description: The fields that the task sets, before and after the change, with the private key hidden.
  returned: in diff mode
  type: dict
  sample:
    before:
      name: azure_bastion
      username: deploy
      address: bastion.example.com
      private_ip: 10.0.0.4
    after:
      name: azure_bastion
      username: deploy
      address: bastion.example.com
      private_ip: 10.0.0.4
      content: VALUE_SPECIFIED_IN_NO_LOG_PARAMETER
      seconds: 3600
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.state import StateModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.gateway import ManagedGateway

MODULE = StateModule(ManagedGateway, required_if=[("state", "open", ("private_key", "ttl"))])


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
