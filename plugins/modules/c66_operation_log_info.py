#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_operation_log_info
short_description: Read the log of a Cloud 66 operation
version_added: 1.0.0
description:
  - Returns the log of an asynchronous operation.
  - An operation has a UID, which is not the id of an action. It is undocumented which call of the API returns it.
options:
  operation_uid:
    description: The UID of the operation.
    type: str
    required: true
  min_severity:
    description: Leave out entries that are less severe, as a word or a code.
    type: str
    choices: [trace, debug, info, notice, warn, error, "0", "1", "2", "3", "4", "5"]
  include_children:
    description: Also return the entries of the operations that this one started.
    type: bool
    default: false
  fields:
    description: Return only these fields of each entry, such as V([t, m]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_action_info
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: Read the log of an operation
  cloud66.cloud.c66_operation_log_info:
    operation_uid: op-1
    include_children: true
  register: result

- name: Show its messages
  ansible.builtin.debug:
    msg: "{{ result.operation_logs | map(attribute='m') }}"

- name: Read what went wrong
  cloud66.cloud.c66_operation_log_info:
    operation_uid: op-1
    min_severity: warn
"""

RETURN = r"""
---
operation_logs:
  description: The entries of the log, as the API returns them.
  returned: success
  type: list
  elements: dict
  contains:
    v:
      description: The code of the severity.
      type: int
    v_name:
      description: The severity in words. One of V(trace), V(debug), V(info), V(notice), V(warn) and V(error).
      type: str
    m:
      description: The message.
      type: str
    t:
      description: When it was written, in ISO 8601.
      type: str
    s:
      description: The operation that wrote it. None for the operation itself.
      type: str
    e:
      description: How many operations are between that one and the operation itself; V(0) for the operation itself.
      type: int
    operation_uid:
      description: The UID of the operation that wrote it. Only for operations that this one started.
      type: str
  sample:
    - v: 2
      v_name: info
      m: Deployment started
      t: "2025-01-15T10:00:05Z"
      s: null
      e: 0
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.operation_log import OperationLog

MODULE = InfoModule(OperationLog)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
