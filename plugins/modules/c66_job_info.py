#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_job_info
short_description: Read the jobs of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns the scheduled and on-demand jobs of a stack.
options:
  job_id:
    description: Only read the job with this UID. Fails if there is none.
    type: str
  name:
    description: Only return jobs with this name.
    type: str
  type:
    description: Only return jobs of this type, such as V(DockerHostTaskJob).
    type: str
  paused:
    description: Only return jobs that are paused, or with V(false) those that are not.
    type: bool
  fields:
    description: Return only these fields of each job, such as V([name, cron]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_job
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
- name: List the jobs of a stack
  cloud66.cloud.c66_job_info:
    stack: Awesome App
  register: result

- name: Fail if the last run of one of them failed
  ansible.builtin.assert:
    that: result.jobs | selectattr('status_name', 'eq', 'failed') | length == 0
"""

RETURN = r"""
---
jobs:
  description: The jobs, as the API returns them.
  returned: success
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.job import Job

MODULE = InfoModule(Job)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
