# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns servers into hosts: names, addresses, variables and groups. Values of the API are untrusted, and checked."""

from __future__ import annotations

import ipaddress
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.fields import Codes
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.stack import HEALTH, STATUS

from ..unsafe import as_data, as_plain
from .fleet import SERVER_FIELDS, Entry, Row

ROOT_GROUP = "cloud66"
# Field of a stack -> variable of its hosts. The names differ where servers have a field of the same name.
STACK_VARIABLES = {
    "name": "stack_name",
    "environment": "environment",
    "cloud": "cloud",
    "framework": "framework",
    "fqdn": "stack_fqdn",
    "status": "stack_status",
    "health": "stack_health",
    "account_id": "account_id",
    "is_cluster": "is_cluster",
}
CODES: dict[str, Codes] = {"stack_status": STATUS, "stack_health": HEALTH, "health_state": HEALTH}

# Letters of any script, digits, and "_.-". Anything else could form a pattern, a path or a template.
SAFE_NAME = re.compile(r"\w[\w.-]*")
USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# The last label must not be a number: the system reads 127.1 and 0x7f000001 as addresses.
DNS_NAME = re.compile(
    r"(?!(.*\.)?(\d+|0[xX][0-9a-fA-F]*)\.?$)(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\.?"
)
RESERVED_NAMES = frozenset(("all", "ungrouped", "localhost", "127.0.0.1", "::1"))
MAX_LISTED = 5


class Host(NamedTuple):
    """A host of the inventory, with the names of its groups."""

    name: str
    variables: dict[str, Any]
    groups: list[str]


class Candidate(NamedTuple):
    """A host that has no name yet, with the data that it was made from."""

    entry: Entry
    server: Row
    host: Host


class Options(NamedTuple):
    """The inventory plugin's options that shape hosts (see the plugin's documentation)."""

    hostnames: list[Any]
    connect_with: list[str]
    group_by: list[str]
    hostvars_prefix: str
    roles: list[str]
    unreachable: str
    gateway: str
    ssh_folder: str


class HostMaker:
    """Makes hosts. `render` renders a user's template with a host's variables, `keeps` applies the user's filters.

    `is_reserved` tells whether Ansible reserves the name of a variable. `warn` reports problems.
    """

    def __init__(
        self,
        options: Options,
        render: Callable[[str, Mapping[str, Any]], Any],
        keeps: Callable[[Mapping[str, Any]], bool],
        is_reserved: Callable[[str], bool],
        warn: Callable[[str], None],
    ) -> None:
        self.options = options
        self.render = render
        self.keeps = keeps
        self.warn = warn
        self.variables = self._variable_names(is_reserved)
        # Problem -> the UIDs of its servers, each once and in their order.
        self.problems: dict[str, dict[str, None]] = {}
        config = os.path.join(os.path.expanduser(options.ssh_folder), "config")
        self.ssh_config = config if os.path.isfile(config) else None
        self.keys = _keys(options.ssh_folder)
        for preference in options.hostnames:
            _check_preference(preference)

    def hosts(self, entries: Iterable[Entry], groups: Iterable[str] = ()) -> list[Host]:
        """The hosts of all selected servers, with unique names. `groups` are other groups of the inventory."""
        entries = list(entries)
        slugs = self._stack_slugs(entries)
        candidates = []
        for entry in entries:
            for server in filter(self._is_selected, entry.servers):
                host = self._host(entry, server, slugs[entry.stack["uid"]])
                if host is not None and self.keeps(host.variables):
                    candidates.append(Candidate(entry, server, host))
        hosts = self._named(candidates, slugs, {ROOT_GROUP, *groups})
        self._warn_of_problems()
        return hosts

    def _is_selected(self, server: Row) -> bool:
        if not SAFE_NAME.fullmatch(str(server["uid"])):
            self._note("with an invalid UID, left out", server)
            return False
        roles = self.options.roles
        return not roles or not set(roles).isdisjoint(server.get("server_roles") or ())

    # Variables

    def _variable_names(self, is_reserved: Callable[[str], bool]) -> dict[str, str]:
        """Field -> name of its variable, without the names that Ansible reserves."""
        prefix = self.options.hostvars_prefix
        if not re.fullmatch(r"([A-Za-z_][A-Za-z0-9_]*)?", prefix):
            raise Cloud66Error(f"hostvars_prefix must be the beginning of a variable's name, not {prefix!r}.")
        fields = [*SERVER_FIELDS, *STACK_VARIABLES.values(), "stack_uid", "stale"]
        fields += [f"{field}_name" for field in CODES]
        names = {field: prefix + field for field in fields}
        reserved = sorted(name for name in names.values() if is_reserved(name))
        if reserved:
            self.warn(
                f"Ansible reserves {', '.join(reserved)}: these variables are left out. Set another hostvars_prefix."
            )
        return {field: name for field, name in names.items() if name not in reserved}

    def _host(self, entry: Entry, server: Row, slug: str) -> Host | None:
        fields = self._fields(entry, server)
        variables = {name: fields[field] for field, name in self.variables.items() if field in fields}
        address = self._address(server)
        if address is None:
            self._note("without an address", server)
            if self.options.unreachable == "skip":
                return None
        else:
            variables["ansible_host"] = address
        variables.update(self._login(server))
        return Host("", as_plain(as_data(variables)), self._groups(entry.stack, server, slug))

    def _fields(self, entry: Entry, server: Row) -> Row:
        fields = dict(server)
        fields["stack_uid"] = entry.stack["uid"]
        for field, name in STACK_VARIABLES.items():
            fields[name] = entry.stack.get(field)
        for field, codes in CODES.items():
            fields[f"{field}_name"] = codes.word(fields.get(field))
        if entry.stale:
            fields["stale"] = True
        return fields

    # Addresses

    def _address(self, server: Row) -> str | None:
        """The address for ssh: the first of `connect_with` that the server has and that is valid."""
        candidates = [server.get("address")] if self._is_behind_gateway(server) else []
        for kind in self.options.connect_with:
            candidates += _ADDRESSES[kind](server)
        for candidate in candidates:
            if candidate and is_address(candidate):
                return str(candidate)
            if candidate:
                self._note("with an invalid address, which is ignored", server)
        return None

    def _login(self, server: Row) -> dict[str, str]:
        """The variables for ssh: the user, the key and configuration of the role ssh_access, and the gateway."""
        login = {}
        user = server.get("user_name")
        if user and USER.fullmatch(user):
            login["ansible_user"] = user
        elif user:
            self._note("with an invalid user, which is ignored", server)
        if server["uid"] in self.keys:
            login["ansible_ssh_private_key_file"] = self.keys[server["uid"]]
        arguments = self._ssh_arguments(server)
        if arguments:
            # The user's ansible_ssh_common_args come before these, and win.
            for name in ("ansible_ssh_extra_args", "ansible_sftp_extra_args", "ansible_scp_extra_args"):
                login[name] = arguments
        return login

    def _is_behind_gateway(self, server: Row) -> bool:
        return self.options.gateway == "auto" and bool(server.get("has_deploy_gateway"))

    def _ssh_arguments(self, server: Row) -> str:
        arguments = [f"-F {_quoted(self.ssh_config)}"] if self.ssh_config else []
        if self._is_behind_gateway(server):
            address, user = server.get("deploy_gateway_address"), server.get("deploy_gateway_user_name")
            if not address or not is_address(address) or (user and not USER.fullmatch(user)):
                self._note("behind a gateway with an invalid address or user, which is ignored", server)
            else:
                host = f"[{address}]" if ":" in address else address
                arguments.append(f"-o ProxyJump={user}@{host}" if user else f"-o ProxyJump={host}")
        return " ".join(arguments)

    # Groups

    def _groups(self, stack: Row, server: Row, slug: str) -> list[str]:
        values = {
            "environment": [slugify(stack.get("environment"))],
            "stack": [slug],
            "role": [slugify(role) for role in server.get("server_roles") or ()],
            "cloud": [slugify(stack.get("cloud"))],
        }
        prefixes = {"environment": "env"}
        groups = [
            f"{prefixes.get(kind, kind)}_{value}" for kind in self.options.group_by for value in values[kind] if value
        ]
        return groups or [ROOT_GROUP]

    def _stack_slugs(self, entries: list[Entry]) -> dict[str, str]:
        """UID -> slug of the stack, for group names. Stacks with the same name in two environments share one."""
        plain = {entry.stack["uid"]: slugify(entry.stack.get("name")) for entry in entries}
        names = {(plain[entry.stack["uid"]], entry.stack.get("name")) for entry in entries}
        counts = Counter(slug for slug, _name in names)
        ambiguous = {uid for uid, slug in plain.items() if not slug or counts[slug] > 1}
        if ambiguous and "stack" in self.options.group_by:
            self.warn(
                f"{len(ambiguous)} stacks have names that are empty or equal as group names: their groups' names end"
                " with the first 8 digits of the UID."
            )
        return {uid: "_".join(filter(None, (slug, uid[:8] if uid in ambiguous else ""))) for uid, slug in plain.items()}

    # Names

    def _named(self, candidates: list[Candidate], slugs: dict[str, str], groups: set[str]) -> list[Host]:
        groups = groups.union(*(candidate.host.groups for candidate in candidates))
        names = self._unique(candidates, [self._name(candidate, groups) for candidate in candidates], slugs, groups)
        return [candidate.host._replace(name=name) for candidate, name in zip(candidates, names, strict=True)]

    def _name(self, candidate: Candidate, groups: set[str]) -> str:
        """The preferred name of a host, or the server's UID if there is none, or if it is not safe to use."""
        name = self._preferred_name(candidate)
        if name is None:
            self._note("with none of the hostnames, named by UID", candidate.server)
        elif not SAFE_NAME.fullmatch(name) or name in RESERVED_NAMES or name in groups:
            self._note("with a name that no host can have, named by UID", candidate.server)
        else:
            return name
        return str(candidate.server["uid"])

    def _preferred_name(self, candidate: Candidate) -> str | None:
        for preference in self.options.hostnames:
            name = self._try_preference(preference, candidate)
            if name:
                return name
        return None

    def _try_preference(self, preference: Any, candidate: Candidate) -> str | None:
        """The name by one of the hostnames; None if it is empty. An empty prefix is left out."""
        if not isinstance(preference, Mapping):
            return self._value(preference, candidate)
        name = self._value(preference["name"], candidate)
        prefix = self._value(preference["prefix"], candidate) if "prefix" in preference else None
        return f"{prefix}{preference.get('separator', '_')}{name}" if name and prefix else name

    def _value(self, source: str, candidate: Candidate) -> str | None:
        """The value of a template, of a field of the stack, or of a field of the server; None if empty."""
        stack = candidate.entry.stack
        if "{{" in source or "{%" in source:
            value = self.render(source, candidate.host.variables)
        elif source == "stack.slug":
            value = slugify(stack.get("name"))
        elif source.startswith("stack."):
            value = stack.get(source[len("stack.") :])
        else:
            value = candidate.server.get(source)
        return str(value) if value not in (None, "") else None

    def _unique(
        self, candidates: list[Candidate], wanted: list[str], slugs: dict[str, str], groups: set[str]
    ) -> list[str]:
        """Unique names: to equal ones the stack is added, then its environment; the last resort is the UID."""
        counts = Counter(wanted)
        equal = [number for number, name in enumerate(wanted) if counts[name] > 1]
        if not equal:
            return wanted
        names = list(wanted)
        for parts in (1, 2, 0):
            for number in equal:
                stack, server = candidates[number].entry.stack, candidates[number].server
                suffix = (slugs[stack["uid"]], slugify(stack.get("environment")) or "none")[:parts]
                names[number] = ".".join((wanted[number], *suffix)) if suffix else str(server["uid"])
            counts = Counter(names)
            equal = [number for number in equal if counts[names[number]] > 1 or names[number] in groups]
            if not equal:
                break
        renamed = [old for old, new in zip(wanted, names, strict=True) if old != new]
        self.warn(
            f"{len(renamed)} servers share their names with others ({_listed(sorted(set(renamed)))}):"
            " the stack is added to their hosts' names. Set hostnames to avoid this."
        )
        return names

    # One warning for each kind of problem

    def _note(self, problem: str, server: Row) -> None:
        self.problems.setdefault(problem, {})[str(server["uid"])] = None

    def _warn_of_problems(self) -> None:
        for problem, uids in self.problems.items():
            servers = "server" if len(uids) == 1 else "servers"
            self.warn(f"{len(uids)} {servers} {problem}: {_listed(list(uids))}.")
        self.problems = {}


def is_address(text: Any) -> bool:
    """Whether a text is an IP address or a DNS name, so that ssh cannot take it for an option or a command."""
    if not isinstance(text, str):
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return len(text) <= 253 and DNS_NAME.fullmatch(text) is not None
    # An IPv6 zone would name an interface of this machine.
    return "%" not in text


def slugify(text: Any) -> str:
    """A text in the form of a group name: lower case, with an underscore for each run of other characters."""
    return _slug(str(text or ""))


@lru_cache(maxsize=4096)
def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _check_preference(preference: Any) -> None:
    """Raise Cloud66Error unless one of the hostnames is a string, or a dictionary of strings."""
    if isinstance(preference, Mapping):
        parts = {"name": preference.get("name"), **preference}
        if not parts.keys() - {"name", "prefix", "separator"} and all(isinstance(part, str) for part in parts.values()):
            return
    elif isinstance(preference, str):
        return
    raise Cloud66Error(
        f"Each of the hostnames must be a field, a template, or a name with a prefix, not {preference!r}."
    )


_ADDRESSES: dict[str, Callable[[Row], list[Any]]] = {
    "public_ipv4": lambda server: [server.get("ext_ipv4"), server.get("address")],
    "private_ipv4": lambda server: [server.get("int_ipv4")],
    "ipv6": lambda server: [server.get("ext_ipv6")],
    "dns": lambda server: [server.get("dns_record")],
}


def _keys(folder: str) -> dict[str, str]:
    """Server UID -> file of its private key, for the keys that the role ssh_access has stored."""
    keys = os.path.join(os.path.expanduser(folder), "keys")
    try:
        return {name: os.path.join(keys, name) for name in os.listdir(keys)}
    except OSError:
        return {}


def _quoted(path: str) -> str:
    return path if re.fullmatch(r"[\w@%+=:,./-]+", path) else "'" + path.replace("'", "'\"'\"'") + "'"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return ", ".join(names[:MAX_LISTED]) + more
