# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

DOCUMENTATION = r"""
---
module: c66_events
short_description: Receive events from Cloud 66
version_added: 1.0.0
description:
  - An event source for ansible-rulebook. Emits what happens in Cloud 66 as events, such as deployments that failed and
    stacks whose health changed.
  - Cloud 66 sends no events, so they are found by reading. Each round reads the list of stacks, and looks into the
    stacks whose row has changed and those in which something is running. Six requests of each round look into the
    others in turn, because not everything shows in the row.
  - A round of 1,000 quiet stacks takes 40 requests with the default O(events). The rounds slow down if the requests of
    the hour would not suffice. A tenth of them is left to others.
  - Errors of the API and the hourly limit are waited out and logged. The source fails if the token is not accepted, or
    if an option is wrong.
  - C(event.type) is one of V(deployment_began), V(deployment_ended), V(deployment_failed), V(action_began),
    V(action_ended), V(action_failed), V(status_changed), V(health_changed), V(backup_failed), V(backup_missing),
    V(certificate_ending), V(maintenance_changed), V(server_added), V(server_removed).
  - Each event has C(at), C(stack) and C(repeated), and one of C(deployment), C(action), C(backup), C(certificate) and
    C(server), or C(before) and C(after).
  - C(meta.uuid) is made of the stack, the thing and what became of it. An event that comes again after a kill has the
    same UUID, and C(repeated) is true.
  - Texts in events contain no templates. In C({{), C({%) and C({#), there is a blank after the first brace.
options:
  stacks:
    description:
      - The names or UIDs of the stacks to watch. By default, all that the token's user can see.
      - Several stacks of one name are all watched, unless O(environments) selects some of them.
    type: list
    elements: str
  environments:
    description: Only watch stacks in these environments.
    type: list
    elements: str
  accounts:
    description: The ids of the accounts to watch, instead of O(account_id). Each has its own list of stacks to read.
    type: list
    elements: int
  events:
    description:
      - The kinds of events to emit.
      - V(deployments) and V(actions) are those that began, ended or failed. A deployment is also an action. A cancelled
        deployment has ended.
      - V(status) and V(health) are changes of a stack's status and health.
      - V(backups) are backups that failed and, with O(backup_max_age), databases without a good backup that is young
        enough. They are read at most once an hour.
      - V(certificates) are SSL certificates about to end. They are read at most once an hour, and need the scope
        C(admin). The others need C(public).
      - V(drift) is maintenance mode that was switched on or off, and servers that were added or removed.
    type: list
    elements: str
    choices: [deployments, actions, status, health, backups, certificates, drift]
    default: [deployments, actions, status, health]
  interval:
    description: Seconds between two rounds, at least.
    type: int
    default: 60
  since:
    description:
      - Where there is no checkpoint yet, also emit what happened since then, such as V(2h) or V(2026-05-04T08:00:00Z).
      - By default, only what happens from now on. Status, health and drift have no past.
    type: str
  backup_max_age:
    description: The longest age of a database's newest good backup, such as V(26h) or V(2d).
    type: str
  certificate_days:
    description: The number of days before its end from which on a certificate is about to end.
    type: int
    default: 14
  checkpoint:
    description:
      - A file for what is known of the stacks, so that nothing is lost while the rulebook is stopped. Only its owner
        can read it. Its folder must exist.
      - Only one source can use it. A file ending in C(.lock) beside it sees to that.
      - An event is in the file until the rulebook has it. With O(feedback), until the rulebook has accepted it.
    type: path
  feedback:
    description:
      - Wait until the rulebook has accepted an event before the next. It needs ansible-rulebook 1.3 or newer and its
        option C(--persistence-id), or persistence in Automation Platform.
      - Without it, a rulebook that is killed or stopped loses the events that it has received but not processed.
    type: bool
    default: false
extends_documentation_fragment:
  - cloud66.cloud.connection.event_source
author:
  - The cloud66.cloud authors (@cloud66)
"""

EXAMPLES = r"""
- name: Roll back what fails
  hosts: localhost
  sources:
    - name: cloud66
      cloud66.cloud.c66_events:
        environments: [production]
        events: [deployments, health]
        checkpoint: /var/lib/rulebook/cloud66.json
        feedback: true
  rules:
    - name: A deployment failed
      condition: event.type == "deployment_failed"
      action:
        run_playbook:
          name: cloud66.cloud.ping_servers
    - name: A stack is broken
      condition: event.type == "health_changed" and event.after == "broken"
      action:
        debug:
          msg: "{{ event.stack.name }} is broken"
"""

WATCH = "ansible_collections.cloud66.cloud.plugins.module_utils.engine.watch"
# The folder with ansible_collections. Symbolic links are not resolved: a checkout can be anywhere.
COLLECTIONS = [str(path.parent) for path in Path(__file__).absolute().parents if path.name == "ansible_collections"]


async def main(queue: Any, args: dict[str, Any]) -> None:
    """Emit events until the task is cancelled. Called by ansible-rulebook, which runs this file as a script."""
    # At the end: they must not hide anything.
    sys.path.extend(path for path in COLLECTIONS[:1] if path not in sys.path)
    await import_module(WATCH).serve(queue, args)
