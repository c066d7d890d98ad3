#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_fleet_export
short_description: Write the state of Cloud 66 stacks into the variables of their hosts
version_added: 1.0.0
description:
  - Reads what exists in the stacks of the play's hosts, and writes it into C(host_vars) as the variables that
    M(cloud66.cloud.c66_fleet) uses. Afterwards, M(cloud66.cloud.c66_fleet) finds that nothing differs.
  - Each host has a file C(state.yml) in its folder, and with O(values=vault) a file C(vault.yml). They are only written
    if their content changes. Other files of the folder are neither read nor changed.
  - A file of that name that this module did not write is never replaced.
  - Values of environment variables are never in C(state.yml). It contains references to the variable
    C(vault_cloud66_env_vars), such as C({{ vault_cloud66_env_vars['RELEASE'] | string }}).
  - Left out are settings and environment variables that are read-only, environment variables that Cloud 66 generates,
    reserved tags, and jobs for which Cloud 66 does not say whether they are paused.
  - Line endings of configuration files are written as on servers, as LF.
  - With C(--check), no file is written, and the result says which would change. With C(--diff), it contains the text of
    C(state.yml), and the names of secrets that differ.
  - The hosts are stacks, as the inventory plugin P(cloud66.cloud.c66#inventory) makes them with C(hosts=stacks). For
    other hosts, C(cloud66_fleet_stack) is the name or UID of the stack.
  - It needs the strategy C(linear).
options:
  path:
    description:
      - The folder with a folder for each host, which is usually called C(host_vars).
      - By default, it is C(host_vars) beside the host's inventory or, without an inventory file, beside the playbook. A
        relative path is below the current directory.
    type: path
  kinds:
    description:
      - What to export, by the names that follow C(cloud66_fleet_) in the names of variables. C(state.yml) contains
        nothing else.
      - "Possible: V(settings), V(server_settings), V(env_vars), V(configurations), V(server_groups), V(services),
        V(processes), V(firewall_rules), V(tags) and V(jobs). By default, all but V(server_settings)
        and V(firewall_rules)."
      - A lease may be listed like any other rule of the firewall. When V(firewall_rules) are exported, look for leases
        in the file.
      - Certificates cannot be exported, because Cloud 66 never returns their private keys, nor notifications, because
        the URLs in them are secrets.
    type: list
    elements: str
  values:
    description:
      - With V(vault), secret values are written into C(vault.yml), which is encrypted as by C(ansible-vault).
      - With V(reference), they are not written at all. The variable C(vault_cloud66_env_vars) has to be set elsewhere.
      - By default, it is V(vault) for hosts that have a C(vault.yml), and V(reference) for the others.
    type: str
    choices: [reference, vault]
  vault_id:
    description:
      - The id of the vault password to encrypt with, if Ansible was given several.
      - By default, it is that of C(vault_encrypt_identity) in the configuration of Ansible, or else the first.
    type: str
  workers:
    description: Maximum number of stacks to read at the same time, from 1 to 64.
    type: int
    default: 16
seealso:
  - module: cloud66.cloud.c66_fleet
  - plugin: cloud66.cloud.c66
    plugin_type: inventory
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Show which files would change
  cloud66.cloud.c66_fleet_export:
  check_mode: true
  diff: true

- name: Write settings and tags into another folder
  cloud66.cloud.c66_fleet_export:
    path: "{{ playbook_dir }}/exported"
    kinds: [settings, tags]

# Needs a vault password, for example with --ask-vault-pass.
- name: Write everything, with the values of environment variables in vault.yml
  cloud66.cloud.c66_fleet_export:
    path: "{{ playbook_dir }}/exported"
    values: vault
"""

RETURN = r"""
---
exported:
  description: What became of each stack, by the names of the hosts.
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
      description: V(unchanged), V(changed), V(failed), or V(unreachable) if the stack could not be read.
      type: str
    msg:
      description: Why it failed.
      type: str
      returned: if it failed
    changed:
      description: Whether a file changed, or would change in check mode.
      type: bool
    kinds:
      description: The number of entries of each kind.
      type: dict
    files:
      description: The paths of the files of the host.
      type: list
      elements: str
    changed_files:
      description: The paths of those that changed, or would change in check mode.
      type: list
      elements: str
  sample:
    awesome_app:
      stack: 5999b763474b0eafa5fafb64bff0ba80
      name: Awesome App
      environment: production
      state: changed
      changed: true
      kinds: {settings: 11, env_vars: 24, tags: 2}
      files: [host_vars/awesome_app/state.yml, host_vars/awesome_app/vault.yml]
      changed_files: [host_vars/awesome_app/state.yml]
summary:
  description: The number of stacks in each state.
  returned: always
  type: dict
  sample: {unchanged: 198, changed: 2}
unmatched:
  description:
    - The files and folders in the folder of the hosts, and in C(group_vars) beside it, that have the name of no host or
      group of the inventory. Ansible ignores them.
  returned: always
  type: list
  elements: str
  sample: [host_vars/awsome_app]
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

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.fleet_export import FleetExportModule

MODULE = FleetExportModule()


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
