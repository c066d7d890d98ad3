#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_ssl_certificate
short_description: Manage the SSL certificates of a Cloud 66 stack
version_added: 1.0.0
description:
  - Installs a Let's Encrypt certificate or an uploaded one on a stack, changes it, or removes it.
  - O(type) and O(server_names) together identify a certificate; the order of the names does not matter. To change the
    names, remove the certificate and add one with the new names.
  - If nothing differs, nothing is sent, because an update without changes makes Cloud 66 renew the certificate. A
    certificate whose installation failed is sent again.
options:
  type:
    description:
      - V(lets_encrypt) for a certificate that Cloud 66 requests and renews, V(manual) for one that you upload.
      - An application uses only one type of certificate. Cloud 66 may refuse a second type while the first one exists.
    type: str
    choices: [lets_encrypt, manual]
    required: true
  server_names:
    description: The domain names of the certificate, in any order.
    type: list
    elements: str
    required: true
  ssl_termination:
    description: Whether TLS ends at the load balancer. Required for a new certificate.
    type: bool
  wildcard:
    description: Whether to request a wildcard certificate. Requires O(type=lets_encrypt) and O(dns_provider).
    type: bool
  dns_provider:
    description:
      - The DNS provider used to prove ownership of the domain, by its UUID, its label or its display name (such as
        V(Cloudflare (My Cloudflare\))).
      - DNS providers are connected to the account in the Cloud 66 dashboard.
    type: str
  certificate:
    description:
      - The certificate to upload, in PEM. Required for a new certificate of O(type=manual), and to change one.
      - Cloud 66 never returns it, so the module compares its fingerprint.
    type: str
  key:
    description:
      - The private key of O(certificate), in PEM. Secret; never returned.
      - Required for a new certificate of O(type=manual), and to change one.
      - Cloud 66 never returns it, so a different key with the same certificate is not detected.
    type: str
  intermediate_certificate:
    description:
      - The chain of intermediate certificates, in PEM. An empty string removes it.
      - Required to change a certificate of O(type=manual) that has one.
      - Cloud 66 never returns it, so a missing chain is detected, but a different one is not.
    type: str
  state:
    description: Whether the certificate should be installed.
    type: str
    choices: [present, absent]
    default: present
  wait:
    description:
      - Wait until the certificate is installed or removed, and fail if that fails. An installation or removal that was
        started earlier is waited for too.
      - With V(false), the task ends while Cloud 66 may still be working.
    type: bool
    default: true
notes:
  - ansible-core 2.19 and newer show the source lines of a failed task. Do not write the private key into the task; use
    a variable or a vault.
seealso:
  - module: cloud66.cloud.c66_ssl_certificate_info
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
- name: Request a certificate from Let's Encrypt
  cloud66.cloud.c66_ssl_certificate:
    stack: Awesome App
    type: lets_encrypt
    server_names: [example.com, www.example.com]
    ssl_termination: true

- name: Request a wildcard certificate
  cloud66.cloud.c66_ssl_certificate:
    stack: Storefront
    type: lets_encrypt
    server_names: ["*.example.com"]
    wildcard: true
    dns_provider: My Cloudflare
    ssl_termination: true

- name: Upload a certificate, or replace it with a newer one
  cloud66.cloud.c66_ssl_certificate:
    stack: Ledger
    type: manual
    server_names: [shop.example.com]
    ssl_termination: false
    certificate: "{{ lookup('ansible.builtin.file', 'shop.crt') }}"
    key: "{{ vault_shop_key }}"
    intermediate_certificate: "{{ lookup('ansible.builtin.file', 'chain.crt') }}"

- name: Remove a certificate without waiting
  cloud66.cloud.c66_ssl_certificate:
    stack: Awesome App
    type: lets_encrypt
    server_names: [example.com, www.example.com]
    state: absent
    wait: false
"""

RETURN = r"""
---
ssl_certificate:
  description:
    - The certificate after the change, or as it would be in check mode. None if it is absent.
    - Uploaded certificates and keys are not included.
  returned: success, and on failure after a write
  type: dict
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
    uuid: ssl-9ad0956137774e0b8f718302bab8709e
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
diff:
  description: The fields that the task sets, before and after the change. Uploaded contents are hidden.
  returned: in diff mode
  type: dict
  sample:
    before: {type: lets_encrypt, server_names: www.example.com, ssl_termination: false}
    after: {type: lets_encrypt, server_names: www.example.com, ssl_termination: true}
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.state import StateModule
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.ssl_certificate import SslCertificate

MODULE = StateModule(SslCertificate)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
