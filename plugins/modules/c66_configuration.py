#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_configuration
short_description: Upload the configuration files of a Cloud 66 stack
version_added: 0.2.0
description:
  - Stores a new text of C(service.yml), of C(manifest.yml) or of a configuration file such as that of nginx, and
    applies it when asked to.
  - Nothing is written where the text is the one that is stored. Neither the kind of line ends nor newlines at the end
    make a difference. What is written has the line ends of Unix.
  - The text is part of the result and of the difference. Use C(no_log) for one that holds a secret.
options:
  type:
    description:
      - V(service_yaml), V(manifest_yaml), or the type of a configuration file as
        M(cloud66.cloud.c66_configuration_info) lists it.
    type: str
    required: true
  body:
    description: The text. Either this or O(src) must be given.
    type: str
  src:
    description: A file that holds the text, on the machine where the task runs.
    type: path
  comments:
    description: What to say of the new text, for those who look at it later. It makes no difference by itself.
    type: str
  apply:
    description:
      - Also apply a new text of a configuration file to the servers. A text that is stored already is not applied.
      - A version of V(service_yaml) or V(manifest_yaml) cannot be applied by itself. It takes effect with the next
        deployment. For these, and for a configuration file that cannot be applied, this is a warning.
    type: bool
    default: false
  wait:
    description:
      - Wait until Cloud 66 has done it, and make sure that it has worked.
      - With V(false), the task ends with RV(actions) that are going on, and nothing is verified.
    type: bool
    default: true
seealso:
  - module: cloud66.cloud.c66_configuration_info
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.stack
  - cloud66.cloud.waiting
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Store a service.yml for the next deployment
  cloud66.cloud.c66_configuration:
    stack: Awesome App
    type: service_yaml
    src: "{{ playbook_dir }}/service.yml"
    comments: Two more workers

- name: Change the configuration of nginx at once
  cloud66.cloud.c66_configuration:
    stack: Awesome App
    type: nginx
    body: "{{ lookup('ansible.builtin.template', 'nginx.conf.j2') }}"
    apply: true

- name: Show the difference that a file would make
  cloud66.cloud.c66_configuration:
    stack: Awesome App
    type: manifest_yaml
    src: "{{ playbook_dir }}/manifest.yml"
  check_mode: true
  diff: true
"""

RETURN = r"""
---
configuration:
  description:
    - The configuration after the change, with its text. In check mode and with O(wait=false), as it would be.
  returned: success
  type: dict
  contains:
    type:
      description: The type, by which the tasks name it.
      type: str
    body:
      description: The text.
      type: str
    comments:
      description: What its author said of it.
      type: str
    name:
      description: The name of a configuration file.
      type: str
    can_apply:
      description: Whether a configuration file can be applied to the servers by itself.
      type: bool
    changed_by:
      description: Who has changed a configuration file last.
      type: str
    updated_at:
      description: When a configuration file was changed last, in ISO 8601.
      type: str
  sample:
    type: nginx
    name: nginx.conf
    body: worker_processes 2;
    comments: tuning
    can_apply: true
    changed_by: person@company.com
    created_at: "2023-10-11T11:43:57Z"
    updated_at: "2023-10-11T11:43:57Z"
changes:
  description: The types of configurations that were added, changed and removed, or would be in check mode, sorted.
  returned: success
  type: dict
  contains:
    added:
      description: Those that were not there before.
      type: list
      elements: str
    changed:
      description: Those that were there.
      type: list
      elements: str
    removed:
      description: Those that are not there any more.
      type: list
      elements: str
  sample: {added: [], changed: [nginx], removed: []}
actions:
  description:
    - The actions that Cloud 66 has begun for the task, as they are when it ends. Empty where nothing was changed.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the action.
      type: int
    stack_uid:
      description: The UID of the stack that it belongs to.
      type: str
    action:
      description: What it does.
      type: str
    started_at:
      description: When it began, in ISO 8601.
      type: str
    finished_at:
      description: When it ended, in ISO 8601. None while it is going on.
      type: str
    finished_success:
      description: Whether it went well. None while it is going on.
      type: bool
    finished_message:
      description: Why it failed, or a text of success.
      type: str
  sample:
    - id: 6566418
      stack_uid: 5999b763474b0eafa5fafb64bff0ba80
      user: person@company.com
      resource_type: stack
      action: "configuration-update"
      resource_id: "84195"
      started_via: api
      started_at: "2023-10-11T11:43:57Z"
      finished_at: "2023-10-11T11:43:59Z"
      finished_success: true
      finished_message: Completed successfully
      finished_result: {}
      metadata: {}
diff:
  description: The texts before and after the change.
  returned: in diff mode
  type: dict
  sample:
    before_header: nginx of stack Awesome App
    after_header: nginx of stack Awesome App
    before: worker_processes 1;
    after: worker_processes 2;
api:
  description: Requests sent, how many of them were sent again, and the hourly limit as Cloud 66 told it last.
  returned: when the API was called
  type: dict
  sample: {requests: 2, retries: 0, rate_limit: {limit: 3000, remaining: 2998}}
"""

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.values import ValuesModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.configuration import Configuration

ARGUMENTS = {
    "type": {"type": "str", "required": True},
    "body": {"type": "str"},
    "src": {"type": "path"},
    "comments": {"type": "str"},
    "apply": {"type": "bool", "default": False},
}

MODULE = ValuesModule(Configuration, ARGUMENTS, required_one_of=[("body", "src")], mutually_exclusive=[("body", "src")])


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
