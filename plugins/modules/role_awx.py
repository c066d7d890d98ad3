#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: role_awx
short_description: Create and update objects in AWX
version_added: 0.2.0
description:
  - Creates and updates objects in AWX or Automation Platform, one after the other, with the modules of another
    collection, which must be installed.
  - In check mode, an object that refers to one that does not exist yet is reported as a change, and AWX is not asked
    about it.
  - The role awx of this collection uses it. It runs on the controller only and does not call Cloud 66.
options:
  collection:
    description: The collection with the modules.
    type: str
    choices: [awx.awx, ansible.controller]
    default: awx.awx
  connection:
    description: Options that all of these modules get, such as C(controller_host). Empty ones are left out.
    type: dict
    default: {}
  objects:
    description: The objects, each after those that it refers to.
    type: list
    elements: dict
    required: true
    suboptions:
      kind:
        description: The name of the module, such as V(job_template).
        type: str
        required: true
      name:
        description: What messages and results call the object.
        type: str
        required: true
      options:
        description: The options of the module. Empty ones are left out.
        type: dict
        required: true
      when:
        description: V(false) leaves the object out.
        type: bool
        default: true
attributes:
  check_mode:
    description: Changes nothing and reports what would change.
    support: full
  diff_mode:
    description: Shows which objects are created or changed. Their fields are not compared.
    support: partial
author:
  - The cloud66.cloud authors (@cloud66)
"""

EXAMPLES = r"""
---
- name: Show what the module would do without any objects
  cloud66.cloud.role_awx:
    collection: awx.awx
    objects: []
  check_mode: true
"""

RETURN = r"""
---
objects:
  description: The objects, in the order in which they were made. After a failure, those before it.
  returned: when the collection is installed
  type: list
  elements: dict
  contains:
    kind:
      description: What it is.
      type: str
    name:
      description: Its name.
      type: str
    state:
      description: V(created), V(changed) or V(ok). In check mode, what it would be.
      type: str
  sample:
    - kind: credential_type
      name: Cloud 66
      state: created
"""
