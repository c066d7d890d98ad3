#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_application_variant_info
short_description: Read the variants of a Cloud 66 application
version_added: 1.0.0
description:
  - Returns the variants of a stack's application. They are the active version, rollouts and previews.
options:
  variant:
    description: Only return variants with this UID, git hash, tag or git ref.
    type: str
  type:
    description:
      - Only return variants of this type, such as V(active), V(canary) or V(preview). It is compared with the fields
        C(variant_type), C(type) and C(sub_type), because it is undocumented which of them Cloud 66 returns.
    type: str
  fields:
    description: Return only these fields of each variant, such as V([uid, percentage]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_application_variant
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
- name: List the variants of an application
  cloud66.cloud.c66_application_variant_info:
    stack: Awesome App

- name: Find the previews
  cloud66.cloud.c66_application_variant_info:
    stack: Awesome App
    type: preview
"""

RETURN = r"""
---
application_variants:
  description:
    - The variants, as the API returns them, with the UID of their stack. It is undocumented whether Cloud 66 returns
      C(variant_type), or C(type) and C(sub_type).
  returned: success
  type: list
  elements: dict
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
    - uid: def456ghi789
      id: 124
      stack_uid: 5999b763474b0eafa5fafb64bff0ba80
      variant_type: canary
      git_repo: https://git.example.com/app.git
      git_ref: release
      git_hash: f6e5d4c3b2a1
      tag: null
      percentage: 20
      created_at: "2023-01-15T11:00:00Z"
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.application_variant import ApplicationVariant

MODULE = InfoModule(ApplicationVariant)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
