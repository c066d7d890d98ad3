# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: c66
author:
  - The cloud66.cloud authors (@cloud66)
short_description: Cloud 66 servers and stacks as hosts
version_added: 1.0.0
description:
  - Turns every server of every stack that the token's user can see into a host, or every stack, or both.
  - Hosts are grouped by environment, stack, role and cloud. All groups are children of the group C(cloud66).
  - The file name must end in C(c66.yml), C(cloud66.yml), C(c66.yaml) or C(cloud66.yaml).
  - Strings from the API are never evaluated as templates. ssh only gets addresses and user names that are valid.
  - O(stacks), O(environments), O(accounts), O(roles) and the connection options may contain templates. If they are not
    in the file, they come from extra variables (C(-e)), which must not be empty.
  - What is selected by name and matches nothing causes a warning.
extends_documentation_fragment:
  - cloud66.cloud.connection.plugins
  - constructed
  - inventory_cache
options:
  plugin:
    description: Marks the file as a source for this plugin.
    required: true
    choices: [cloud66.cloud.c66]
  hosts:
    description:
      - What becomes a host.
      - With V(stacks), each stack is a host on which tasks run locally, such as C(awesome_app), or
        C(awesome_app.staging) where stacks in several environments share a name. Its variables are the fields of the
        stack, such as C(cloud66_uid) and C(cloud66_health_name), besides those that its servers would have, such as
        C(cloud66_stack_name). All groups are children of the group C(cloud66_stacks). Servers are not read, which
        takes only one request for 30 stacks.
      - With V(both), stacks and servers share the groups of their stack, environment and cloud, so that
        C(group_vars/stack_awesome_app.yml) holds for both. The groups C(cloud66_stacks) and C(cloud66_servers) tell
        them apart.
    type: str
    choices: [servers, stacks, both]
    default: servers
  stacks:
    description: Only include these stacks or their servers, by UID, name, or name pattern such as V(shop-*).
    type: list
    elements: str
    default: []
    vars:
      - name: c66_stacks
  environments:
    description: Only include stacks in these environments.
    type: list
    elements: str
    default: []
    vars:
      - name: c66_environments
  accounts:
    description: Only include stacks of the accounts with these ids, for a token with access to several.
    type: list
    elements: int
    default: []
    vars:
      - name: c66_accounts
  roles:
    description: Only include servers with one of these roles.
    type: list
    elements: str
    default: []
    vars:
      - name: c66_roles
  filters:
    description:
      - Conditions on host variables, each under V(include) or V(exclude). The first one that is true decides.
      - A host for which none is true is included, unless the last one is an V(include).
      - A condition that fails, or that is neither true nor false, is an error, whatever O(strict) says.
    type: list
    elements: dict
    default: []
  hostnames:
    description:
      - How to name hosts, in order of preference.
      - A string is a field of the server such as V(name), V(dns_record) or V(uid), a field of its stack such as
        V(stack.name), or a template that uses the host's variables. V(stack.slug) is the stack's name in lower case,
        with underscores; where several stacks of the inventory have it, the environment follows after a dot.
      - A dictionary of C(name), C(prefix) and C(separator) (V(_) by default) combines two of them.
      - By default, the name is C(<stack>.<server>), such as V(awesome_app.Lion).
      - They name servers only. Stacks as hosts are always named as by V(stack.slug).
      - Where hosts share a name, also with hosts of another inventory file, they are told apart by the stack, the
        environment or the UID. A name that could be read as a pattern, a group or the local machine is replaced by the
        UID.
    type: list
    elements: raw
    default:
      - name: name
        prefix: stack.slug
        separator: "."
  connect_with:
    description: The kinds of addresses to connect to, in order of preference.
    type: list
    elements: str
    choices: [public_ipv4, private_ipv4, ipv6, dns]
    default: [public_ipv4, dns, ipv6, private_ipv4]
  unreachable:
    description: Whether to keep or skip a server without an address.
    type: str
    choices: [keep, skip]
    default: keep
  gateway:
    description:
      - Whether to connect to servers behind a deploy gateway through it, with ssh's ProxyJump, as the gateway's user.
      - The gateway's key comes from your ssh-agent or ssh configuration, or from the role C(cloud66.cloud.ssh_access).
        Your own C(ansible_ssh_common_args) take precedence.
    type: str
    choices: [auto, never]
    default: auto
  group_by:
    description: The kinds of groups to create. Only servers have roles, and only stacks are grouped by framework.
    type: list
    elements: str
    choices: [environment, stack, role, cloud, framework]
    default: [environment, stack, role, cloud, framework]
  hostvars_prefix:
    description: The prefix of host variables. Variables with names that Ansible reserves are left out.
    type: str
    default: cloud66_
  ssh_folder:
    description:
      - The folder in which the role C(cloud66.cloud.ssh_access) stores keys and its ssh configuration. Hosts use what
        exists there.
    type: path
    default: ~/.cloud66/ssh
  workers:
    description: How many requests to run in parallel.
    type: int
    default: 16
  on_error:
    description:
      - What to do if the servers of a stack cannot be read.
      - With V(warn), its hosts come from the last successful read and have C(cloud66_stale=true). Without one,
        they are missing. An invalid token always fails.
      - Keeping the last successful read requires a persistent cache plugin such as C(jsonfile).
    type: str
    choices: [fail, warn]
    default: fail
  refresh:
    description:
      - What to read when the cache has expired. V(full) reads the servers of all stacks.
      - V(changed) skips stacks that look the same as in the last read (C(updated_at), status, health and the like). It
        requires a persistent cache plugin.
      - The API does not promise that a stack's C(updated_at) changes with its servers, so a change can show up
        O(max_age) seconds late. C(--flush-cache) and C(meta=refresh_inventory) always read everything.
    type: str
    choices: [full, changed]
    default: full
  max_age:
    description: Maximum age, in seconds, of servers that O(refresh=changed) does not read again.
    type: int
    default: 86400
"""

EXAMPLES = r"""
# c66.yml: all servers, with CLOUD66_ACCESS_TOKEN or the token stored by cloud66.cloud.login
plugin: cloud66.cloud.c66

# production.c66.yml: the production servers of some stacks, with their DNS names if they have any
# plugin: cloud66.cloud.c66
# environments: [production]
# stacks: [Awesome App, "shop-*"]
# hostnames: [dns_record, name]
# filters:
#   - exclude: cloud66_health_state_name == "broken"
# keyed_groups:
#   - key: cloud66_region
#     prefix: region
# compose:
#   ansible_port: 22

# stacks.c66.yml: each stack is a host
# plugin: cloud66.cloud.c66
# hosts: stacks

# cached.c66.yml: a large fleet
# plugin: cloud66.cloud.c66
# cache: true
# cache_plugin: ansible.builtin.jsonfile
# cache_connection: ~/.cache/cloud66
# cache_timeout: 600
# refresh: changed
# on_error: warn
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError, AnsibleUndefinedVariable
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.release import __version__ as ansible_version
from ansible.vars.reserved import is_reserved_name
from ansible_collections.cloud66.cloud.plugins.module_utils.api import libraries
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.api.parallel import check_workers
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.run import Run, connection_options
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.base import did_you_mean
from ansible_collections.cloud66.cloud.plugins.plugin_utils import progress
from ansible_collections.cloud66.cloud.plugins.plugin_utils.inventory.fleet import (
    Entry,
    FleetReader,
    Policy,
    Selection,
)
from ansible_collections.cloud66.cloud.plugins.plugin_utils.inventory.hosts import (
    ROOT_GROUP,
    Host,
    HostMaker,
    Options,
    uid_of,
)
from ansible_collections.cloud66.cloud.plugins.plugin_utils.inventory.store import Store
from ansible_collections.cloud66.cloud.plugins.plugin_utils.unsafe import NEEDS_WRAPPING, as_variable
from ansible_collections.cloud66.cloud.plugins.plugin_utils.variables import CONNECTION_VARIABLES, given_connection

ENDINGS = ("c66.yml", "c66.yaml", "cloud66.yml", "cloud66.yaml")
OWN_FILE = re.compile(r"^plugin:\s*['\"]?cloud66\.cloud\.c66['\"]?\s*(#.*)?$", re.MULTILINE)
SELECTION = {f"c66_{name}": name for name in ("stacks", "environments", "accounts", "roles")}
VARIABLES = {*SELECTION, *CONNECTION_VARIABLES}


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Passes the options to plugin_utils/inventory, and its hosts to Ansible."""

    NAME = "cloud66.cloud.c66"
    # Ansible sets both before or in `parse`.
    inventory: Any
    _vars: Any

    def verify_file(self, path: str) -> bool:
        """Whether this is a file for this plugin. Raises AnsibleParserError if only its name does not say so."""
        if not super().verify_file(path):
            return False
        if not path.endswith(ENDINGS) and path.endswith((".yml", ".yaml")) and _is_own_file(path):
            raise AnsibleParserError(
                f"{path} must be renamed: the name of a file for {self.NAME} must end in {' or '.join(ENDINGS)}."
            )
        return path.endswith(ENDINGS)

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path)
        self._config = self._read_config_data(path)
        self._check_names()
        if libraries.MISSING:
            raise AnsibleParserError(libraries.advice())
        try:
            self._check_numbers()
            connection = connection_options(self._given_connection)
            self._run = Run(connection, ansible_version=ansible_version, log=progress.log)
        except Cloud66Error as error:
            raise AnsibleParserError(str(error)) from error
        try:
            hosts, root = self._hosts(self._entries(cache))
            self._populate(hosts, root)
        except Cloud66Error as error:
            message = self._run.censor.text(str(error))
            # Without its cause, which is shown too.
            raise AnsibleParserError(message) from None

    def _check_names(self) -> None:
        """Refuse unknown options. Ansible ignores them, and a typo would select the wrong hosts."""
        definitions = self.option_definitions
        known = {*definitions, *(alias for option in definitions.values() for alias in option.get("aliases", ()))}
        unknown = sorted(str(name) for name in self._config if name not in known)
        if unknown:
            raise AnsibleParserError(f"{self.NAME} has no option {', '.join(unknown)}.")

    def _check_numbers(self) -> None:
        check_workers(self.get_option("workers"))
        max_age = self.get_option("max_age")
        if max_age < 0:
            raise Cloud66Error(f"max_age must be at least 0 seconds, not {max_age}.")

    # Options

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        """Set the options of the file, with the templates in them rendered.

        Ansible would set the text of a template: the path of one would be expanded, a list split, and a number refused.
        """
        config = {**(direct or {})}
        self.templar.available_variables = self._vars
        self._given_connection = given_connection(config, self._vars, self._rendered)
        config.update(self._given_connection)
        for variable, name in SELECTION.items():
            value = config.get(name, self._vars.get(variable))
            if value is not None:
                config[name] = _names(name, self._rendered(name, value))
        others = {name: value for name, value in (var_options or {}).items() if name not in VARIABLES}
        super().set_options(task_keys=task_keys, var_options=others, direct=config)

    def _rendered(self, name: str, value: Any) -> Any:
        try:
            return self.templar.template(value)
        except AnsibleError as error:
            raise AnsibleParserError(f"Cannot render the option {name}: {error}") from None

    # Reading

    def _entries(self, cache: bool) -> list[Entry]:
        """The stacks with their servers, from the cache or, if it has none, from Cloud 66."""
        stacks, environments = (tuple(map(str, self.get_option(name))) for name in ("stacks", "environments"))
        selection = Selection(stacks, environments, self._accounts())
        run = self._run
        store = Store(self, run, selection, self._with_servers)
        cached = store.cached() if cache else None
        if cached is None:
            entries, unmatched = self._read(run, store, selection, cache)
        else:
            entries, unmatched = cached
        for sentence in unmatched:
            run.warn(sentence)
        for warning in run.warnings:
            self.display.warning(run.censor.text(warning))
        return entries

    def _read(self, run: Run, store: Store, selection: Selection, cache: bool) -> tuple[list[Entry], list[str]]:
        changed = self.get_option("refresh") == "changed"
        if changed and not store.is_persistent:
            run.warn("refresh=changed needs a persistent cache plugin, such as jsonfile: everything is read.")
        policy = Policy(
            workers=self.get_option("workers"),
            warn_only=self.get_option("on_error") == "warn",
            snapshot=store.snapshot(),
            only_changed=changed and cache,
            max_age=self.get_option("max_age"),
            with_servers=self._with_servers,
        )
        clients = run.clients(selection.accounts)
        reader = FleetReader(clients, selection, policy, run.warn)
        entries = reader.read()
        store.save(entries, reader.unmatched, reader.complete)
        return entries, reader.unmatched

    @property
    def _with_servers(self) -> bool:
        return bool(self.get_option("hosts") != "stacks")

    def _accounts(self) -> tuple[int, ...]:
        try:
            return tuple(map(int, self.get_option("accounts")))
        except (TypeError, ValueError) as error:
            raise AnsibleParserError("accounts must be account ids, which are whole numbers.") from error

    # Making hosts

    def _hosts(self, entries: list[Entry]) -> tuple[list[Host], str]:
        """The hosts, and the parent of all their groups."""
        options = Options(**{name: self.get_option(name) for name in Options._fields})
        self._filters = [_filter(value) for value in self.get_option("filters")]
        maker = HostMaker(options, self._render, self._keeps, _is_reserved, self.display.warning)
        uids = {name: uid_of(host.vars) for name, host in self.inventory.hosts.items()}
        taken = {name: uid for name, uid in uids.items() if uid is not None}
        return maker.hosts(entries, {*self.inventory.groups, *self.get_option("groups")}, taken), maker.root_group

    def _render(self, template: str, variables: Any) -> Any:
        self.templar.available_variables = {**variables, **self._vars}
        try:
            return self.templar.template(template)
        except AnsibleError as error:
            if self.get_option("strict"):
                raise AnsibleParserError(f"Cannot render the hostname {template}: {error}") from error
            return None

    def _keeps(self, variables: Any) -> bool:
        for kind, condition in self._filters:
            if self._is_true(condition, variables):
                return kind == "include"
        return not self._filters or self._filters[-1][0] == "exclude"

    def _is_true(self, condition: Any, variables: Any) -> bool:
        """Whether a condition is true. One that fails is an error: it would select the wrong hosts."""
        if isinstance(condition, bool):
            return condition
        try:
            value = self._compose(condition, variables)
        except AnsibleError as error:
            hint = _near_variable(error, variables) if isinstance(error, AnsibleUndefinedVariable) else ""
            raise AnsibleParserError(
                f"Cannot evaluate the filter {condition}: {str(error).rstrip('.')}.{hint}"
            ) from None
        try:
            return bool(boolean(value))
        except TypeError:
            raise AnsibleParserError(
                f"The filter {condition} is neither true nor false, but {value!r}. A comparison, or 'is not none', is."
            ) from None

    def _populate(self, hosts: list[Host], root: str) -> None:
        """Add the hosts with their groups. Unused options are skipped here, to save time for each host."""
        self._add_groups(hosts, root)
        compose, groups, keyed_groups = (self.get_option(name) for name in ("compose", "groups", "keyed_groups"))
        # Numbers and booleans are not expressions, and newer ansible-core ignores them silently.
        constants = {name: value for name, value in (compose or {}).items() if not isinstance(value, str)}
        expressions = {name: value for name, value in (compose or {}).items() if isinstance(value, str)}
        strict = self.get_option("strict")
        for host in hosts:
            added = self._add_host(host)
            # Without the variables, the helpers would look them up again for each group.
            if expressions:
                self._set_composite_vars(expressions, added.get_vars(), host.name, strict)
                composed = {name: added.vars[name] for name in expressions if name in added.vars and not NEEDS_WRAPPING}
                added.vars.update({name: as_variable(value) for name, value in composed.items()})
            for name, value in constants.items():
                self.inventory.set_variable(host.name, name, value)
            if groups:
                self._add_host_to_composed_groups(groups, added.get_vars(), host.name, strict, fetch_hostvars=False)
            if keyed_groups:
                self._add_host_to_keyed_groups(keyed_groups, added.get_vars(), host.name, strict, fetch_hostvars=False)

    def _add_groups(self, hosts: list[Host], root: str) -> None:
        self.inventory.add_group(ROOT_GROUP)
        if root != ROOT_GROUP:
            self.inventory.add_group(root)
            self.inventory.add_child(ROOT_GROUP, root)
        for group in dict.fromkeys(group for host in hosts for group in host.groups if group != root):
            self.inventory.add_group(group)
            self.inventory.add_child(root, group)

    def _add_host(self, host: Host) -> Any:
        """Add a host with its variables and groups. Returns Ansible's object for it."""
        self.inventory.add_host(host.name)
        added = self.inventory.hosts[host.name]
        # Like inventory.set_variable, without its check of each name: our names are the same for all hosts.
        added.vars.update(host.variables)
        for group in host.groups:
            self.inventory.add_child(group, host.name)
        return added


def _is_own_file(path: str) -> bool:
    try:
        with open(path, encoding="utf-8") as file:
            return OWN_FILE.search(file.read()) is not None
    except (OSError, UnicodeDecodeError):
        return False


def _is_reserved(name: str) -> bool:
    """Whether no host may have a variable of this name: it means something to Ansible, or to our lookups."""
    return is_reserved_name(name) or name in CONNECTION_VARIABLES


def _names(option: str, value: Any) -> list[Any]:
    """The elements of a list, which may contain lists or, in a variable, be written as a text."""
    if isinstance(value, str):
        value = _list_in(value)
    elements = value if isinstance(value, (list, tuple)) else [value]
    names = [name for element in elements for name in (element if isinstance(element, (list, tuple)) else [element])]
    if any(name is None or str(name).strip() == "" for name in names):
        # It would match nothing or, if it were left out, everything.
        raise AnsibleParserError(f"{option} contains an empty name.")
    return names


def _list_in(text: str) -> list[Any]:
    """The elements of a list that is written as JSON or with commas."""
    try:
        listed = json.loads(text)
    except ValueError:
        listed = None
    return listed if isinstance(listed, list) else [part.strip() for part in text.split(",")]


def _near_variable(error: AnsibleError, variables: Any) -> str:
    found = re.search(r"'(\w+)' is undefined", str(error))
    return did_you_mean(found.group(1), variables) if found else ""


def _filter(value: Any) -> tuple[str, Any]:
    """The kind and the condition of a filter."""
    if not isinstance(value, Mapping) or len(value) != 1 or not value.keys() <= {"include", "exclude"}:
        raise AnsibleParserError(f"A filter must be include or exclude with a condition, not {value}.")
    [(kind, condition)] = value.items()
    return str(kind), condition
