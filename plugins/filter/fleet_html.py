# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: fleet_html
author:
  - The cloud66.cloud authors (@cloud66)
short_description: Report on a fleet of Cloud 66 stacks as a web page
version_added: 1.0.0
description:
  - Makes one HTML page from the result of M(cloud66.cloud.c66_fleet), also if that failed. The page loads nothing.
  - With O(cloud66.cloud.c66_fleet#module:overview=true), it also shows the health of the stacks, their deployments,
    servers, backups and certificates.
  - Its table can be sorted and filtered. The keys that are added, changed and removed are listed by stack. Values are
    never shown.
positional: _input
options:
  _input:
    description: The registered result of M(cloud66.cloud.c66_fleet).
    type: dict
    required: true
  title:
    description: The title of the page.
    type: str
    default: Cloud 66 fleet
  max_backup_age:
    description: An older newest good backup is marked. A duration such as V(26h) or V(2d), or a number of seconds.
    type: str
    default: 26h
  certificate_days:
    description: Certificates that end in fewer days are marked.
    type: int
    default: 14
seealso:
  - module: cloud66.cloud.c66_fleet
  - plugin: cloud66.cloud.fleet_table
    plugin_type: filter
  - plugin: cloud66.cloud.fleet_markdown
    plugin_type: filter
"""

EXAMPLES = r"""
---
- name: Compare all stacks with their variables, and read how they are doing
  cloud66.cloud.c66_fleet:
    overview: true
  check_mode: true
  register: fleet

- name: Write the report
  ansible.builtin.copy:
    content: "{{ fleet | cloud66.cloud.fleet_html(title='Production', max_backup_age='2d') }}"
    dest: fleet.html
    mode: "0644"
  delegate_to: localhost
  run_once: true
  check_mode: false
"""

RETURN = r"""
---
_value:
  description: The page.
  type: str
"""

from collections.abc import Callable

from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet_reports.filters import fleet_html


class FilterModule:
    def filters(self) -> dict[str, Callable[..., str]]:
        return {"fleet_html": fleet_html}
