#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_snapshot_info
short_description: Read the snapshots of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns the snapshots of a stack. Kubernetes files are rendered from a snapshot and a formation.
  - With O(formation), also returns the files that are rendered from the snapshot. Rendering changes nothing.
options:
  snapshot:
    description: Only return the snapshot with this UID. Required with O(formation).
    type: str
  action:
    description: Only return snapshots that were made by this action.
    type: str
  formation:
    description: Also render this formation, given by its UID or name, from the snapshot.
    type: str
  files:
    description: Only render these files.
    type: list
    elements: str
  filter:
    description: Only render the files that this filter of the formation selects, given by the name of the filter.
    type: str
  use_latest:
    description: Passed to Cloud 66 as the parameter of the same name, which is not described in its documentation.
    type: bool
    default: true
  fields:
    description: Return only these fields of each snapshot, such as V([uid]).
    type: list
    elements: str
notes:
  - Rendered files can contain secrets. Use C(no_log) if yours do.
seealso:
  - module: cloud66.cloud.c66_formation_info
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
- name: List the snapshots of a stack
  cloud66.cloud.c66_snapshot_info:
    stack: Awesome App
  register: result

- name: Render a formation from a snapshot
  cloud66.cloud.c66_snapshot_info:
    stack: Awesome App
    snapshot: "{{ (result.snapshots | sort(attribute='triggered_at') | last).uid }}"
    formation: production
"""

RETURN = r"""
---
snapshots:
  description: The snapshots, as the API returns them, with the UID of their stack.
  returned: success
  type: list
  elements: dict
  contains:
    uid:
      description: The UID of the snapshot.
      type: str
    stack_uid:
      description: The UID of the stack.
      type: str
    action:
      description: What made the snapshot.
      type: str
    triggered_at:
      description: When that happened, in ISO 8601.
      type: str
    triggered_by:
      description: Who did it.
      type: str
    tags:
      description: The tags of the snapshot.
      type: list
      elements: str
    created_at_iso:
      description: When the snapshot was made, in ISO 8601.
      type: str
    updated_at_iso:
      description: When the snapshot was last changed, in ISO 8601.
      type: str
  sample:
    - uid: sn-1
      stack_uid: 5999b763474b0eafa5fafb64bff0ba80
      action: deploy
      triggered_at: "2021-03-01T10:00:00Z"
      triggered_by: person@company.com
      tags: []
      created_at_iso: "2021-03-01T10:00:00Z"
      updated_at_iso: "2021-03-01T10:00:00Z"
renders:
  description: The rendered files, and what is wrong with them.
  returned: when O(formation) is set
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.snapshot import Snapshot

MODULE = InfoModule(Snapshot, required_by={"formation": ["snapshot"]})


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
