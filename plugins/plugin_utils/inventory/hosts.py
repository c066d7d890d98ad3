# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns servers and stacks into hosts: names, addresses, variables and groups.

Values of the API are untrusted, and checked.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.base import did_you_mean
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.fields import Codes
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.stack import HEALTH, STATUS

from ..unsafe import NEEDS_WRAPPING, as_variable
from .fleet import SERVER_FIELDS, STACK_FIELDS, Entry, Row

if NEEDS_WRAPPING:

    def as_trusted(text: str) -> str:
        return text

else:
    from ansible.template import trust_as_template

    def as_trusted(text: str) -> str:
        """The same text, which Ansible may evaluate as a template."""
        return trust_as_template(text)


ROOT_GROUP = "cloud66"
STACKS_GROUP = "cloud66_stacks"
SERVERS_GROUP = "cloud66_servers"
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
STACK_CODES: dict[str, Codes] = {"stack_status": STATUS, "stack_health": HEALTH}
CODES = {**STACK_CODES, "health_state": HEALTH}
# The codes of a stack that is a host itself.
OWN_CODES: dict[str, Codes] = {**STACK_CODES, "status": STATUS, "health": HEALTH}

# Letters of any script, digits, and "_.-". Anything else could form a pattern, a path or a template.
SAFE_NAME = re.compile(r"\w[\w.-]*")
USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# The last label must not be a number: the system reads 127.1 and 0x7f000001 as addresses.
DNS_NAME = re.compile(
    r"(?!(.*\.)?(\d+|0[xX][0-9a-fA-F]*)\.?$)(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\.?"
)
RESERVED_NAMES = frozenset(("all", "ungrouped", "localhost", "127.0.0.1", "::1"))
# Addresses that can belong to another server in another network.
PRIVATE_NETWORKS = [
    ipaddress.ip_network(network)
    for network in (
        *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
]
# ssh appends 17 characters of its own, and the system allows about 100: the first digits of the UID must do.
CONTROL_PATH = "%(directory)s/{uid:.12}-%%p-%%r"
# As for Ansible's implicit localhost: modules use the Python that runs Ansible.
LOCAL_PYTHON = as_trusted("{{ ansible_playbook_python }}")
MAX_LISTED = 5


class Host(NamedTuple):
    """A host of the inventory, with the names of its groups."""

    name: str
    variables: dict[str, Any]
    groups: list[str]


class Candidate(NamedTuple):
    """A host that has no name yet, with the stack and the server or stack (`row`) that it was made from."""

    stack: Row
    row: Row
    host: Host

    @property
    def uid(self) -> str:
        return str(self.row["uid"])

    @property
    def is_stack(self) -> bool:
        return self.row is self.stack


class Options(NamedTuple):
    """The inventory plugin's options that shape hosts (see the plugin's documentation)."""

    hosts: str
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

    def hosts(
        self, entries: Iterable[Entry], groups: Iterable[str] = (), taken: Mapping[str, str | None] | None = None
    ) -> list[Host]:
        """The hosts of all selected servers and stacks, with unique names.

        `groups` are other groups of the inventory. `taken` are the names of its hosts that other sources have made,
        each with the UID of its server or stack.
        """
        entries = list(entries)
        slugs = self._stack_slugs(entries)
        self.labels = _labels(entries, slugs)
        if self.with_servers:
            self._warn_of_missing_roles(entries)
        candidates = []
        filtered = 0
        for entry in entries:
            for candidate in self._candidates(entry, slugs[entry.stack["uid"]]):
                if self.keeps(candidate.host.variables):
                    candidates.append(candidate)
                else:
                    filtered += 1
        if filtered and not candidates:
            kind = "servers and stacks" if self.options.hosts == "both" else self.options.hosts
            self.warn(f"The filters exclude all {kind} ({filtered}).")
        hosts = self._named(candidates, {ROOT_GROUP, STACKS_GROUP, SERVERS_GROUP, *groups}, taken or {})
        self._warn_of_problems()
        return hosts

    @property
    def with_servers(self) -> bool:
        return self.options.hosts in ("servers", "both")

    @property
    def with_stacks(self) -> bool:
        return self.options.hosts in ("stacks", "both")

    def _candidates(self, entry: Entry, slug: str) -> Iterable[Candidate]:
        """The hosts of a stack before the filters: itself, its servers, or both."""
        stack = entry.stack
        if self.with_stacks:
            yield Candidate(stack, stack, self._stack_host(entry, slug))
        if self.with_servers:
            for server in filter(self._is_selected, entry.servers):
                host = self._host(entry, server, slug)
                if host is not None:
                    yield Candidate(stack, server, host)

    def _is_selected(self, server: Row) -> bool:
        if not SAFE_NAME.fullmatch(str(server["uid"])):
            self._note("with an invalid UID, left out", server)
            return False
        roles = self.options.roles
        return not roles or not set(roles).isdisjoint(server.get("server_roles") or ())

    def _warn_of_missing_roles(self, entries: list[Entry]) -> None:
        existing = {
            str(role) for entry in entries for server in entry.servers for role in server.get("server_roles") or ()
        }
        for role in self.options.roles:
            if role not in existing:
                self.warn(f"No server has the role {role!r}.{did_you_mean(role, existing)}")

    # Variables

    def _variable_names(self, is_reserved: Callable[[str], bool]) -> dict[str, str]:
        """Field -> name of its variable, without the names that Ansible reserves."""
        prefix = self.options.hostvars_prefix
        if not re.fullmatch(r"([A-Za-z_][A-Za-z0-9_]*)?", prefix):
            raise Cloud66Error(f"hostvars_prefix must be the beginning of a variable's name, not {prefix!r}.")
        fields = [*STACK_VARIABLES.values(), "stack_uid", "stale"]
        if self.with_servers:
            fields += [*SERVER_FIELDS, *(f"{field}_name" for field in CODES)]
        if self.with_stacks:
            fields += [*STACK_FIELDS, *(f"{field}_name" for field in OWN_CODES)]
        names = {field: prefix + field for field in fields}
        reserved = sorted(name for name in names.values() if is_reserved(name))
        if reserved:
            self.warn(
                f"Ansible reserves {', '.join(reserved)}: these variables are left out. Set another hostvars_prefix."
            )
        return {field: name for field, name in names.items() if name not in reserved}

    def _host(self, entry: Entry, server: Row, slug: str) -> Host | None:
        fields = self._fields(entry, server, CODES)
        variables = {name: fields[field] for field, name in self.variables.items() if field in fields}
        address = self._address(server)
        if address is None:
            self._note("without an address", server)
            if self.options.unreachable == "skip":
                return None
        else:
            variables["ansible_host"] = address
        variables.update(self._login(server, address))
        variables = as_variable(variables)
        variables["ansible_control_path"] = _control_path(server["uid"])
        return Host("", variables, self._groups(entry.stack, server, slug, SERVERS_GROUP))

    def _stack_host(self, entry: Entry, slug: str) -> Host:
        """A stack as a host, on which tasks run locally."""
        fields = self._fields(entry, entry.stack, OWN_CODES)
        variables = as_variable({name: fields[field] for field, name in self.variables.items() if field in fields})
        variables["ansible_connection"] = "local"
        variables["ansible_python_interpreter"] = LOCAL_PYTHON
        return Host("", variables, self._groups(entry.stack, {}, slug, STACKS_GROUP))

    def _fields(self, entry: Entry, row: Row, codes: Mapping[str, Codes]) -> Row:
        fields = dict(row)
        fields["stack_uid"] = entry.stack["uid"]
        for field, name in STACK_VARIABLES.items():
            fields[name] = entry.stack.get(field)
        for field, words in codes.items():
            fields[f"{field}_name"] = words.word(fields.get(field))
        fields["stale"] = entry.stale
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

    def _login(self, server: Row, address: str | None) -> dict[str, str]:
        """The variables for ssh: the user, the key and configuration of the role ssh_access, and the gateway."""
        login = {}
        user = server.get("user_name")
        if user and USER.fullmatch(user):
            login["ansible_user"] = user
        elif user:
            self._note("with an invalid user, which is ignored", server)
        if server["uid"] in self.keys:
            login["ansible_ssh_private_key_file"] = self.keys[server["uid"]]
        arguments = self._ssh_arguments(server, address)
        if arguments:
            # The user's ansible_ssh_common_args come before these, and win.
            for name in ("ansible_ssh_extra_args", "ansible_sftp_extra_args", "ansible_scp_extra_args"):
                login[name] = arguments
        return login

    def _is_behind_gateway(self, server: Row) -> bool:
        return self.options.gateway == "auto" and bool(server.get("has_deploy_gateway"))

    def _ssh_arguments(self, server: Row, address: str | None) -> str:
        arguments = [f"-F {_quoted(self.ssh_config)}"] if self.ssh_config else []
        if server["uid"] in self.keys:
            arguments.append("-o IdentitiesOnly=yes")
        if self._is_behind_gateway(server) or _is_private(address):
            arguments.append(f"-o HostKeyAlias={server['uid']}")
        if self._is_behind_gateway(server):
            gateway, user = server.get("deploy_gateway_address"), server.get("deploy_gateway_user_name")
            if not gateway or not is_address(gateway) or (user and not USER.fullmatch(user)):
                self._note("behind a gateway with an invalid address or user, which is ignored", server)
            else:
                host = f"[{gateway}]" if ":" in gateway else gateway
                arguments.append(f"-o ProxyJump={user}@{host}" if user else f"-o ProxyJump={host}")
        return " ".join(arguments)

    # Groups

    def _groups(self, stack: Row, server: Row, slug: str, kind_group: str) -> list[str]:
        """The groups of a host. Only with both kinds of hosts, one of them is for its kind."""
        values = {
            "environment": [slugify(stack.get("environment"))],
            "stack": [slug],
            "role": [slugify(role) for role in server.get("server_roles") or ()],
            "cloud": [slugify(stack.get("cloud"))],
            # Servers of one framework are hardly ever meant together, and have had no such groups.
            "framework": [] if server else [slugify(stack.get("framework"))],
        }
        prefixes = {"environment": "env"}
        groups = [
            f"{prefixes.get(kind, kind)}_{value}" for kind in self.options.group_by for value in values[kind] if value
        ]
        if self.options.hosts == "both":
            groups.append(kind_group)
        return groups or [self.root_group]

    @property
    def root_group(self) -> str:
        """The parent of all groups."""
        return STACKS_GROUP if self.options.hosts == "stacks" else ROOT_GROUP

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

    def _named(self, candidates: list[Candidate], groups: set[str], taken: Mapping[str, str | None]) -> list[Host]:
        groups = groups.union(*(candidate.host.groups for candidate in candidates))
        names = self._unique(candidates, [self._name(candidate, groups) for candidate in candidates], groups, taken)
        return [candidate.host._replace(name=name) for candidate, name in zip(candidates, names, strict=True)]

    def _name(self, candidate: Candidate, groups: set[str]) -> str:
        """The preferred name of a host, or the server's UID if there is none, or if it is not safe to use."""
        name = self._preferred_name(candidate)
        if name is None:
            self._note("with none of the hostnames, named by UID", candidate.row)
        elif not SAFE_NAME.fullmatch(name) or name in RESERVED_NAMES or name in groups:
            self._note("with a name that no host can have, named by UID", candidate.row)
        else:
            return name
        return candidate.uid

    def _preferred_name(self, candidate: Candidate) -> str | None:
        if candidate.is_stack:
            return self.labels[candidate.uid]
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
        stack = candidate.stack
        if "{{" in source or "{%" in source:
            value = self.render(source, candidate.host.variables)
        elif source == "stack.slug":
            value = self.labels[stack["uid"]]
        elif source.startswith("stack."):
            value = stack.get(source[len("stack.") :])
        else:
            value = candidate.row.get(source)
        return str(value) if value not in (None, "") else None

    def _unique(
        self, candidates: list[Candidate], wanted: list[str], groups: set[str], taken: Mapping[str, str | None]
    ) -> list[str]:
        """Unique names: to equal ones the stack is added, then its environment; the last resort is the UID.

        A name that another source gave to another server counts as equal: Ansible would merge the two.
        """
        names = list(wanted)
        counts = Counter(names)

        def is_taken(number: int) -> bool:
            name, uid = names[number], candidates[number].uid
            return taken.get(name, uid) != uid

        def is_equal(number: int) -> bool:
            return counts[names[number]] > 1 or is_taken(number)

        equal = list(filter(is_equal, range(len(names))))
        foreign = [wanted[number] for number in equal if is_taken(number)]
        for form in (self._with_stack, self._with_environment, self._with_uid):
            if not equal:
                break
            for number in equal:
                names[number] = form(candidates[number], wanted[number])
            counts = Counter(names)
            equal = [number for number in equal if is_equal(number) or names[number] in groups]
        own = {old for old, new in zip(wanted, names, strict=True) if old != new}.difference(foreign)
        renamed = [old for old in wanted if old in own]
        if renamed:
            self.warn(
                f"{len(renamed)} servers share their names with others ({_listed(sorted(own))}): their hosts' names"
                " are extended by the stack, or by UID. Set hostnames to avoid this."
            )
        if foreign:
            self.warn(
                f"Another inventory source has other servers with the names {_listed(sorted(set(foreign)))}: the hosts'"
                " names are extended. Set hostnames to avoid this."
            )
        return names

    def _with_stack(self, candidate: Candidate, name: str) -> str:
        if candidate.is_stack:
            return self._with_environment(candidate, name)
        label = self.labels[candidate.stack["uid"]]
        return f"{label}.{name.removeprefix(f'{label}.')}"

    def _with_environment(self, candidate: Candidate, name: str) -> str:
        label, environment = self.labels[candidate.stack["uid"]], _environment(candidate.stack)
        if candidate.is_stack:
            return label if "." in label else f"{label}.{environment}"
        if "." in label:
            # It names the environment already.
            return self._with_stack(candidate, name)
        return f"{label}.{environment}.{name.removeprefix(f'{label}.')}"

    @staticmethod
    def _with_uid(candidate: Candidate, _name: str) -> str:
        return candidate.uid

    # One warning for each kind of problem

    def _note(self, problem: str, row: Row) -> None:
        self.problems.setdefault(problem, {})[str(row["uid"])] = None

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


def uid_of(variables: Mapping[str, Any]) -> str | None:
    """The UID of the server that a host was made from, whatever the prefix of its variables; None if it was not."""
    for name in variables:
        prefix = name.removesuffix("stack_uid")
        if prefix != name and f"{prefix}uid" in variables:
            return str(variables[f"{prefix}uid"])
    return None


def slugify(text: Any) -> str:
    """A text in the form of a group name: lower case, with an underscore for each run of other characters."""
    return _slug(str(text or ""))


@lru_cache(maxsize=4096)
def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _labels(entries: list[Entry], slugs: Mapping[str, str]) -> dict[str, str]:
    """UID -> the unique name of a stack in the names of hosts: its slug and, if others have it, its environment.

    It depends on the stacks alone, so that hosts keep their names whatever servers and filters come and go.
    """
    labels = dict(slugs)
    for more in (_environment, lambda stack: stack["uid"][:8]):
        counts = Counter(labels.values())
        for entry in entries:
            uid = entry.stack["uid"]
            if counts[labels[uid]] > 1:
                labels[uid] = f"{labels[uid]}.{more(entry.stack)}"
    return labels


def _environment(stack: Row) -> str:
    return slugify(stack.get("environment")) or "none"


def _control_path(uid: str) -> str:
    """Where ssh keeps the connection to a server open, as a value of `ansible_control_path`.

    Ansible's own names the address, which another server may have in another network. Its placeholders are no template.
    """
    return as_trusted(CONTROL_PATH.format(uid=uid))


def _is_private(address: str | None) -> bool:
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    return any(parsed in network for network in PRIVATE_NETWORKS)


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
    """Server UID -> file of its key, for the keys that the role ssh_access has stored.

    A public key selects the private one in the ssh-agent.
    """
    keys = os.path.join(os.path.expanduser(folder), "keys")
    try:
        names = sorted(os.listdir(keys), reverse=True)
    except OSError:
        return {}
    # A private key comes after its public key here, and wins.
    return {name.removesuffix(".pub"): os.path.join(keys, name) for name in names}


def _quoted(path: str) -> str:
    return path if re.fullmatch(r"[\w@%+=:,./-]+", path) else "'" + path.replace("'", "'\"'\"'") + "'"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return ", ".join(names[:MAX_LISTED]) + more
