#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: role_awx
short_description: Create and update objects in AWX
version_added: 1.0.0
description:
  - Creates and updates objects in AWX or Automation Platform, one after the other, with the modules of another
    collection, which must be installed.
  - An object that refers to one of those before it gets its id, as names are not unique in AWX.
  - In check mode, an object that refers to one that does not exist yet is reported as a change.
  - The role awx of this collection uses it. It runs on the controller only and does not call Cloud 66.
options:
  collection:
    description: The collection with the modules.
    type: str
    choices: [awx.awx, ansible.controller]
    default: awx.awx
  connection:
    description: How to reach AWX. These are options of all modules of that collection. Empty ones are left out.
    type: dict
    default: {}
    suboptions:
      controller_host:
        description: The URL.
        type: str
      controller_oauthtoken:
        description: A token.
        type: str
      controller_username:
        description: A user, if there is no token.
        type: str
      controller_password:
        description: The password of the user.
        type: str
      validate_certs:
        description: Check the certificate.
        type: bool
  notifications:
    description:
      - Notification templates, which are created before the objects and attached to them.
      - With at least one, all others are detached from the objects with O(objects[].notify_as).
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Its name.
        type: str
        required: true
      description:
        description: Its description.
        type: str
      notification_type:
        description: What it sends, such as V(slack). Without it, the notification template must exist.
        type: str
      notification_configuration:
        description: Where to send it, and access to that. Secrets are only sent if another part differs.
        type: dict
      messages:
        description: Messages that replace those of AWX.
        type: dict
      events:
        description: What it reports. V(approval) only applies to workflows.
        type: list
        elements: str
        choices: [started, success, error, approval]
        default: [error, approval]
      templates:
        description: The objects that it reports, by O(objects[].notify_as). By default, all.
        type: list
        elements: str
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
        description: Its name, or the identifier of a node.
        type: str
        required: true
      options:
        description:
          - The options of the module, in layers, of which later ones replace earlier ones. Empty ones are left out.
        type: list
        elements: dict
        required: true
      notify_as:
        description: How O(notifications[].templates) calls the object. Without it, nothing is attached.
        type: str
      when:
        description: V(false) leaves the object out.
        type: bool
        default: true
  organization:
    description: The organization of the notification templates.
    type: str
  update_secrets:
    description: Send secrets even if nothing else differs, because AWX does not show them.
    type: bool
    default: false
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
  description: All of them, in the order in which they were made. After a failure, those before it.
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
