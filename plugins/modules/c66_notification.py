#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_notification
short_description: Manage who is notified of the alerts of a Cloud 66 stack
version_added: 1.0.0
description:
  - Adds subscriptions to the alerts of a stack, or sets exactly the given ones. Other alerts are left alone.
  - Can also set the subscriptions of all stacks in an application group. Those cannot be read, so nothing is compared.
options:
  stack:
    description: The UID or name of the stack. One of O(stack) and O(application_group) is required.
    type: str
  environment:
    description: The environment of O(stack). Needed when several stacks have the same name.
    type: str
  application_group:
    description:
      - The name of an application group, to set the subscriptions of each of its stacks.
      - The API cannot read them. The task always sends them and reports a change, in check mode too, and says so in a
        warning. O(purge=true) is required. The token needs the scope V(admin).
    type: str
  alerts:
    description: The alerts, in any order.
    type: list
    elements: dict
    required: true
    suboptions:
      alert_name:
        description: The name of the alert, such as V(noticent_stack_redeploy_failed).
        type: str
        required: true
      subscriptions:
        description: The subscriptions to the alert, in any order. Empty for none.
        type: list
        elements: dict
        required: true
        suboptions:
          channel:
            description: How people are notified, such as V(email), V(slack), V(webhook) or V(browser).
            type: str
            required: true
          slack_url:
            description: The URL of the Slack channel, with O(alerts[].subscriptions[].channel=slack). Secret.
            type: str
          webhook_url:
            description: The URL to call, with O(alerts[].subscriptions[].channel=webhook). Secret.
            type: str
  purge:
    description:
      - Also remove the subscriptions of the given alerts that are not in O(alerts[].subscriptions). With an empty list,
        nobody is notified of that alert.
      - A subscription with another URL is another subscription, so this is also how to replace a URL.
    type: bool
    default: false
notes:
  - Cloud 66 may set some alerts and refuse others. The task then fails, and its message and RV(changes) say which were
    set.
seealso:
  - module: cloud66.cloud.c66_notification_info
  - module: cloud66.cloud.c66_alert_info
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
- name: Also tell Slack about failed deployments
  cloud66.cloud.c66_notification:
    stack: Awesome App
    alerts:
      - alert_name: noticent_stack_redeploy_failed
        subscriptions:
          - channel: slack
            slack_url: "{{ vault_slack_url }}"

- name: Send no more e-mail about good deployments
  cloud66.cloud.c66_notification:
    stack: Awesome App
    alerts:
      - alert_name: noticent_stack_redeploy_success
        subscriptions: []
    purge: true

- name: Set the same subscriptions for all stacks of a group
  cloud66.cloud.c66_notification:
    application_group: production-apps
    alerts:
      - alert_name: noticent_stack_health_check_failed
        subscriptions:
          - channel: email
    purge: true
"""

RETURN = r"""
---
notifications:
  description:
    - The given alerts with their subscriptions after the change, or as they would be in check mode.
    - For an application group, what was sent.
  returned: success, and on failure after a write
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
  sample: {added: [], changed: [noticent_stack_redeploy_failed], removed: []}
diff:
  description: The subscriptions of the given alerts before and after the change, without URLs.
  returned: in diff mode
  type: dict
  sample:
    before: {noticent_stack_redeploy_failed: [{channel: email}]}
    after: {noticent_stack_redeploy_failed: [{channel: email}, {channel: slack}]}
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.notification import Subscriptions

SUBSCRIPTION = {
    "channel": {"type": "str", "required": True},
    "slack_url": {"type": "str", "no_log": True},
    "webhook_url": {"type": "str", "no_log": True},
}
ALERT = {
    "alert_name": {"type": "str", "required": True},
    "subscriptions": {"type": "list", "elements": "dict", "required": True, "options": SUBSCRIPTION},
}
ARGUMENTS = {
    "alerts": {"type": "list", "elements": "dict", "required": True, "options": ALERT},
    "purge": {"type": "bool", "default": False},
}

MODULE = ValuesModule(
    Subscriptions,
    ARGUMENTS,
    required_one_of=[("stack", "application_group")],
    mutually_exclusive=[("stack", "application_group")],
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
