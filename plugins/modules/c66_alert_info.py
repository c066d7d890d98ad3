#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_alert_info
short_description: Read the alert settings of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns the alert settings of a stack with their channels and recipients. They can only be read.
options:
  name:
    description: Only read the alert with this name. Fails if there is none.
    type: str
  channel:
    description: Only return alerts for which a channel of this type is enabled, such as V(email).
    type: str
  active:
    description: Only return alerts that are active, or with V(false) those that are not.
    type: bool
  include_urls:
    description:
      - Also return the URLs of webhooks. Whoever knows one can post to it.
      - The result is then hidden from all output, as with C(no_log). Use it through C(register).
      - Cannot be combined with C(async).
    type: bool
    default: false
  fields:
    description: Return only these fields of each alert, such as V([name, active]).
    type: list
    elements: str
notes:
  - Only the newest documentation of the API describes this call, and Cloud 66's own client does not use it. Alerts have
    other names here than in M(cloud66.cloud.c66_notification_info), which is the better choice where both would do.
seealso:
  - module: cloud66.cloud.c66_notification_info
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
- name: List the alerts that are switched off
  cloud66.cloud.c66_alert_info:
    stack: Awesome App
    active: false

- name: List who gets e-mail, and about what
  cloud66.cloud.c66_alert_info:
    stack: Awesome App
    channel: email
"""

RETURN = r"""
---
alerts:
  description: The alert settings as the API returns them, plus the UID of their stack.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the alert.
      type: str
    stack_uid:
      description: The UID of the alert's stack.
      type: str
    description:
      description: What the alert is about.
      type: str
    channels:
      description:
        - The channels, each with its C(type), whether it is C(enabled), and perhaps its C(recipients).
        - With O(include_urls=true), also with its C(webhook_url).
      type: list
      elements: dict
    active:
      description: Whether the alert is sent.
      type: bool
    settings:
      description: Further settings, such as how often the alert is sent.
      type: dict
  sample:
    - name: deployment_success
      stack_uid: 5999b763474b0eafa5fafb64bff0ba80
      description: Sent after a good deployment
      channels: [{type: email, enabled: true, recipients: [admin@example.com]}]
      active: true
      settings: {frequency: immediate, threshold: 1}
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.notification import StackAlert

MODULE = InfoModule(StackAlert)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
