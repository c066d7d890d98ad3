#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_onprem
short_description: Change an on-premise configuration of a Cloud 66 account
version_added: 1.0.0
description:
  - Changes the name or the document of an on-premise configuration.
  - Cloud 66's API has no call that creates or removes one. If there is none, or if one that exists is to be absent, the
    task fails and says where that can be done.
  - The document appears in the result and in the diff. Use C(no_log) if it contains a secret.
options:
  onprem:
    description: The configuration, by name or UID.
    type: str
    required: true
  name:
    description: Its new name. Give the UID in O(onprem) then, so that the task can run again.
    type: str
  config:
    description: The whole document, which replaces the existing one. V({}) empties it.
    type: dict
  state:
    description: Whether the configuration exists. V(absent) fails if it does.
    type: str
    choices: [present, absent]
    default: present
notes:
  - Cloud 66 documents this only in part. It is not known which scope the token needs.
seealso:
  - module: cloud66.cloud.c66_onprem_info
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Rename an on-premise configuration
  cloud66.cloud.c66_onprem:
    onprem: op-1
    name: rack-a

- name: Replace its document
  cloud66.cloud.c66_onprem:
    onprem: op-1
    config:
      provider: bare metal
      racks:
        - name: b
          units: 2
"""

RETURN = r"""
---
onprem:
  description: The configuration after the change.
  returned: success, and on failure after a write
  type: dict
  contains:
    uid:
      description: The UID of the configuration.
      type: str
    name:
      description: The name of the configuration.
      type: str
    config:
      description: The document.
      type: dict
    created_at_iso:
      description: When it was created, in ISO 8601.
      type: str
    updated_at_iso:
      description: When it was last changed, in ISO 8601.
      type: str
  sample:
    uid: op-1
    name: rack-1
    config: {}
    created_at_iso: "2021-03-01T10:00:00Z"
    updated_at_iso: "2021-03-01T10:00:00Z"
diff:
  description: The name and the document before and after the change.
  returned: in diff mode
  type: dict
  sample:
    before: {uid: op-1, name: rack-1, config: {}}
    after: {uid: op-1, name: rack-a, config: {}}
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.onprem import Onprem

MODULE = StateModule(Onprem)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
