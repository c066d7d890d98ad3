#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_formation
short_description: Manage the Kubernetes formations of a Cloud 66 stack
version_added: 1.0.0
description:
  - Creates a formation, adds stencils, policies, transformations, workflows and Helm releases to it, and replaces the
    texts of stencils.
  - Only what the task names is compared. Other parts of the formation are kept.
  - The API can neither remove a formation or one of its parts, nor change anything but the text of a stencil. If such a
    change is needed, the task fails before it writes anything.
options:
  name:
    description: The name of the formation.
    type: str
    required: true
  tags:
    description: The tags of the formation. Only used to create it.
    type: list
    elements: str
  base_templates:
    description:
      - The base templates from which to create the formation. Required for a new one.
      - They are registered with M(cloud66.cloud.c66_base_template).
    type: list
    elements: dict
    suboptions:
      repo:
        description: The URL of the git repository.
        type: str
        required: true
      branch:
        description: The branch of the repository.
        type: str
        required: true
  stencils:
    description: The stencils, which are the templates of Kubernetes files.
    type: list
    elements: dict
    suboptions:
      filename:
        description: The name of the file, which identifies the stencil.
        type: str
        required: true
      base_template:
        description:
          - The base template of a new stencil, by its UID, short name, repository or name. Required for a new stencil.
          - Only used to add it; it cannot be compared.
        type: str
      template_filename:
        description: The file in the base template from which the stencil was made.
        type: str
      context_id:
        description: What the stencil is for, such as the name of a service.
        type: str
      sequence:
        description: Its place in the order in which they apply.
        type: int
      body:
        description:
          - The text of the stencil. Required for a new one. It is the only value that can be changed later.
          - Differences in trailing newlines are ignored.
        type: str
      tags:
        description: The tags of the stencil.
        type: list
        elements: str
  policies:
    description: The policies.
    type: list
    elements: dict
    suboptions:
      name:
        description: The name, which identifies the policy.
        type: str
        required: true
      selector:
        description: What the policy applies to.
        type: str
      sequence:
        description: Its place in the order in which they apply.
        type: int
      body:
        description: The text of the policy.
        type: str
      tags:
        description: The tags of the policy.
        type: list
        elements: str
  transformations:
    description: The transformations.
    type: list
    elements: dict
    suboptions:
      name:
        description: The name, which identifies the transformation.
        type: str
        required: true
      selector:
        description: What the transformation applies to.
        type: str
      sequence:
        description: Its place in the order in which they apply.
        type: int
      body:
        description: The text of the transformation.
        type: str
      tags:
        description: The tags of the transformation.
        type: list
        elements: str
  workflows:
    description: The workflows.
    type: list
    elements: dict
    suboptions:
      name:
        description: The name, which identifies the workflow.
        type: str
        required: true
      default:
        description: Whether this is the default workflow.
        type: bool
      body:
        description: The text of the workflow.
        type: str
      tags:
        description: The tags of the workflow.
        type: list
        elements: str
  helm_releases:
    description: The Helm releases.
    type: list
    elements: dict
    suboptions:
      display_name:
        description: The name, which identifies the Helm release.
        type: str
        required: true
      chart_name:
        description: The name of the chart. Required for a new release.
        type: str
      version:
        description: The version of the chart.
        type: str
      repository:
        description: The URL of the chart's repository.
        type: str
      body:
        description: The values of the chart, as YAML.
        type: str
  commit_message:
    description: The commit message for changes of the parts.
    type: str
    default: Changed by Ansible
  state:
    description:
      - Whether the formation should exist.
      - The API cannot remove a formation, so V(absent) fails if it exists.
    type: str
    choices: [present, absent]
    default: present
  wait:
    description:
      - Wait for Cloud 66 to finish, and verify the result.
      - With V(false), the task ends while RV(actions) may still be running, and nothing is verified.
    type: bool
    default: true
notes:
  - The texts of the parts appear in the result and in the diff. Use C(no_log) if they contain a secret.
seealso:
  - module: cloud66.cloud.c66_formation_info
  - module: cloud66.cloud.c66_base_template
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
- name: Create a formation
  cloud66.cloud.c66_formation:
    stack: Awesome App
    name: staging
    tags: [staging]
    base_templates:
      - repo: https://git.example.com/stencils.git
        branch: master

- name: Add a stencil and a policy to it
  cloud66.cloud.c66_formation:
    stack: Awesome App
    name: staging
    stencils:
      - filename: web_deployment.yml
        base_template: default
        template_filename: deployment.yml
        context_id: web
        body: "{{ lookup('ansible.builtin.file', 'manifest.yml') }}"
    policies:
      - name: no-root
        selector: "*"
        body: allow {}
    commit_message: Add the web service

- name: Replace the text of a stencil
  cloud66.cloud.c66_formation:
    stack: Awesome App
    name: production
    stencils:
      - filename: web_deployment.yml
        body: "{{ lookup('ansible.builtin.file', 'manifest.yml') }}"
    commit_message: Two replicas
"""

RETURN = r"""
---
formation:
  description:
    - The formation after the change, with all of its parts. In check mode and with O(wait=false), the predicted one.
      None if it is absent.
  returned: success, and on failure after a write
  type: dict
  contains:
    uid:
      description: The UID of the formation.
      type: str
    stack_uid:
      description: The UID of the stack.
      type: str
    name:
      description: The name of the formation.
      type: str
    tags:
      description: The tags of the formation.
      type: list
      elements: str
    base_templates:
      description: The base templates from which it was made, as in M(cloud66.cloud.c66_base_template_info).
      type: list
      elements: dict
    stencils:
      description: The stencils, which are the templates of its files.
      type: list
      elements: dict
    policies:
      description: The policies.
      type: list
      elements: dict
    transformations:
      description: The transformations.
      type: list
      elements: dict
    workflows:
      description: The workflows.
      type: list
      elements: dict
    helm_releases:
      description: The Helm releases.
      type: list
      elements: dict
    filters:
      description: The filters, which select some of the parts.
      type: list
      elements: dict
    created_at_iso:
      description: When it was created, in ISO 8601.
      type: str
    updated_at_iso:
      description: When it was last changed, in ISO 8601.
      type: str
  sample:
    uid: fm-1
    stack_uid: 5999b763474b0eafa5fafb64bff0ba80
    name: production
    tags: [prod]
    base_templates: []
    stencils:
      - uid: st-1
        filename: web_deployment.yml
        template_filename: deployment.yml
        context_id: web
        sequence: 10
        body: null
    policies: []
    transformations: []
    workflows: []
    helm_releases: []
    filters: []
    created_at_iso: "2021-03-01T10:00:00Z"
    updated_at_iso: "2021-03-01T10:00:00Z"
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
  sample: {added: [], changed: [stencil web_deployment.yml], removed: []}
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
diff:
  description: The texts of the parts that the task names, before and after the change.
  returned: in diff mode
  type: dict
  sample:
    before_header: the formations of stack Awesome App
    after_header: the formations of stack Awesome App
    before:
      formation production: null
      stencil web_deployment.yml: "replicas: 1"
    after:
      formation production: null
      stencil web_deployment.yml: "replicas: 2"
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.values import ValuesModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.formation import Formation, part_arguments

BASE_TEMPLATE = {"repo": {"type": "str", "required": True}, "branch": {"type": "str", "required": True}}
ARGUMENTS = {
    "name": {"type": "str", "required": True},
    "tags": {"type": "list", "elements": "str"},
    "base_templates": {"type": "list", "elements": "dict", "options": BASE_TEMPLATE},
    **part_arguments(),
    "commit_message": {"type": "str", "default": "Changed by Ansible"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

MODULE = ValuesModule(Formation, ARGUMENTS)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
