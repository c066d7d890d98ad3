#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: role_variables
short_description: Refuse variables that a role does not have
version_added: 1.0.0
description:
  - Fails if a variable starts like those of a role but is none of them, and names the ones that it resembles.
  - The roles of this collection use it. It runs on the controller only and does not call Cloud 66.
options:
  prefix:
    description: How the variables of the role start. Variables with one more underscore are ignored.
    type: str
    required: true
  known:
    description: The variables of the role.
    type: list
    elements: str
    required: true
  sets:
    description: The facts that the role sets.
    type: list
    elements: str
    default: []
  own:
    description: Variables of the user that start in the same way.
    type: list
    elements: str
    default: []
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
- name: Refuse variables that the role does not have
  cloud66.cloud.role_variables:
    prefix: shop_
    known: [shop_stack, shop_colour]
"""

RETURN = r"""
---
{}
"""
