# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: c66_env_var_text
author:
  - The cloud66.cloud authors (@cloud66)
short_description: Write environment variables of a Cloud 66 stack as a file of role env_vars
version_added: 1.0.0
description:
  - Returns the text of a file for the role P(cloud66.cloud.env_vars#role), with the variables that users can set.
  - A value is taken for a secret if Cloud 66 treats it as a password, if its key says so (such as C(API_TOKEN)), or if
    it is an URL with a password or a private key. It is encrypted with the run's first vault secret, or the one that
    C(ANSIBLE_VAULT_ENCRYPT_IDENTITY) names. Without a vault secret it is left out. Other values may be secrets, too.
notes:
  - Set C(no_log=true) on every task that may show the text.
options:
  _terms:
    description: For each text, the variables as returned by M(cloud66.cloud.c66_env_var_info) with their values.
    required: true
  stack:
    description: The name or UID of the stack.
    type: str
    required: true
  environment:
    description: The environment of the stack.
    type: str
"""

EXAMPLES = r"""
- name: Write a file
  ansible.builtin.copy:
    content: "{{ lookup('cloud66.cloud.c66_env_var_text', read.env_vars, stack='Awesome App') }}"
    dest: env_vars/awesome-app.yml
    mode: "0600"
  no_log: true
"""

RETURN = r"""
_raw:
  description: The texts.
  type: list
  elements: str
"""

from typing import Any, cast

from ansible.parsing.dataloader import DataLoader
from ansible.plugins.lookup import LookupBase
from ansible_collections.cloud66.cloud.plugins.plugin_utils.env_var_file import sealer, written
from ansible_collections.cloud66.cloud.plugins.plugin_utils.unsafe import as_data


class LookupModule(LookupBase):
    """Makes the texts of files of variables."""

    def run(self, terms: list[Any], variables: Any = None, **options: Any) -> list[Any]:
        self.set_options(var_options=variables, direct=options)
        place = {name: self.get_option(name) for name in ("stack", "environment")}
        seal = sealer(cast(DataLoader, self._loader))
        return [as_data(written(place, rows, seal)) for rows in terms]
