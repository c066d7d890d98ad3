# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: fleet_markdown
author:
  - The cloud66.cloud authors (@cloud66)
short_description: Report on a fleet of Cloud 66 stacks in Markdown
version_added: 1.0.0
description:
  - Makes a report for a comment on a pull request from the result of M(cloud66.cloud.c66_fleet), also if that failed.
  - It names the keys that are added, changed and removed. It never shows values.
  - Texts from Cloud 66 and from variables are in code spans, where neither Markdown nor HTML, mentions and links are
    active.
  - It has less than 65,536 characters, which is as much as GitHub accepts. It says how many stacks it leaves out.
positional: _input
options:
  _input:
    description: The registered result of M(cloud66.cloud.c66_fleet).
    type: dict
    required: true
seealso:
  - module: cloud66.cloud.c66_fleet
  - plugin: cloud66.cloud.fleet_table
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

- name: Write the comment
  ansible.builtin.copy:
    content: "{{ fleet | cloud66.cloud.fleet_markdown }}"
    dest: fleet.md
    mode: "0644"
  delegate_to: localhost
  run_once: true
  check_mode: false
"""

RETURN = r"""
---
_value:
  description: The report.
  type: str
"""

from collections.abc import Callable

from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet_reports.filters import fleet_markdown


class FilterModule:
    def filters(self) -> dict[str, Callable[..., str]]:
        return {"fleet_markdown": fleet_markdown}
