#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: role_outcome
short_description: End a host as failed or unreachable
version_added: 1.0.0
description:
  - Ends a host of the play as C(failed), like M(ansible.builtin.fail), or as C(unreachable), with which
    C(ansible-playbook) ends with the exit status 4.
  - The playbooks of this collection use it. It runs on the controller only and does not call Cloud 66.
options:
  state:
    description: How the host ends.
    type: str
    choices: [failed, unreachable]
    default: failed
  msg:
    description: The message.
    type: str
    required: true
attributes:
  check_mode:
    description: Does the same in check mode.
    support: full
  diff_mode:
    description: Has no differences to show.
    support: none
author:
  - The cloud66.cloud authors (@cloud66)
"""

EXAMPLES = r"""
---
- name: End a host whose stack could not be read
  cloud66.cloud.role_outcome:
    state: unreachable
    msg: Cloud 66 did not answer.
"""

RETURN = r"""
---
{}
"""
