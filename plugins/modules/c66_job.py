#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_job
short_description: Pause, unpause and run the jobs of a Cloud 66 stack
version_added: 1.0.0
description:
  - Pauses jobs, so that they do not run on their schedules, lets them run again, or runs one now and waits for it.
  - Jobs cannot be created, changed or removed with the API. Do that in the dashboard of Cloud 66, among the jobs of the
    stack.
  - The API does not always return whether a job is paused. If it does not, V(paused) and V(unpaused) are sent on each
    run and reported as a change.
options:
  jobs:
    description:
      - The names or UIDs of the jobs. Without it, all jobs of the stack.
      - With O(state=run), exactly one.
    type: list
    elements: str
  args:
    description: With O(state=run), further arguments for the command of the job.
    type: str
  state:
    description: V(run) runs the job now, on each run of the task, whether it is paused or not.
    type: str
    choices: [paused, unpaused, run]
    required: true
  wait:
    description: Wait until the change or the run has ended.
    type: bool
    default: true
seealso:
  - module: cloud66.cloud.c66_job_info
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
- name: Pause all jobs during a migration
  cloud66.cloud.c66_job:
    stack: Awesome App
    state: paused

- name: Let them run again
  cloud66.cloud.c66_job:
    stack: Awesome App
    state: unpaused

- name: Run one job now
  cloud66.cloud.c66_job:
    stack: Awesome App
    jobs: [cleanup]
    args: --all
    state: run
"""

RETURN = r"""
---
jobs:
  description: The jobs that the task names, after the change, or as they would be.
  returned: with O(state=paused) and O(state=unpaused)
  type: list
  elements: dict
  contains:
    uid:
      description: The UID of the job.
      type: str
    name:
      description: The name of the job. Several jobs may share one.
      type: str
    stack_uid:
      description: The UID of the stack.
      type: str
    type:
      description: What kind of job it is, such as V(DockerHostTaskJob).
      type: str
    cron:
      description: When it runs, as a cron expression. None if it only runs on demand.
      type: str
    status:
      description: The state of the last run as a code. RV(jobs[].status_name) is the same in words.
      type: int
    status_name:
      description: The state of the last run in words, such as V(success).
      type: str
    paused:
      description: Whether it does not run on its schedule. The API does not always return it.
      type: bool
    params:
      description: What it runs.
      type: dict
  sample:
    - uid: b375afb170b468c238be44cec1058d0f
      name: cleanup
      type: DockerHostTaskJob
      cron: 01 00 1 * *
      status: 2
      status_name: success
      paused: false
      params: {command: rake cleanup}
      stack_uid: 5999b763474b0eafa5fafb64bff0ba80
job:
  description: The job that was run.
  returned: with O(state=run)
  type: dict
  contains:
    uid:
      description: The UID of the job.
      type: str
    name:
      description: The name of the job. Several jobs may share one.
      type: str
    stack_uid:
      description: The UID of the stack.
      type: str
    type:
      description: What kind of job it is, such as V(DockerHostTaskJob).
      type: str
    cron:
      description: When it runs, as a cron expression. None if it only runs on demand.
      type: str
    status:
      description: The state of the last run as a code. RV(jobs[].status_name) is the same in words.
      type: int
    status_name:
      description: The state of the last run in words, such as V(success).
      type: str
    paused:
      description: Whether it does not run on its schedule. The API does not always return it.
      type: bool
    params:
      description: What it runs.
      type: dict
  sample:
    uid: b375afb170b468c238be44cec1058d0f
    name: cleanup
    type: DockerHostTaskJob
    cron: 01 00 1 * *
    status: 2
    status_name: success
    paused: false
    params: {command: rake cleanup}
    stack_uid: 5999b763474b0eafa5fafb64bff0ba80
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
  sample: {added: [], changed: [b375afb170b468c238be44cec1058d0f], removed: []}
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
  description: Whether each job is paused, before and after the change; or the job that was run.
  returned: in diff mode
  type: dict
  sample:
    before: {b375afb170b468c238be44cec1058d0f: false}
    after: {b375afb170b468c238be44cec1058d0f: true}
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.job import JobRun, PausedJob, UnpausedJob

ARGUMENTS = {
    "jobs": {"type": "list", "elements": "str"},
    "args": {"type": "str"},
}

MODULE = ByStateModule(
    {
        "paused": (ValuesTask, PausedJob),
        "unpaused": (ValuesTask, UnpausedJob),
        "run": (CommandTask, JobRun),
    },
    ARGUMENTS,
    required_if=[("state", "run", ("jobs",))],
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
