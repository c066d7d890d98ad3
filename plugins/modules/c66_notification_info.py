#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_notification_info
short_description: Read who is notified of the alerts of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns the alerts of a stack and the subscriptions to them. URLs are only returned on request.
options:
  alert_name:
    description: Only read the alert with this name. Fails if there is none.
    type: str
  channel:
    description: Only return alerts with a subscription to this channel, such as V(email).
    type: str
  subscribed:
    description: Only return alerts that have subscriptions, or with V(false) those that nobody is notified of.
    type: bool
  include_urls:
    description:
      - Also return the URLs of Slack channels and webhooks. Whoever knows one can post to the channel.
      - The result is then hidden from all output, as with C(no_log). Use it through C(register).
      - Cannot be combined with C(async).
    type: bool
    default: false
  fields:
    description: Return only these fields of each alert, such as V([alert_name]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_notification
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
- name: List the alerts that nobody is notified of
  cloud66.cloud.c66_notification_info:
    stack: Awesome App
    subscribed: false
  register: silent

- name: Read the subscriptions with their URLs
  cloud66.cloud.c66_notification_info:
    stack: Awesome App
    include_urls: true
    fields: [alert_name, subscriptions]
  register: result

- name: Set the same subscriptions on another stack
  cloud66.cloud.c66_notification:
    stack: Storefront
    alerts: "{{ result.notifications }}"
    purge: true
"""

RETURN = r"""
---
notifications:
  description: The alerts as the API returns them, plus the UID of their stack.
  returned: success
  type: list
  elements: dict
  contains:
    alert_name:
      description: The name of the alert.
      type: str
    stack_uid:
      description: The UID of the alert's stack.
      type: str
    subscriptions:
      description:
        - The subscriptions, each with its C(channel).
        - With O(cloud66.cloud.c66_notification_info#module:include_urls), also with the C(slack_url) or
          C(webhook_url).
      type: list
      elements: dict
  sample:
    - alert_name: noticent_stack_redeploy_failed
      stack_uid: 5999b763474b0eafa5fafb64bff0ba80
      subscriptions: [{channel: email}, {channel: slack}]
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.notification import Notification

MODULE = InfoModule(Notification)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
