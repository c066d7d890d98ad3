#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_cluster_info
short_description: Read Kubernetes clusters in Cloud 66
version_added: 1.0.0
description:
  - Returns the Kubernetes clusters that the user can see, with their nodes.
  - Clusters can only be read. Cloud 66 has no public call that changes their nodes.
options:
  uid:
    description: Only read the cluster with this UID. Fails if there is none.
    type: str
  name:
    description: Only return clusters with this name.
    type: str
  environment:
    description: Only return clusters in this environment.
    type: str
  cloud:
    description: Only return clusters in this cloud, such as V(AWS).
    type: str
  region:
    description: Only return clusters in this region, such as V(us-east-1).
    type: str
  status:
    description: Only return clusters with this status, as a word or a code.
    type: str
    choices:
      - queued
      - success
      - failed
      - analysing
      - analysed
      - queued_for_deploying
      - deploying
      - terminal_failure
      - "0"
      - "1"
      - "2"
      - "3"
      - "4"
      - "5"
      - "6"
      - "7"
  health:
    description: Only return clusters with this health, as a word or a code.
    type: str
    choices: [unknown, building, partial, ok, broken, "0", "1", "2", "3", "4"]
  include_log:
    description:
      - Also return the log of each cluster, which takes a request for each. The name of its field is not documented.
      - A log can contain secrets. Use C(no_log) if yours do.
    type: bool
    default: false
  fields:
    description: Return only these fields of each cluster, such as V([uid, name]).
    type: list
    elements: str
notes:
  - Cloud 66 documents clusters only in part. The words for O(status) and O(health) are those of stacks, which
    presumably have the same codes.
seealso:
  - module: cloud66.cloud.c66_stack_info
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: List the clusters
  cloud66.cloud.c66_cluster_info:
  register: result

- name: Show the nodes that are not ready
  ansible.builtin.debug:
    msg: "{{ result.clusters | map(attribute='nodes') | flatten | rejectattr('status', 'eq', 'Ready') }}"

- name: Find the clusters in production that are broken
  cloud66.cloud.c66_cluster_info:
    environment: production
    health: broken
"""

RETURN = r"""
---
clusters:
  description: The clusters, as the API returns them.
  returned: success
  type: list
  elements: dict
  contains:
    uid:
      description: The UID of the cluster.
      type: str
    name:
      description: The name of the cluster.
      type: str
    environment:
      description: The environment of the cluster.
      type: str
    cloud:
      description: The cloud that it runs in.
      type: str
    region:
      description: The region of the cloud.
      type: str
    status:
      description: The status as a code.
      type: int
    status_name:
      description: The status as a word.
      type: str
    health:
      description: The health as a code.
      type: int
    health_name:
      description: The health as a word, V(unknown), V(building), V(partial), V(ok) or V(broken).
      type: str
    kubernetes_version:
      description: The version of Kubernetes.
      type: str
    node_count:
      description: The number of nodes.
      type: int
    nodes:
      description: The nodes, each with its C(name), C(status), C(instance_type) and C(capacity).
      type: list
      elements: dict
    created_at:
      description: When the cluster was created, in ISO 8601.
      type: str
    updated_at:
      description: When it was last changed, in ISO 8601.
      type: str
  sample:
    - id: 123
      uid: 5999b763474b0eafa5fafb64bff0ba80
      name: Production Cluster
      environment: production
      cloud: AWS
      region: us-east-1
      status: 1
      status_name: success
      health: 3
      health_name: ok
      kubernetes_version: 1.28.2
      node_count: 1
      nodes:
        - name: node-1
          status: Ready
          instance_type: m5.large
          capacity: {cpu: "2", memory: 8Gi, pods: "29"}
      created_at: "2023-01-15T10:30:00Z"
      updated_at: "2023-01-15T11:00:00Z"
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.cluster import Cluster

MODULE = InfoModule(Cluster)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
