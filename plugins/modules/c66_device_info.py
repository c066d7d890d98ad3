#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_device_info
short_description: Read the mobile devices of Cloud 66 users
version_added: 0.1.0
description:
  - Returns the devices of one user, or of all users that the token's user can see, each with its user's id.
options:
  user_id:
    description: Only return devices of this user.
    type: int
  email:
    description: Only return devices of users with this email address.
    type: str
  include_token:
    description:
      - Also return the push token of each device, which M(cloud66.cloud.c66_device) needs to identify it.
      - The result is then hidden from all output, as with C(no_log). Use it through C(register).
      - Cannot be combined with C(async).
    type: bool
    default: false
  fields:
    description: Return only these fields of each device, such as V([device_type_name]).
    type: list
    elements: str
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: List the devices of user 18
  cloud66.cloud.c66_device_info:
    user_id: 18

- name: Read the devices of a user who is leaving
  cloud66.cloud.c66_device_info:
    email: jim@example.com
    include_token: true
  register: result

- name: Remove all of them
  cloud66.cloud.c66_device:
    user_id: "{{ item.user_id }}"
    device_token: "{{ item.token }}"
    state: absent
  loop: "{{ result.devices }}"
  no_log: true
"""

RETURN = r"""
---
devices:
  description: The devices as the API returns them. Each numeric code also comes as a word.
  returned: success
  type: list
  elements: dict
  contains:
    user_id:
      description: The id of the device's user.
      type: int
    device_type:
      description: The type of the device, as a code.
      type: int
    device_type_name:
      description: The type of the device as a word, V(ios) or V(android).
      type: str
    sub_type:
      description: The kind of iOS device, as a code.
      type: int
    sub_type_name:
      description: "The kind of iOS device as a word: V(iphone), V(ipad) or V(ipod)."
      type: str
    enabled:
      description: Whether Cloud 66 sends notifications to the device. The API cannot change this.
      type: bool
    created_at_iso:
      description: When the device was registered, in ISO 8601.
      type: str
    updated_at_iso:
      description: When the device was last changed, in ISO 8601.
      type: str
    token:
      description: The push token. Secret.
      returned: when O(include_token=true)
      type: str
  sample:
    - user_id: 18
      device_type: 1
      device_type_name: ios
      sub_type: 2
      sub_type_name: ipad
      enabled: true
      created_at: 2014-08-04 11:57:36 UTC
      updated_at: 2014-08-04 12:03:22 UTC
      created_at_iso: "2014-08-04T11:57:36Z"
      updated_at_iso: "2014-08-04T12:03:22Z"
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.user import UsersDevice

MODULE = InfoModule(UsersDevice)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
