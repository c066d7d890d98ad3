#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_device
short_description: Manage the mobile devices of a Cloud 66 user
version_added: 0.1.0
description:
  - Registers a device for a user's notifications, changes its type, or removes it.
  - O(user_id) and O(device_token) together identify a device.
options:
  user_id:
    description: The id of the user, as returned by M(cloud66.cloud.c66_user_info).
    type: int
    required: true
  device_token:
    description: The push token of the device. Secret; never returned.
    type: str
    required: true
  device_type:
    description: The type of the device, as a word or a code. Required for a new device.
    type: str
    choices: [ios, android, "1", "2"]
  sub_type:
    description: The kind of device, as a word or a code. Required for a new device.
    type: str
    choices: [iphone, ipad, ipod, "1", "2", "3"]
  state:
    description:
      - Whether the device should be registered.
      - V(absent) removes every entry with this token, in case Cloud 66 has stored it more than once.
    type: str
    choices: [present, absent]
    default: present
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Register an iPhone of user 18
  cloud66.cloud.c66_device:
    user_id: 18
    device_token: wertqy
    device_type: ios
    sub_type: iphone

- name: Change it to an iPad
  cloud66.cloud.c66_device:
    user_id: 18
    device_token: wertqy
    sub_type: ipad

- name: Remove it
  cloud66.cloud.c66_device:
    user_id: 18
    device_token: wertqy
    state: absent
"""

RETURN = r"""
---
device:
  description:
    - The device after the change, without its token. In check mode, the predicted device. None if it is absent.
  returned: success
  type: dict
  contains:
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
  sample:
    device_type: 1
    device_type_name: ios
    sub_type: 2
    sub_type_name: ipad
    enabled: true
    created_at: 2014-08-04 11:57:36 UTC
    updated_at: 2014-08-04 12:03:22 UTC
    created_at_iso: "2014-08-04T11:57:36Z"
    updated_at_iso: "2014-08-04T12:03:22Z"
diff:
  description: The fields that the task sets, before and after the change. Both are empty if nothing changes.
  returned: in diff mode
  type: dict
  sample:
    before: {device_type: 1, device_type_name: ios, sub_type: 1, sub_type_name: iphone}
    after: {device_type: 1, device_type_name: ios, sub_type: 2, sub_type_name: ipad}
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.device import Device

MODULE = StateModule(Device)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
