#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_configuration_info
short_description: Read the configuration files of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns the configuration files of a stack with their content, and the newest C(service.yml) and C(manifest.yml).
options:
  type:
    description: Only return V(service_yaml), V(manifest_yaml), or the configuration file of this type.
    type: str
  versions:
    description: Return all versions of V(service_yaml) and V(manifest_yaml), newest first.
    type: bool
    default: false
  fields:
    description: Return only these fields of each configuration, such as V([type]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_configuration
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
- name: List the configuration files of a stack
  cloud66.cloud.c66_configuration_info:
    stack: Awesome App

- name: Read the versions of service.yml
  cloud66.cloud.c66_configuration_info:
    stack: Awesome App
    type: service_yaml
    versions: true
"""

RETURN = r"""
---
configurations:
  description: The configuration files as the API returns them, and the versions of YAML files, each with its type.
  returned: success
  type: list
  elements: dict
  contains:
    type:
      description: The type of the configuration.
      type: str
    body:
      description: The text of the configuration.
      type: str
    comments:
      description: The comment that was stored with the text.
      type: str
    name:
      description: The name of a configuration file.
      type: str
    can_apply:
      description: Whether a configuration file can be applied to the servers without a deployment.
      type: bool
    changed_by:
      description: Who last changed a configuration file.
      type: str
    updated_at:
      description: When a configuration file was last changed, in ISO 8601.
      type: str
    uid:
      description: The UID of a version of V(service_yaml) or V(manifest_yaml).
      type: str
    created_at_iso:
      description: When that version was created, in ISO 8601.
      type: str
  sample:
    - type: nginx
      name: nginx.conf
      body: worker_processes 2;
      comments: tuning
      can_apply: true
      changed_by: person@company.com
      created_at: "2023-10-11T11:43:57Z"
      updated_at: "2023-10-11T11:43:57Z"
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.configuration import Configuration

MODULE = InfoModule(Configuration)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
