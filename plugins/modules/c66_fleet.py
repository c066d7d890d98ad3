#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_fleet
short_description: Bring many Cloud 66 stacks into the state that their variables declare
version_added: 1.0.0
description:
  - Reads what the variables of the play's hosts declare for their stacks, compares it with Cloud 66, and changes what
    differs. One task does this for all hosts of the play, side by side, with a fraction of the time and the requests of
    a task for each host.
  - All stacks are compared before the first write. A stack that fails does not stop the others.
  - With C(--check), nothing is changed, and the result is the plan.
  - What is not declared is neither read nor changed. Nothing is removed, unless C(cloud66_fleet_purge) says so.
  - The hosts are stacks, as the inventory plugin P(cloud66.cloud.c66#inventory) makes them with C(hosts=stacks). For
    other hosts, C(cloud66_fleet_stack) is the name or UID of the stack.
  - A warning names files in C(host_vars) and C(group_vars), beside the inventory or the playbook, whose name is that of
    no host or group. Ansible ignores them.
  - It needs the strategy C(linear).
options:
  approved_plan:
    description:
      - A file with RV(plan) of an earlier run, in JSON. Only stacks whose plan is still exactly the same are changed.
      - The other stacks fail, unless nothing differs any more.
    type: path
  purge_limit:
    description:
      - A kind of which more than this percentage would be removed fails.
      - Of fewer than 10 things, only the removal of all fails.
    type: int
    default: 30
  force:
    description: Remove more than O(purge_limit) allows.
    type: bool
    default: false
  workers:
    description: Maximum number of stacks to work on at the same time, from 1 to 64.
    type: int
    default: 16
  canary:
    description:
      - A group of the inventory. Its stacks are deployed first, and the others only if none of these deployments fails.
    type: str
  deploy_batch:
    description: Maximum number of deployments at the same time.
    type: int
    default: 4
  max_failures:
    description: Start no more deployments after this number of failures.
    type: int
    default: 1
  overview:
    description:
      - Also read how each stack is doing, before anything is changed. This takes up to 5 more requests a stack.
      - What cannot be read is a note in the result. It never makes a stack fail.
    type: bool
    default: false
  wait_timeout:
    description: Maximum seconds to wait for each change and each deployment.
    type: int
    default: 3600
seealso:
  - module: cloud66.cloud.c66_fleet_export
  - plugin: cloud66.cloud.c66
    plugin_type: inventory
  - plugin: cloud66.cloud.fleet_table
    plugin_type: filter
  - plugin: cloud66.cloud.fleet_markdown
    plugin_type: filter
  - plugin: cloud66.cloud.fleet_html
    plugin_type: filter
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.waiting
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Show what differs from the variables of the hosts
  cloud66.cloud.c66_fleet:
  check_mode: true
  diff: true
  register: fleet

- name: Change it
  cloud66.cloud.c66_fleet:
    workers: 8

- name: Remove nothing from any stack in this run
  cloud66.cloud.c66_fleet:
    purge_limit: 0

- name: Show what differs, and how the stacks are doing
  cloud66.cloud.c66_fleet:
    overview: true
  check_mode: true
  register: fleet
"""

RETURN = r"""
---
stacks:
  description: What differs, and what became of it, by the names of the hosts.
  returned: always
  type: dict
  contains:
    stack:
      description: The UID of the stack.
      type: str
    name:
      description: The name of the stack.
      type: str
    environment:
      description: The environment of the stack.
      type: str
    state:
      description: >-
        V(clean) if nothing differs, V(differs) if nothing has been changed yet, V(changed), V(failed), or
        V(unreachable) if the stack could not be read.
      type: str
    changed:
      description: Whether something of this stack was changed.
      type: bool
    msg:
      description: What went wrong.
      returned: when the stack failed
      type: str
    kinds:
      description: >-
        By the kinds that are declared: the names of what is C(added), C(changed) and C(removed), whether it was
        C(applied), and the C(results) of the tasks.
      type: dict
    must_deploy:
      description: Whether the stack is to be deployed.
      type: bool
    deployment:
      description: The deployment.
      returned: when one was started
      type: dict
    overview:
      description:
        - How the stack was doing before anything was changed.
        - C(deployment) is the latest one, and C(deployments_by_day) counts those of the last 30 days, in UTC. If
          C(has_more_deployments), there are more, because only the first page of the list is read.
        - Of several databases, C(backups) describes the one whose newest good backup is the oldest. C(failed) is the
          number of databases whose newest backup failed. C(age) is in seconds.
        - C(notes) says what could not be read. Its keys are missing.
      returned: when O(overview) is set and the stack was found
      type: dict
  sample:
    awesome_app:
      stack: 5999b763474b0eafa5fafb64bff0ba80
      name: Awesome App
      environment: production
      state: differs
      changed: true
      kinds:
        env_vars: {added: [WORKERS], changed: [RELEASE], removed: [], results: []}
      must_deploy: false
      overview:
        read_at: "2026-11-29T10:45:00Z"
        health_name: ok
        status_name: success
        servers: 3
        live_commit: 5675fcd8f9e6dc534ecf1410c0661c066097e310
        deployment:
          id: 107
          commit: 5675fcd8f9e6dc534ecf1410c0661c066097e310
          started_at: "2026-11-29T09:45:00Z"
          finished_at: "2026-11-29T09:57:00Z"
          outcome: success
          age: 3600
        deployments_by_day:
          "2026-11-29": {success: 2, failed: 1}
        has_more_deployments: false
        backups: {databases: 1, failed: 0, without_good: 0, newest_good_at: "2026-11-29T03:00:00Z", age: 27900}
        certificates: {count: 1, ends_at: "2027-01-28T00:00:00Z", days_left: 59}
        notes: []
summary:
  description: The number of stacks in each state.
  returned: always
  type: dict
  sample: {clean: 198, differs: 2}
plan:
  description:
    - What differs, in a form to be stored for O(approved_plan). It names keys, but contains no values.
  returned: always
  type: dict
  contains:
    version:
      description: The version of the format.
      type: int
    made_with:
      description: Identifies the token, without revealing it. A plan can only be applied with the token that made it.
      type: str
    stacks:
      description: For each host the stack, the names of what differs by kind, and a fingerprint of the whole plan.
      type: dict
  sample:
    version: 1
    made_with: 0f6b3d6f9ad0b3c1
    stacks:
      awesome_app:
        stack: 5999b763474b0eafa5fafb64bff0ba80
        name: Awesome App
        kinds:
          env_vars: {added: [WORKERS], changed: [RELEASE]}
        fingerprint: 8a1c9be0f1d24c6f8a1c9be0f1d24c6f
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.fleet import FleetModule

MODULE = FleetModule()


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
