# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: fleet_report
author:
  - The cloud66.cloud authors (@cloud66)
short_description: Report on a fleet of Cloud 66 stacks as data
version_added: 1.0.0
description:
  - Returns what a file may keep of the result of M(cloud66.cloud.c66_fleet), also if that failed - the state of each
    stack, and the names of what is added, changed and removed. There are no values.
  - The other filters of the fleet and P(cloud66.cloud.chat_message#filter) also take this report.
positional: _input
options:
  _input:
    description: The registered result of M(cloud66.cloud.c66_fleet).
    type: dict
    required: true
seealso:
  - module: cloud66.cloud.c66_fleet
  - plugin: cloud66.cloud.chat_message
    plugin_type: filter
"""

EXAMPLES = r"""
---
- name: Compare all stacks with their variables
  cloud66.cloud.c66_fleet:
  check_mode: true
  register: fleet

- name: Write the report
  ansible.builtin.copy:
    content: "{{ fleet | cloud66.cloud.fleet_report | to_nice_json }}"
    dest: fleet.json
    mode: "0644"
  delegate_to: localhost
  run_once: true
  check_mode: false
"""

RETURN = r"""
---
_value:
  description: The report, with C(stacks) as in the result of M(cloud66.cloud.c66_fleet), and C(summary).
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet_reports.filters import fleet_report


class FilterModule:
    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"fleet_report": fleet_report}
