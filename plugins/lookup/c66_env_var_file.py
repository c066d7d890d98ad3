# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: c66_env_var_file
author:
  - The cloud66.cloud authors (@cloud66)
short_description: Read a file with the environment variables of a Cloud 66 stack
version_added: 1.0.0
description:
  - Reads a file of the role P(cloud66.cloud.env_vars#role) as Ansible reads files of variables, except that no template
    in it is evaluated. The file, or single values with C(!vault), may be encrypted with ansible-vault.
  - A value that is not a string and is stored other than it is written, such as C(1.10), C(0123), C(12:30) and C(no),
    causes a warning with the key. Keys that are not strings, such as C(NO) without quotes, are refused.
options:
  _terms:
    description: The files.
    required: true
"""

EXAMPLES = r"""
- name: Show the keys in a file
  ansible.builtin.debug:
    msg: "{{ lookup('cloud66.cloud.c66_env_var_file', 'env_vars/awesome-app.yml').env_vars.keys() | list }}"
"""

RETURN = r"""
_raw:
  description: What the files contain, with all variables as strings.
  type: list
  elements: dict
"""

from typing import Any, cast

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.plugin_utils.env_var_file import read
from ansible_collections.cloud66.cloud.plugins.plugin_utils.unsafe import as_data

display = Display()


class LookupModule(LookupBase):
    """Reads files of variables."""

    def run(self, terms: list[Any], variables: Any = None, **options: Any) -> list[Any]:
        self.set_options(var_options=variables, direct=options)
        loader = cast(DataLoader, self._loader)
        try:
            return [as_data(read(loader, self._path(str(term), variables), display.warning)) for term in terms]
        except Cloud66Error as error:
            raise AnsibleLookupError(str(error)) from None

    def _path(self, term: str, variables: Any) -> str:
        try:
            found = self.find_file_in_search_path(variables or {}, "files", term, ignore_missing=True)
        except AnsibleError:
            found = None
        return str(found or term)
