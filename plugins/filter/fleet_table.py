# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: fleet_table
author:
  - The cloud66.cloud authors (@cloud66)
short_description: Show what differs in a fleet of Cloud 66 stacks as a table
version_added: 1.0.0
description:
  - Makes a table in plain text from the result of M(cloud66.cloud.c66_fleet), also if that failed.
  - It names the keys that are added (C(+)), changed (C(~)) and removed (C(-)), and says what became of them. It never
    shows values. Long lists of keys are shortened. Stacks in which nothing differs are only counted, in the last line.
positional: _input
options:
  _input:
    description: The registered result of M(cloud66.cloud.c66_fleet).
    type: dict
    required: true
seealso:
  - module: cloud66.cloud.c66_fleet
  - plugin: cloud66.cloud.fleet_markdown
    plugin_type: filter
  - plugin: cloud66.cloud.fleet_html
    plugin_type: filter
"""

EXAMPLES = r"""
---
- name: Compare all stacks with their variables
  cloud66.cloud.c66_fleet:
  check_mode: true
  register: fleet

- name: Show what differs
  ansible.builtin.debug:
    msg: "{{ (fleet | cloud66.cloud.fleet_table).splitlines() }}"
  run_once: true
"""

RETURN = r"""
---
_value:
  description: The table.
  type: str
"""

from collections.abc import Callable

from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet_reports.filters import fleet_table


class FilterModule:
    def filters(self) -> dict[str, Callable[..., str]]:
        return {"fleet_table": fleet_table}
