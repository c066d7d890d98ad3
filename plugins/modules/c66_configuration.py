#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_configuration
short_description: Upload the configuration files of a Cloud 66 stack
version_added: 1.0.0
description:
  - Stores new content for C(service.yml), C(manifest.yml) or a configuration file such as nginx's, and can apply it.
  - With O(state=applied), applies what is stored.
  - Nothing is written if the stored content is the same. Differences in line endings and in trailing newlines are
    ignored. Content is written with Unix line endings.
  - The content appears in the result and in the diff. Use C(no_log) if it contains a secret.
options:
  type:
    description:
      - V(service_yaml), V(manifest_yaml), or the type of a configuration file as listed by
        M(cloud66.cloud.c66_configuration_info).
    type: str
    required: true
  body:
    description:
      - The content, a string. Either this or O(src) is required, unless O(state=applied).
      - For V(service_yaml) and V(manifest_yaml), a dictionary is stored as YAML.
    type: raw
  src:
    description:
      - A file with the content.
      - A relative path is searched for in the role, in its folder C(files) and beside the playbook. An absolute path is
        on the machine where the task runs. On the controller, the file may be encrypted with ansible-vault.
    type: path
  comments:
    description: A comment to store with new content. If only the comment differs, nothing is written.
    type: str
  apply:
    description:
      - Also apply new content of a configuration file to the servers. Content that is already stored is not applied.
      - V(service_yaml) and V(manifest_yaml) take effect with the next deployment and cannot be applied separately. For
        these, and for configuration files that cannot be applied, the task warns.
    type: bool
    default: false
  state:
    description:
      - With V(present), the content is stored.
      - V(applied) applies the stored configuration file to the servers. Nothing shows whether it has been applied
        before, so each run applies it. Use it for content that was stored with O(apply=false).
    type: str
    choices: [present, applied]
    default: present
  wait:
    description:
      - Wait for Cloud 66 to finish, and verify the result.
      - With V(false), the task ends while RV(actions) may still be running, and nothing is verified.
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
  - cloud66.cloud.attributes.c66_stack
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

- name: Change the configuration of nginx and apply it
  cloud66.cloud.c66_configuration:
    stack: Awesome App
    type: nginx
    body: "{{ lookup('ansible.builtin.template', 'nginx.conf.j2') }}"
    apply: true

- name: Apply what is stored
  cloud66.cloud.c66_configuration:
    stack: Awesome App
    type: nginx
    state: applied

- name: Store a service.yml that is made of variables
  cloud66.cloud.c66_configuration:
    stack: Awesome App
    type: service_yaml
    body:
      services:
        web:
          image: "nginx:{{ nginx_version }}"
  vars:
    nginx_version: "1.27"

- name: Show what a file would change
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
    - The configuration after the change, with its text. In check mode and with O(wait=false), the predicted one.
    - With O(state=applied), the configuration that was applied.
  returned: success, and on failure after a write
  type: dict
  contains:
    type:
      description: The type of the configuration.
      type: str
    body:
      description: The text of the configuration.
      type: str
    comments:
      description: The comment that was stored with the text.
      type: str
    name:
      description: The name of a configuration file.
      type: str
    can_apply:
      description: Whether a configuration file can be applied to the servers without a deployment.
      type: bool
    changed_by:
      description: Who last changed a configuration file.
      type: str
    updated_at:
      description: When a configuration file was last changed, in ISO 8601.
      type: str
    uid:
      description: The UID of a version of V(service_yaml) or V(manifest_yaml).
      type: str
    created_at_iso:
      description: When that version was created, in ISO 8601.
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
  description: The keys that were added, changed and removed (or would be in check mode), sorted.
  returned: success, and on failure after a write
  type: dict
  contains:
    added:
      description: Keys that did not exist before.
      type: list
      elements: str
    changed:
      description: Keys whose value changed.
      type: list
      elements: str
    removed:
      description: Keys that no longer exist.
      type: list
      elements: str
  sample: {added: [], changed: [nginx], removed: []}
actions:
  description: The actions that the task started, in their state when the task ended. Empty if it started none.
  returned: success, and on failure after a write
  type: list
  elements: dict
  contains:
    id:
      description: The id of the action.
      type: int
    stack_uid:
      description: The UID of the action's stack.
      type: str
    action:
      description: What the action does, such as V(application_deployment).
      type: str
    started_at:
      description: When the action started, in ISO 8601.
      type: str
    finished_at:
      description: When the action ended, in ISO 8601. None while it is running.
      type: str
    finished_success:
      description: Whether the action succeeded. None while it is running.
      type: bool
    finished_message:
      description: Why the action failed, or a success message.
      type: str
  sample:
    - id: 6566418
      stack_uid: 5999b763474b0eafa5fafb64bff0ba80
      user: person@company.com
      resource_type: stack
      action: application_deployment
      resource_id: "84195"
      started_via: api
      started_at: "2023-10-11T11:43:57Z"
      finished_at: "2023-10-11T11:47:42Z"
      finished_success: true
      finished_message: Completed successfully
      finished_result: {}
      metadata: {}
action:
  description: The action that the task started. None if it started none or if the action is unknown.
  returned: success, and on failure after a write
  type: dict
  contains:
    id:
      description: The id of the action.
      type: int
    stack_uid:
      description: The UID of the action's stack.
      type: str
    action:
      description: What the action does, such as V(application_deployment).
      type: str
    started_at:
      description: When the action started, in ISO 8601.
      type: str
    finished_at:
      description: When the action ended, in ISO 8601. None while it is running.
      type: str
    finished_success:
      description: Whether the action succeeded. None while it is running.
      type: bool
    finished_message:
      description: Why the action failed, or a success message.
      type: str
  sample:
    id: 6566418
    stack_uid: 5999b763474b0eafa5fafb64bff0ba80
    user: person@company.com
    resource_type: stack
    action: application_deployment
    resource_id: "84195"
    started_via: api
    started_at: "2023-10-11T11:43:57Z"
    finished_at: "2023-10-11T11:47:42Z"
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
  description: The API requests of the task, and the hourly limit as Cloud 66 last reported it.
  returned: when the API was called
  type: dict
  contains:
    requests:
      description: Requests sent, including retries.
      type: int
    retries:
      description: How many of them were retries.
      type: int
    rate_limit:
      description: The hourly limit (C(limit)) and the requests left (C(remaining)). None if unknown.
      type: dict
  sample: {requests: 2, retries: 0, rate_limit: {limit: 3000, remaining: 2998}}
"""

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.by_state import ByStateModule
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.command import CommandTask
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.values import ValuesTask
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.configuration import (
    AppliedConfiguration,
    Configuration,
)

ARGUMENTS = {
    "type": {"type": "str", "required": True},
    "body": {"type": "raw"},
    "src": {"type": "path"},
    "comments": {"type": "str"},
    "apply": {"type": "bool", "default": False},
}

MODULE = ByStateModule(
    {"present": (ValuesTask, Configuration), "applied": (CommandTask, AppliedConfiguration)},
    ARGUMENTS,
    required_if=[("state", "present", ("body", "src"), True)],
    mutually_exclusive=[("body", "src")],
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
