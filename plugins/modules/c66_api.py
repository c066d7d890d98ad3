#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_api
short_description: Call any endpoint of the Cloud 66 API
version_added: 0.1.0
description:
  - Calls an endpoint that has no module yet, with the same authentication, retries, limits and errors as all modules.
  - Any method other than C(GET) is reported as a change and skipped in check mode. Such a request is never retried
    after it may have been applied.
options:
  path:
    description:
      - The path below O(api_url), such as V(/stacks). Absolute URLs and queries are refused.
      - Percent-encode special characters within a segment of the path, such as a V(/) in a name.
    type: str
    required: true
  method:
    description: The HTTP method.
    type: str
    choices: [GET, POST, PUT, PATCH, DELETE]
    default: GET
  query:
    description: Query parameters.
    type: dict
  body:
    description: The request body, sent as JSON.
    type: raw
  paginate:
    description: Read all pages of a list and return the whole list. Only for O(method=GET).
    type: bool
    default: false
  include_secrets:
    description:
      - Return the values of fields known to hold secrets, such as C(token) and C(ssh_private_key).
      - The result is then hidden from all output, as with C(no_log). Use it through C(register).
      - Cannot be combined with C(async).
    type: bool
    default: false
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: List the clouds of the account
  cloud66.cloud.c66_api:
    path: /clouds
    paginate: true
  register: clouds

- name: Read one page of the actions of a stack
  cloud66.cloud.c66_api:
    path: /stacks/5999b763474b0eafa5fafb64bff0ba80/actions
    query:
      page: 1

- name: Register a device without checking whether it exists
  cloud66.cloud.c66_api:
    method: POST
    path: /users/18/devices
    body:
      token: wertqy
      device_type: 1
      sub_type: 1
  no_log: true
"""

RETURN = r"""
---
response:
  description:
    - The value of C(response) in the answer, or the whole answer if it has no such key. None for an empty answer, and
      in check mode for all methods other than C(GET).
    - Fields that are known to hold secrets are hidden, unless O(include_secrets=true).
  returned: success
  type: raw
  sample:
    - name: digitalocean
      display_name: DigitalOcean
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.endpoint import SECRETS, EndpointModule

ARGUMENTS = {
    "path": {"type": "str", "required": True},
    "method": {"type": "str", "choices": ["GET", "POST", "PUT", "PATCH", "DELETE"], "default": "GET"},
    "query": {"type": "dict"},
    "body": {"type": "raw"},
    "paginate": {"type": "bool", "default": False},
    "include_secrets": {"type": "bool", "default": False, "no_log": False},
}

MODULE = EndpointModule(ARGUMENTS, reveals={"include_secrets": SECRETS})


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
