#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_deployment
short_description: Deploy a Cloud 66 stack
version_added: 0.2.0
description:
  - Deploys a stack or some of its services, waits for the end, and returns the deployment with its outcome. A
    deployment that is going on can be cancelled.
  - A deployment is started once. When the answer is lost, it is looked for by its reference and never started again.
  - Every run deploys, unless O(user_reference) or O(only_if_changed) says when it is not needed.
options:
  state:
    description:
      - V(deployed) starts a deployment.
      - V(cancelled) cancels one. When none is going on, nothing changes. Options that say what to deploy mean nothing
        then.
    type: str
    choices: [deployed, cancelled]
    default: deployed
  git_ref:
    description: The branch, tag or commit to deploy. Without it, Cloud 66 takes the branch of the stack.
    type: str
  services:
    description:
      - Deploy only these services of a stack with containers. A tag of the image or a reference of Git may follow a
        name, as in V(web:8c7f3d39).
    type: list
    elements: str
  deployment_profile:
    description: The name of the deployment profile to use.
    type: str
  deploy_strategy:
    description:
      - How servers are deployed. V(serial), V(parallel) and V(rolling) are for Rails and Rack, V(fast) is for
        containers.
    type: str
    choices: [serial, parallel, rolling, fast]
  rollout_strategy:
    description: How the new version takes over.
    type: str
    choices: [none, blue_green_immediate, blue_green_delayed, canary]
  canary_percentage:
    description: How much of the traffic a canary gets, from 0 to 100.
    type: int
  user_reference:
    description:
      - A text of your own, of 255 characters at most, that is kept with the action of the deployment.
      - A stack is deployed once for a reference, such as the id of a pipeline. When a deployment has it already and
        went well, nothing changes; one that is going on is waited for; when one has failed, the task fails.
      - Without it, a reference is made up, by which a deployment whose answer was lost is found.
    type: str
  only_if_changed:
    description:
      - Deploy only if another commit than O(git_ref) is live. O(git_ref) must be the full hash of a commit then.
      - It knows nothing of variables, settings or services that have changed since.
    type: bool
    default: false
  when_busy:
    description:
      - What to do while another deployment is going on.
      - V(wait) waits until it has ended, whatever comes of it, and deploys then. This does not depend on O(wait).
      - V(join) waits for that one and starts none. When it fails, the task fails.
      - V(queue) lets Cloud 66 deploy after it.
      - V(fail) fails.
      - This decides by what there is when the task looks. One that begins at the same moment is not seen, and Cloud 66
        deploys one after the other.
    type: str
    choices: [wait, join, queue, fail]
    default: wait
  deployment_id:
    description: Which deployment to cancel, by default the one that is going on.
    type: int
  wait:
    description: Wait until the deployment has ended, or until it is cancelled.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait at most, in all. When the time is up the task fails and says how to go on watching.
    type: int
    default: 3600
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.stack
  - cloud66.cloud.waiting
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
notes:
  - Cloud 66 does not say which deployment a call has started. It is found in the list by its time, user and commit.
    Where several fit, RV(deployment) is none, with a warning, and RV(action) says what became of it.
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

- name: Deploy a commit, unless it is live already
  cloud66.cloud.c66_deployment:
    stack: Awesome App
    git_ref: 5675fcd8f9e6dc534ecf1410c0661c066097e310
    only_if_changed: true

- name: Deploy two services once for each pipeline
  cloud66.cloud.c66_deployment:
    stack: Storefront
    services:
      - web:8c7f3d39
      - worker
    user_reference: pipeline-{{ lookup('ansible.builtin.env', 'CI_PIPELINE_ID') }}

- name: Cancel what is going on
  cloud66.cloud.c66_deployment:
    stack: Awesome App
    state: cancelled
"""

RETURN = r"""
---
deployment:
  description:
    - The deployment that was started, joined, cancelled or found, as the API returns it, with the UID of its stack.
    - None where it cannot be told for certain, where there is none, and in check mode for one that would be started.
  returned: success, and when it has failed after its start
  type: dict
  contains:
    id:
      description: The id of the deployment.
      type: int
    stack_uid:
      description: The UID of the stack.
      type: str
    triggered_by:
      description: Who started it.
      type: str
    triggered_via:
      description: By what it was started, as a code and its meaning.
      type: dict
    started_at:
      description: When it began, in ISO 8601. None as long as it waits behind another one.
      type: str
    finished_at:
      description: When it ended, in ISO 8601. None while it is going on.
      type: str
    outcome:
      description: How it ended, as a code and its meaning. None while it is going on.
      type: dict
    git_hash:
      description: The commit that is deployed.
      type: str
    is_deploying:
      description: Whether it is going on.
      type: bool
    is_head:
      description: Whether it is the newest one.
      type: bool
    is_live:
      description: Whether this is what runs on the servers now.
      type: bool
    commit_url:
      description: The address of the commit.
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
  description:
    - The action of the deployment. None where none was started, and while none is known for a deployment that waits.
  returned: success, and when it has failed after its start
  type: dict
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
    metadata: {user_reference: pipeline-17}
user_reference:
  description: The reference of the deployment, given or made up. None where none was sent.
  returned: success, and when it has failed after its start
  type: str
  sample: pipeline-17
diff:
  description: What is deployed, or that a deployment ends. Empty without a change.
  returned: in diff mode
  type: dict
  sample:
    before: {}
    after: {stack_uid: 5999b763474b0eafa5fafb64bff0ba80, git_ref: master}
api:
  description: Requests sent, how many of them were sent again, and the hourly limit as Cloud 66 told it last.
  returned: when the API was called
  type: dict
  sample: {requests: 9, retries: 0, rate_limit: {limit: 3000, remaining: 2991}}
"""

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.command import CommandModule
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.deploy import DeployTask
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.deployment import NewDeployment

ARGUMENTS = {
    "state": {"type": "str", "choices": ["deployed", "cancelled"], "default": "deployed"},
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
