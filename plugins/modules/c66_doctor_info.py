#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_doctor_info
short_description: Find out why Cloud 66 cannot be used
version_added: 1.0.0
description:
  - Checks everything that a connection to Cloud 66 depends on. These are the libraries, the token and where it comes
    from, the proxy, TLS, the clock, the account, the scopes and the hourly limit.
  - Fails only if an option is invalid. What is wrong is in RV(ready), RV(advice) and RV(checks).
  - Sends at most eight read requests, besides retries.
  - The playbook C(cloud66.cloud.doctor) shows the result.
seealso:
  - module: cloud66.cloud.c66_ping_info
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: Examine the connection
  cloud66.cloud.c66_doctor_info:
  register: doctor

- name: Fail with what to do first
  ansible.builtin.assert:
    that: doctor.ready
    fail_msg: "{{ doctor.advice }}"
"""

RETURN = r"""
---
ready:
  description: Whether nothing failed.
  returned: success
  type: bool
  sample: true
advice:
  description: What to do first, or V(Ready.).
  returned: success
  type: str
  sample: Ready.
checks:
  description: What was checked, in the order of what depends on what.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: What was checked.
      type: str
    state:
      description: >-
        V(ok), V(warning), V(failed), or V(skipped) because something before it failed.
      type: str
    found:
      description: What was found.
      type: str
    advice:
      description: What to do about it. Empty if there is nothing to do.
      type: str
  sample:
    - name: token
      state: ok
      found: from the variable CLOUD66_ACCESS_TOKEN
      advice: ""
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.doctor import DoctorModule

MODULE = DoctorModule({})


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
