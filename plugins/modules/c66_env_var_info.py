#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_env_var_info
short_description: Read the environment variables of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns the environment variables of a stack. Values are only returned on request.
options:
  env_var_id:
    description: Only read the variable with this id. Fails if there is none.
    type: int
  key:
    description: Only return the variable with this key.
    type: str
  include_values:
    description:
      - Also return the current and previous values. Any of them may be a password.
      - The result is then hidden from all output, as with C(no_log). Use it through C(register).
      - Cannot be combined with C(async).
    type: bool
    default: false
  fields:
    description: Return only these fields of each variable, such as V([key]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_env_var
  - plugin: cloud66.cloud.c66_env_var
    plugin_type: lookup
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
- name: List the variables of a stack
  cloud66.cloud.c66_env_var_info:
    stack: Awesome App

- name: Read all values
  cloud66.cloud.c66_env_var_info:
    stack: Awesome App
    include_values: true
  register: result

- name: Copy the user-defined variables to another stack
  cloud66.cloud.c66_env_var:
    stack: Storefront
    env_vars: "{{ own | items2dict(value_name='value') }}"
  vars:
    own: "{{ result.env_vars | rejectattr('readonly') | rejectattr('is_generated') }}"
"""

RETURN = r"""
---
env_vars:
  description: The variables as the API returns them.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the variable.
      type: int
    key:
      description: The key.
      type: str
    readonly:
      description: Whether the value cannot be changed.
      type: bool
    is_password:
      description: Whether Cloud 66 treats the variable as a password. Other variables may hold passwords too.
      type: bool
    is_generated:
      description: Whether Cloud 66 generated the variable, which then cannot be removed.
      type: bool
    created_at:
      description: When the variable was added, in ISO 8601.
      type: str
    updated_at:
      description: When the variable was last changed, in ISO 8601.
      type: str
    history:
      description: Earlier versions of the variable, each with its number and times.
      type: list
      elements: dict
    value:
      description: The value, which may be a password. The versions in RV(env_vars[].history) then have values too.
      returned: when O(include_values=true)
      type: raw
  sample:
    - id: 4153
      key: LOG_LEVEL
      readonly: false
      created_at: "2014-08-29T17:21:25Z"
      updated_at: "2023-10-11T11:43:59Z"
      is_password: false
      is_generated: false
      history:
        - key: 1
          created_at: "2015-05-08T15:09:50Z"
          updated_at: "2015-05-08T15:09:50Z"
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.env_var import EnvVar

MODULE = InfoModule(EnvVar)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
