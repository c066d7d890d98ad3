# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: c66_env_var
author:
  - The cloud66.cloud authors (@cloud66)
short_description: Look up environment variables of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns the value of an environment variable. It may be a password.
  - The value is read on every call and never written to disk. Ansible evaluates a lookup for each host and each use
    of a variable that contains it, so set a fact once, as in the example.
notes:
  - Set C(no_log=true) on every task that may show the value. From ansible-core 2.22 on, Ansible masks values of at
    least 8 characters in all its output. Older versions do not know that they are secret.
extends_documentation_fragment:
  - cloud66.cloud.connection.plugins
  - cloud66.cloud.stack
options:
  _terms:
    description: The keys of the variables.
    required: true
"""

EXAMPLES = r"""
- name: Read the password once for all hosts
  ansible.builtin.set_fact:
    database_password: "{{ lookup('cloud66.cloud.c66_env_var', 'MYSQL_PASSWORD', stack='Awesome App') }}"
  run_once: true
  no_log: true
"""

RETURN = r"""
_raw:
  description: The values.
  type: list
  elements: raw
"""

from typing import Any

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.run import Run
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.env_var import EnvVar
from ansible_collections.cloud66.cloud.plugins.plugin_utils.lookup import Cloud66Lookup
from ansible_collections.cloud66.cloud.plugins.plugin_utils.masking import mask


class LookupModule(Cloud66Lookup):
    """Reads the value of an environment variable."""

    def find(self, term: str, run: Run) -> Any:
        stack = {name: self.get_option(name) for name in ("stack", "environment")}
        value = EnvVar(run.client, {**run.params, **stack}).value(term)
        mask([str(value)], self.variables, (term, stack["stack"]))
        return value
