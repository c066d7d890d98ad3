#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_deployment
short_description: Deploy a Cloud 66 stack
version_added: 1.0.0
description:
  - Deploys a stack or some of its services, waits until the deployment has ended, and returns it with its outcome. Can
    also roll a stack back, or cancel a running deployment.
  - A deployment is started only once. If the answer is lost, the module looks for the deployment by its reference and
    never starts it again.
  - Every run deploys, unless O(user_reference) or O(only_if_changed) makes it unnecessary.
options:
  state:
    description:
      - V(deployed) starts a deployment.
      - V(cancelled) cancels a deployment. Nothing changes if none is running. Options about what to deploy are ignored.
      - V(rolled_back) deploys the commit of the newest successful deployment whose commit differs from the live one;
        RV(rolled_back_to) says which. A commit that was first deployed after the live one is left out, so a second
        rollback goes further back and never to what was rolled back. Fails if there is none, and for container stacks,
        whose deployments do not say which images they used.
      - What is live when the task starts counts, even if O(when_busy=wait) waits for another deployment first. A
        deployment that failed never was live and needs no rollback.
      - Give a O(user_reference) with V(rolled_back), so that a task that runs again goes back only once.
    type: str
    choices: [deployed, cancelled, rolled_back]
    default: deployed
  git_ref:
    description: The branch, tag or commit to deploy. By default, Cloud 66 uses the branch of the stack.
    type: str
  services:
    description:
      - Only deploy these services of a container stack. A name may be followed by an image tag or a Git reference, as
        in V(web:8c7f3d39).
      - A service that the stack does not have yet causes a warning with similar names.
    type: list
    elements: str
  deployment_profile:
    description: The name of the deployment profile to use.
    type: str
  deploy_strategy:
    description:
      - How to deploy to the servers. V(serial), V(parallel) and V(rolling) are for Rails and Rack, V(fast) for
        containers.
    type: str
    choices: [serial, parallel, rolling, fast]
  rollout_strategy:
    description: How the new version takes over.
    type: str
    choices: [none, blue_green_immediate, blue_green_delayed, canary]
  canary_percentage:
    description: The percentage of traffic that a canary gets, from 0 to 100.
    type: int
  user_reference:
    description:
      - Your own reference for the deployment, such as a pipeline id, with up to 255 characters. Cloud 66 stores it with
        the deployment's action.
      - A stack is deployed once per reference. If an earlier deployment with this reference succeeded, nothing changes;
        if it is running, the task waits for it; if it failed, the task fails.
      - By default, a reference is generated, to find the deployment if the answer is lost.
    type: str
  only_if_changed:
    description:
      - Only deploy if the live commit is not O(git_ref). O(git_ref) must then be a full commit hash.
      - Changes to variables, settings or services are not considered.
    type: bool
    default: false
  when_busy:
    description:
      - What to do if another deployment is running.
      - V(wait) waits until it has ended, whether it succeeds or fails, and then deploys. It waits even with
        O(wait=false).
      - V(join) waits for it instead of starting another one. If it fails, the task fails.
      - V(queue) starts the new deployment, which Cloud 66 runs after the other one.
      - V(fail) fails the task.
      - A deployment that starts at the same moment may go unnoticed. Cloud 66 then runs one after the other.
    type: str
    choices: [wait, join, queue, fail]
    default: wait
  deployment_id:
    description: The deployment to cancel. By default, the running one.
    type: int
  wait:
    description: Wait until the deployment has ended or is cancelled.
    type: bool
    default: true
  wait_timeout:
    description:
      - Maximum seconds to wait in total. After that, the task fails with a message that says how to keep watching.
    type: int
    default: 3600
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.stack
  - cloud66.cloud.waiting
  - cloud66.cloud.attributes.c66_stack
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
notes:
  - Cloud 66 does not say which deployment a call has started, so the module finds it by its time, user and commit. If
    several match, RV(deployment) is null, with a warning; RV(action) has the outcome.
seealso:
  - module: cloud66.cloud.c66_deployment_info
  - module: cloud66.cloud.c66_action_info
"""

EXAMPLES = r"""
---
- name: Deploy a stack and wait for it
  cloud66.cloud.c66_deployment:
    stack: Awesome App
    environment: production

- name: Deploy a commit unless it is already live
  cloud66.cloud.c66_deployment:
    stack: Awesome App
    git_ref: 5675fcd8f9e6dc534ecf1410c0661c066097e310
    only_if_changed: true

- name: Deploy two services once per pipeline
  cloud66.cloud.c66_deployment:
    stack: Storefront
    services:
      - web:8c7f3d39
      - worker
    user_reference: pipeline-{{ lookup('ansible.builtin.env', 'CI_PIPELINE_ID') }}

- name: Go back to the commit that was live before
  cloud66.cloud.c66_deployment:
    stack: Awesome App
    state: rolled_back
    user_reference: rollback-{{ lookup('ansible.builtin.env', 'CI_PIPELINE_ID') }}

- name: Cancel the running deployment
  cloud66.cloud.c66_deployment:
    stack: Awesome App
    state: cancelled
"""

RETURN = r"""
---
deployment:
  description:
    - The deployment that the task started, joined, cancelled or found, as the API returns it, plus the UID of its
      stack.
    - None if it does not exist or cannot be identified, and in check mode if it would be started.
  returned: success, and on failure after a write
  type: dict
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
    id: 107
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
rolled_back_to:
  description:
    - The earlier deployment whose commit is deployed again, as the API returns it, plus the UID of its stack.
    - None if an earlier task with the same O(user_reference) has rolled back.
  returned: with O(state=rolled_back)
  type: dict
  sample:
    id: 106
    stack_uid: 5999b763474b0eafa5fafb64bff0ba80
    triggered_by: test@cloud66.com
    started_at: "2014-08-28T17:46:16Z"
    finished_at: "2014-08-28T17:58:23Z"
    outcome: {code: 1, meaning: success}
    git_hash: 0123456789abcdef0123456789abcdef01234567
    is_live: false
user_reference:
  description: The reference of the deployment, given or generated. None if none was sent.
  returned: success, and on failure after a write
  type: str
  sample: pipeline-17
diff:
  description: What is deployed or cancelled. Empty if nothing changes.
  returned: in diff mode
  type: dict
  sample:
    before: {}
    after: {stack_uid: 5999b763474b0eafa5fafb64bff0ba80, git_ref: master}
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.command import CommandModule
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.deploy import DeployTask
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.deployment import NewDeployment

ARGUMENTS = {
    "state": {"type": "str", "choices": ["deployed", "cancelled", "rolled_back"], "default": "deployed"},
    "git_ref": {"type": "str"},
    "services": {"type": "list", "elements": "str"},
    "deployment_profile": {"type": "str"},
    "deploy_strategy": {"type": "str", "choices": ["serial", "parallel", "rolling", "fast"]},
    "rollout_strategy": {"type": "str", "choices": ["none", "blue_green_immediate", "blue_green_delayed", "canary"]},
    "canary_percentage": {"type": "int"},
    "user_reference": {"type": "str"},
    "only_if_changed": {"type": "bool", "default": False},
    "when_busy": {"type": "str", "choices": ["wait", "join", "queue", "fail"], "default": "wait"},
    "deployment_id": {"type": "int"},
    "wait_timeout": {"type": "int", "default": 3600},
}

MODULE = CommandModule(NewDeployment, ARGUMENTS, task=DeployTask, required_if=[("only_if_changed", True, ["git_ref"])])


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
