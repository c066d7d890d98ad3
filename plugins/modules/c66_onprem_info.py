#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_onprem_info
short_description: Read the on-premise configurations of a Cloud 66 account
version_added: 1.0.0
description:
  - Returns the on-premise configurations of the account with their documents.
options:
  uid:
    description: Only read the configuration with this UID. Fails if there is none.
    type: str
  name:
    description: Only return configurations with this name.
    type: str
  fields:
    description: Return only these fields of each configuration, such as V([uid, name]).
    type: list
    elements: str
notes:
  - Cloud 66 documents this only in part. It is not known which scope the token needs.
  - The documents appear in the result. Use C(no_log) if yours contain secrets.
seealso:
  - module: cloud66.cloud.c66_onprem
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: List the on-premise configurations
  cloud66.cloud.c66_onprem_info:

- name: Find one by its name
  cloud66.cloud.c66_onprem_info:
    name: rack-1
"""

RETURN = r"""
---
onprems:
  description: The on-premise configurations, as the API returns them.
  returned: success
  type: list
  elements: dict
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
    - uid: op-1
      name: rack-1
      config: {}
      created_at_iso: "2021-03-01T10:00:00Z"
      updated_at_iso: "2021-03-01T10:00:00Z"
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.onprem import Onprem

MODULE = InfoModule(Onprem)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
