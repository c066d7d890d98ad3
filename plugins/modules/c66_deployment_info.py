#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_deployment_info
short_description: Read the deployments of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns all deployments of a stack, or one of them, optionally filtered.
options:
  deployment_id:
    description: Only return this deployment. The task fails if it does not exist.
    type: int
  git_hash:
    description: Only return deployments of the commit with this full hash.
    type: str
  running:
    description: With V(true), only return running deployments; with V(false), only return those that are not running.
    type: bool
  live:
    description: With V(true), only return the deployment that is live on the servers; with V(false), only the others.
    type: bool
  fields:
    description: Return only these fields of each deployment, such as V([id, git_hash]).
    type: list
    elements: str
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.stack
  - cloud66.cloud.attributes.c66_stack
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
seealso:
  - module: cloud66.cloud.c66_deployment
"""

EXAMPLES = r"""
---
- name: Read the live deployment
  cloud66.cloud.c66_deployment_info:
    stack: Awesome App
    live: true
  register: result

- name: Show its commit
  ansible.builtin.debug:
    msg: "{{ result.deployments | map(attribute='git_hash') }}"

- name: Check whether a deployment is running
  cloud66.cloud.c66_deployment_info:
    stack: 5999b763474b0eafa5fafb64bff0ba80
    running: true
"""

RETURN = r"""
---
deployments:
  description: The deployments as the API returns them, plus the UID of their stack.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id of the deployment.
      type: int
    stack_uid:
      description: The UID of the deployment's stack.
      type: str
    triggered_by:
      description: Who started the deployment.
      type: str
    triggered_via:
      description: How the deployment was started, as a code and its meaning.
      type: dict
    started_at:
      description: When the deployment started, in ISO 8601. None while it is queued.
      type: str
    finished_at:
      description: When the deployment ended, in ISO 8601. None while it is running.
      type: str
    outcome:
      description: How the deployment ended, as a code and its meaning. None while it is running.
      type: dict
    git_hash:
      description: The deployed commit.
      type: str
    is_deploying:
      description: Whether the deployment is running.
      type: bool
    is_head:
      description: Whether it is the latest deployment.
      type: bool
    is_live:
      description: Whether the servers are running this deployment now.
      type: bool
    commit_url:
      description: The URL of the commit.
      type: str
  sample:
    - id: 107
      stack_uid: 5999b763474b0eafa5fafb64bff0ba80
      triggered_by: test@cloud66.com
      triggered_via: {code: 0, meaning: web}
      started_at: "2014-08-29T17:46:16Z"
      finished_at: "2014-08-29T17:58:23Z"
      outcome: {code: 1, meaning: success}
      git_hash: 5675fcd8f9e6dc534ecf1410c0661c066097e310
      deploy_session: OhBHNzkXSl
      deploy_type: {code: 0, meaning: build}
      is_head: true
      is_live: true
      reverted: null
      reverted_by: null
      reverted_at: null
      is_deploying: false
      commit_url: https://github.com/cloud66-samples/rails-test/commit/5675fcd8f9e6dc534ecf1410c0661c066097e310
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.deployment import Deployment

MODULE = InfoModule(Deployment)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
