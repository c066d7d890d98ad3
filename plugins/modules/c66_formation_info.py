#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_formation_info
short_description: Read the Kubernetes formations of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns the formations of a stack with their stencils, policies, transformations, workflows and Helm releases.
  - With O(stencil), also renders that stencil from a snapshot, to try a text before it is stored. Rendering changes
    nothing.
  - With O(workflow), also compiles that workflow for a snapshot.
options:
  formation:
    description: Only return formations with this UID or name. Required with O(stencil) and O(workflow).
    type: str
  include_content:
    description: Also return the texts of the parts, in C(body).
    type: bool
    default: false
  stencil:
    description: Also render this stencil, given by its filename or UID. Requires O(snapshot).
    type: str
  snapshot:
    description:
      - The UID of the snapshot to render from or to compile for, as listed by M(cloud66.cloud.c66_snapshot_info).
    type: str
  body:
    description: Render this text in place of the stencil's own.
    type: str
  workflow:
    description: Also compile the workflow with this name. Requires O(snapshot).
    type: str
  use_latest:
    description: >-
      With O(workflow), passed to Cloud 66 as the parameter of the same name, which is not described in its
      documentation.
    type: bool
    default: true
  fields:
    description: Return only these fields of each formation, such as V([uid, name]).
    type: list
    elements: str
notes:
  - The texts of the parts, rendered files and compiled workflows can contain secrets. Use C(no_log) if yours do.
seealso:
  - module: cloud66.cloud.c66_formation
  - module: cloud66.cloud.c66_snapshot_info
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.stack
  - cloud66.cloud.attributes.c66_stack
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: List the formations of a stack
  cloud66.cloud.c66_formation_info:
    stack: Awesome App

- name: See what a new text of a stencil renders to
  cloud66.cloud.c66_formation_info:
    stack: Awesome App
    formation: production
    stencil: web_deployment.yml
    snapshot: "{{ snapshot_uid }}"
    body: "{{ lookup('ansible.builtin.file', 'manifest.yml') }}"

- name: Compile a workflow
  cloud66.cloud.c66_formation_info:
    stack: Awesome App
    formation: production
    workflow: default
    snapshot: "{{ snapshot_uid }}"
"""

RETURN = r"""
---
formations:
  description: The formations, as the API returns them, with the UID of their stack.
  returned: success
  type: list
  elements: dict
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
    - uid: fm-1
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
renders:
  description: The rendered files, and what is wrong with them.
  returned: when O(stencil) is set
  type: dict
  contains:
    stencils:
      description: The rendered files, each with its C(filename), C(sequence) and C(content).
      type: list
      elements: dict
    issues:
      description: What is wrong, each with its C(severity), C(text), C(stencil) and C(link).
      type: list
      elements: dict
    requested_files:
      description: The names of the files that were asked for.
      type: list
      elements: str
  sample:
    stencils:
      - filename: web_deployment.yml
        sequence: 10
        content: "kind: Deployment"
    issues: []
    requested_files: []
pipeline:
  description: The compiled workflow, as Cloud 66's own command line tool runs it. Its form is not documented.
  returned: when O(workflow) is set
  type: raw
  sample: {name: default, steps: []}
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.info import InfoModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.formation import Formation

MODULE = InfoModule(
    Formation,
    required_by={
        "stencil": ["formation", "snapshot"],
        "workflow": ["formation", "snapshot"],
        "body": ["stencil"],
    },
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
