#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_ping_info
short_description: Check the connection to Cloud 66 and the token
version_added: 0.1.0
description:
  - Checks that the API responds and accepts the token. If not, the task fails with a message that says what to do.
  - Can also find out which scopes the token has. This only sends read requests.
options:
  probe:
    description: Find out which scopes the token has. Takes one request for each scope that can be checked.
    type: bool
    default: false
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: Check the connection and the token
  cloud66.cloud.c66_ping_info:

- name: Find out the scopes of the token
  cloud66.cloud.c66_ping_info:
    probe: true
  register: result

- name: Fail unless the token can manage devices
  ansible.builtin.assert:
    that: result.scopes.users == "yes"
    fail_msg: The token lacks the scope users.
"""

RETURN = r"""
---
api_url:
  description: The API that answered.
  returned: success
  type: str
  sample: https://app.cloud66.com/api/3
token_source:
  description: Where the token was found.
  returned: success
  type: str
  sample: the variable CLOUD66_ACCESS_TOKEN
scopes:
  description:
    - >-
      Whether the token has each scope: V(yes), V(no) or V(unknown).
    - V(jobs) is always V(unknown), because no read request requires just that scope.
  returned: when O(probe=true)
  type: dict
  sample: {public: "yes", redeploy: "yes", jobs: unknown, users: "no", admin: "yes"}
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.ping import PingModule

ARGUMENTS = {
    "probe": {"type": "bool", "default": False},
}

MODULE = PingModule(ARGUMENTS)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
