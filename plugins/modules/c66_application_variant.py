#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_application_variant
short_description: Change the variants of a Cloud 66 application
version_added: 1.0.0
description:
  - Changes the share of the traffic that a canary gets, makes a rollout the active version, or removes a preview.
  - Variants are created by deployments. The API has no call to create one.
options:
  variant:
    description:
      - The variant, by its UID, its git hash, its tag or its git ref, as listed by
        M(cloud66.cloud.c66_application_variant_info).
      - To run a playbook with O(state=committed) again without an error, use the git hash. It is undocumented whether a
        variant keeps its UID when it is committed.
    type: str
    required: true
  percentage:
    description: The share of the traffic in percent, from V(0) to V(100). Required with O(state=present).
    type: int
  state:
    description:
      - V(present) sets the O(percentage).
      - V(committed) makes the variant the active version.
      - V(absent) removes the variant. Cloud 66 only removes previews. Nothing changes if there is no such variant.
    type: str
    choices: [present, committed, absent]
    default: present
  wait:
    description:
      - Wait for Cloud 66 to finish, and verify the result.
      - With V(false), the task ends while RV(actions) may still be running, and nothing is verified.
    type: bool
    default: true
seealso:
  - module: cloud66.cloud.c66_application_variant_info
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.stack
  - cloud66.cloud.waiting
  - cloud66.cloud.attributes.c66_stack
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Send half of the traffic to the canary
  cloud66.cloud.c66_application_variant:
    stack: Awesome App
    variant: release
    percentage: 50

- name: Make the canary the active version
  cloud66.cloud.c66_application_variant:
    stack: Awesome App
    variant: release
    state: committed

- name: Remove a preview
  cloud66.cloud.c66_application_variant:
    stack: Awesome App
    variant: feature
    state: absent
"""

RETURN = r"""
---
application_variant:
  description:
    - The variant after the change. In check mode and with O(wait=false), the predicted one. None if it is absent.
    - With O(state=committed), the active variant.
  returned: success, and on failure after a write
  type: dict
  contains:
    uid:
      description: The UID of the variant.
      type: str
    stack_uid:
      description: The UID of the stack.
      type: str
    variant_type:
      description: What the variant is, such as V(active), V(canary) or V(preview).
      type: str
    git_repo:
      description: The git repository of the version.
      type: str
    git_ref:
      description: The branch, tag or commit that was deployed.
      type: str
    git_hash:
      description: The hash of the commit.
      type: str
    tag:
      description: The tag of the version.
      type: str
    percentage:
      description: The share of the traffic in percent.
      type: int
  sample:
    uid: def456ghi789
    id: 124
    stack_uid: 5999b763474b0eafa5fafb64bff0ba80
    variant_type: canary
    git_repo: https://git.example.com/app.git
    git_ref: release
    git_hash: f6e5d4c3b2a1
    tag: null
    percentage: 20
    created_at: "2023-01-15T11:00:00Z"
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
  sample: {added: [], changed: [def456ghi789], removed: []}
actions:
  description: The actions that the task started, in their state when the task ended. Empty if it started none.
  returned: success, and on failure after a write
  type: list
  elements: dict
  contains:
    id:
      description: The id of the action.
      type: int
    stack_uid:
      description: The UID of the action's stack.
      type: str
    action:
      description: What the action does, such as V(application_deployment).
      type: str
    started_at:
      description: When the action started, in ISO 8601.
      type: str
    finished_at:
      description: When the action ended, in ISO 8601. None while it is running.
      type: str
    finished_success:
      description: Whether the action succeeded. None while it is running.
      type: bool
    finished_message:
      description: Why the action failed, or a success message.
      type: str
  sample:
    - id: 6566418
      stack_uid: 5999b763474b0eafa5fafb64bff0ba80
      user: person@company.com
      resource_type: stack
      action: application_deployment
      resource_id: "84195"
      started_via: api
      started_at: "2023-10-11T11:43:57Z"
      finished_at: "2023-10-11T11:47:42Z"
      finished_success: true
      finished_message: Completed successfully
      finished_result: {}
      metadata: {}
diff:
  description: The percentage before and after the change, by the UID of the variant.
  returned: in diff mode
  type: dict
  sample:
    before_header: the application variants of stack Awesome App
    after_header: the application variants of stack Awesome App
    before: {def456ghi789: 20}
    after: {def456ghi789: 50}
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.application_variant import (
    ApplicationVariant,
)

ARGUMENTS = {
    "variant": {"type": "str", "required": True},
    "percentage": {"type": "int"},
    "state": {"type": "str", "choices": ["present", "committed", "absent"], "default": "present"},
}

MODULE = ValuesModule(ApplicationVariant, ARGUMENTS, required_if=[("state", "present", ["percentage"])])


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
