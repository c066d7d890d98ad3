#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_ssl_certificate_info
short_description: Read the SSL certificates of a Cloud 66 stack
version_added: 1.0.0
description:
  - Returns the SSL certificates of a stack, with their status and the time they expire.
  - Certificates and keys that were uploaded are never returned.
options:
  uuid:
    description: Only read the certificate with this UUID. Fails if there is none.
    type: str
    version_added: 1.0.0
  type:
    description: Only return certificates of this type.
    type: str
    choices: [lets_encrypt, manual]
  fields:
    description: Return only these fields of each certificate, such as V([server_names, expires_at]).
    type: list
    elements: str
seealso:
  - module: cloud66.cloud.c66_ssl_certificate
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
- name: List the certificates of a stack
  cloud66.cloud.c66_ssl_certificate_info:
    stack: Awesome App

- name: Read the certificates that Cloud 66 renews
  cloud66.cloud.c66_ssl_certificate_info:
    stack: Awesome App
    type: lets_encrypt
  register: result

- name: Show when they expire
  ansible.builtin.debug:
    msg: "{{ item.server_names }} expires at {{ item.expires_at }}."
  loop: "{{ result.ssl_certificates }}"
  loop_control:
    label: "{{ item.name }}"
"""

RETURN = r"""
---
ssl_certificates:
  description: The certificates, as the API returns them, with numeric codes in words too.
  returned: success
  type: list
  elements: dict
  contains:
    uuid:
      description: The UUID of the certificate.
      type: str
    name:
      description: The name that Cloud 66 has chosen.
      type: str
    type:
      description: V(lets_encrypt) or V(manual).
      type: str
    server_names:
      description: The domain names, separated by commas.
      type: str
    status:
      description: The status of the installation, as a code.
      type: int
    status_name:
      description:
        - The status in a word, one of V(not_applicable), V(not_installed), V(installing), V(failed), V(installed) and
          V(removing).
      type: str
    sha256_fingerprint:
      description: The SHA-256 fingerprint of the certificate. None until it is issued.
      type: str
    ca_name:
      description: Who issued it. None for an uploaded certificate.
      type: str
    expires_at:
      description: When it expires, in ISO 8601. None until it is installed.
      type: str
    ssl_termination:
      description: Whether TLS ends at the load balancer.
      type: bool
    wildcard:
      description: Whether it is a wildcard certificate.
      type: bool
    dns_provider_uuid:
      description: The UUID of the DNS provider that proves the ownership of the domain, if any.
      type: str
    has_intermediate_cert:
      description: Whether it has an intermediate certificate.
      type: bool
    stack_uid:
      description: The UID of the stack.
      type: str
  sample:
    - uuid: ssl-9ad0956137774e0b8f718302bab8709e
      name: pp-ticker-prod-cllaz
      type: lets_encrypt
      server_names: www.example.com
      status: 3
      status_name: installed
      sha256_fingerprint: 481f22f00e117e209dbde4c2ae3831401109fc824784943e39a194a3adb64082
      ca_name: Let's Encrypt
      expires_at: "2023-04-26T09:24:32Z"
      ssl_termination: true
      wildcard: false
      dns_provider_uuid: null
      has_intermediate_cert: true
      server_group_id: null
      created_at: "2023-01-26T10:23:34Z"
      updated_at: "2023-01-26T10:26:29Z"
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
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.ssl_certificate import SslCertificate

MODULE = InfoModule(SslCertificate)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
