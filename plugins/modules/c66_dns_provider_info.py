#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_dns_provider_info
short_description: Read the DNS providers of a Cloud 66 account
version_added: 1.0.0
description:
  - Returns the DNS providers that are connected to the account. They prove the ownership of domains for wildcard
    certificates.
options:
  fields:
    description: Return only these fields of each provider, such as V([uuid, display_name]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_ssl_certificate
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.reads
"""

EXAMPLES = r"""
---
- name: List the DNS providers
  cloud66.cloud.c66_dns_provider_info:
"""

RETURN = r"""
---
dns_providers:
  description: The DNS providers, as the API returns them.
  returned: success
  type: list
  elements: dict
  contains:
    uuid:
      description: The UUID of the provider.
      type: str
    display_name:
      description: The name of the provider for people.
      type: str
    type:
      description: What kind of provider it is, such as V(Cloudflare).
      type: str
    key:
      description: The name that was given to its credentials.
      type: str
  sample:
    - uuid: dp-9ad0956137774e0b8f718302bab8709e
      display_name: Cloudflare (Cloudflare 1)
      type: Cloudflare
      key: Cloudflare 1
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.dns_provider import DnsProvider

MODULE = InfoModule(DnsProvider)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
