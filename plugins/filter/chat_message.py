# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: chat_message
author:
  - The cloud66.cloud authors (@cloud66)
short_description: Make a message for Slack or Teams from a report
version_added: 1.0.0
description:
  - Makes the body of a request to a webhook from the report of the role P(cloud66.cloud.deploy#role), from the result
    of M(cloud66.cloud.c66_fleet) or its report, or from a text.
  - It names what is added, changed and removed. It never shows values.
  - Texts from Cloud 66 and from variables are not active in the message. They mention nobody and are no links.
  - What exceeds the limits of Slack and Teams is left out. The last line says how much.
positional: _input
options:
  _input:
    description: The report, or a text.
    type: raw
    required: true
  format:
    description:
      - V(slack) is for incoming webhooks of Slack.
      - V(teams) is for webhooks of Teams Workflows, as an Adaptive Card.
      - V(text) is an object with the key C(text), which many services accept. A text is passed on unchanged.
    type: str
    choices: [text, slack, teams]
    default: text
seealso:
  - plugin: cloud66.cloud.deploy_markdown
    plugin_type: filter
  - plugin: cloud66.cloud.fleet_markdown
    plugin_type: filter
"""

EXAMPLES = r"""
---
- name: Compare all stacks with their variables
  cloud66.cloud.c66_fleet:
  check_mode: true
  register: fleet

- name: Make a message
  ansible.builtin.set_fact:
    message: "{{ fleet | cloud66.cloud.chat_message('slack') }}"
  run_once: true
"""

RETURN = r"""
---
_value:
  description: The body, to be sent as JSON.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.cloud66.cloud.plugins.plugin_utils.messages import chat_message


class FilterModule:
    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"chat_message": chat_message}
