# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: deploy_markdown
author:
  - The cloud66.cloud authors (@cloud66)
short_description: Report on a deployment in Markdown
version_added: 1.0.0
description:
  - Makes a summary for a CI job or a comment from the report of the role P(cloud66.cloud.deploy#role).
  - It names the variables and settings that are added, changed and removed. It never shows values.
  - Texts from Cloud 66 and from variables are in code spans, where neither Markdown nor HTML, mentions and links are
    active.
positional: _input
options:
  _input:
    description: The report.
    type: dict
    required: true
seealso:
  - plugin: cloud66.cloud.chat_message
    plugin_type: filter
  - plugin: cloud66.cloud.fleet_markdown
    plugin_type: filter
"""

EXAMPLES = r"""
---
# After the role cloud66.cloud.deploy.
- name: Write the summary
  ansible.builtin.copy:
    content: "{{ deploy_report | cloud66.cloud.deploy_markdown }}"
    dest: deploy.md
    mode: "0644"
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
---
_value:
  description: The summary.
  type: str
"""

from collections.abc import Callable

from ansible_collections.cloud66.cloud.plugins.plugin_utils.messages import deploy_markdown


class FilterModule:
    def filters(self) -> dict[str, Callable[..., str]]:
        return {"deploy_markdown": deploy_markdown}
