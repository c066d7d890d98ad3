#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: role_turn
short_description: Let one host of a play do the work that several ask for
version_added: 1.0.0
description:
  - Where several hosts of a play ask for the same work, such as the deployment of one stack, the first of them does it
    and the others wait for it. Unlike C(run_once), this holds with every strategy and with C(serial), and for each
    piece of work.
  - The roles of this collection use it. It runs on the controller only and does not call Cloud 66.
options:
  state:
    description:
      - V(taken) asks for work. V(ended) records what became of it. V(awaited) waits for the host that does it.
    type: str
    choices: [taken, ended, awaited]
    default: taken
  work:
    description: What the work is about, in words.
    type: str
  of:
    description: The variables whose values say which work a host asks for, to compare the hosts of the play beforehand.
    type: list
    elements: str
    default: []
  same:
    description: The variables that must have the same values on all hosts that ask for the same work.
    type: list
    elements: str
    default: []
  apart:
    description: The variable, such as the name of a file, that must differ between hosts with different work.
    type: str
  place:
    description: The place in the playbook, as RV(place) returned it. By default, the place of this task.
    type: str
  turn:
    description: The turn that is ended or awaited.
    type: str
  outcome:
    description: What became of the work.
    type: dict
  timeout:
    description: Maximum seconds to wait.
    type: float
    default: 0
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
- name: Find out which host builds
  cloud66.cloud.role_turn:
    work: "{{ shop_stack }}"
    of: [shop_stack]
    same: [shop_colour]
  register: turn
"""

RETURN = r"""
---
mine:
  description: Whether this host does the work.
  returned: with O(state=taken)
  type: bool
  sample: true
host:
  description: The host that does the work.
  returned: with O(state=taken)
  type: str
  sample: web.shop
turn:
  description: Names the work in this run of the role.
  returned: with O(state=taken)
  type: str
  sample: Awesome App 1
place:
  description: Names the place in the playbook.
  returned: with O(state=taken)
  type: str
  sample: 5999b763-474b site.yml:3
outcome:
  description: What was recorded. None if the work has not ended.
  returned: with O(state=awaited)
  type: dict
  sample: {failure: {}}
"""
