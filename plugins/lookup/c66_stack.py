# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: c66_stack
author:
  - The cloud66.cloud authors (@cloud66)
short_description: Look up a Cloud 66 stack, or one of its fields
version_added: 1.0.0
description:
  - Returns a stack by its UID or name, like M(cloud66.cloud.c66_stack_info), but without C(redeploy_hook).
  - Each stack is read only once per run, for all hosts.
extends_documentation_fragment:
  - cloud66.cloud.connection.plugins
options:
  _terms:
    description: The UIDs or names of stacks.
    required: true
  environment:
    description: The environment of the stack. Needed when several stacks have the same name.
    type: str
  field:
    description: Only return this field of the stack, such as V(uid) or V(status_name).
    type: str
"""

EXAMPLES = r"""
- name: Show the address of the application
  ansible.builtin.debug:
    msg: "{{ lookup('cloud66.cloud.c66_stack', 'Awesome App', field='fqdn') }}"

- name: Fail unless the stack is healthy
  ansible.builtin.assert:
    that: stack.health_name == "ok"
  vars:
    stack: "{{ lookup('cloud66.cloud.c66_stack', 'Awesome App', environment='production') }}"
"""

RETURN = r"""
_raw:
  description: The stacks, or their fields.
  type: list
  elements: raw
"""

import json
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.run import Run
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.fields import described
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.stack import Stack
from ansible_collections.cloud66.cloud.plugins.plugin_utils.lookup import Cloud66Lookup
from ansible_collections.cloud66.cloud.plugins.plugin_utils.once import once_a_run


class LookupModule(Cloud66Lookup):
    """Reads a stack, once in a run."""

    def find(self, term: str, run: Run) -> Any:
        environment, field = self.get_option("environment"), self.get_option("field")
        # The key names the API, the account and the token: each may see another stack of this name.
        key = json.dumps(["stack", term, environment, run.settings.api_url, run.settings.account_id, run.fingerprint])
        stack = once_a_run(key, lambda: described(Stack(run.client, run.params).named(term, environment), Stack.fields))
        if field is None:
            return stack
        if field not in stack:
            raise AnsibleLookupError(f"A stack has no field {field}. Its fields are {', '.join(stack)}.")
        return stack[field]
