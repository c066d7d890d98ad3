# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From servers to hosts: names, addresses, variables and groups. What the API says is data, and checked as such."""

from __future__ import annotations

import ipaddress
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.fields import Codes
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.stack import HEALTH, STATUS

from ..unsafe import as_data
from .fleet import SERVER_FIELDS, Entry, Row

ALL = "cloud66"
# A stack's fields as variables of its hosts. Some are called otherwise, for servers have fields of that name.
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

# Letters of any script, figures, and what host names are written with. Anything else could be a pattern, a path or
# a template.
SAFE_NAME = re.compile(r"\w[\w.-]*")
USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# The last label of a name is no number: the system would take 127.1 and 0x7f000001 for addresses.
DNS_NAME = re.compile(
    r"(?!(.*\.)?(\d+|0[xX][0-9a-fA-F]*)\.?$)(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\.?"
)
TAKEN = frozenset(("all", "ungrouped", "localhost", "127.0.0.1", "::1"))
SHOWN = 5


class Host(NamedTuple):
    """A host of the inventory: its name, its variables, and the names of its groups."""

    name: str
    variables: dict[str, Any]
    groups: list[str]


class Options(NamedTuple):
    """The options of the inventory that decide what hosts look like (see the plugin's documentation)."""

    hostnames: list[Any]
    connect_with: list[str]
    group_by: list[str]
    hostvars_prefix: str
    roles: list[str]
    unreachable: str
    gateway: str
    ssh_folder: str


class HostMaker:
    """Makes hosts. `template` renders a template of the user's with a host's variables, `keeps` applies the filters.

    `is_reserved` says whether Ansible keeps a variable's name for itself, `warn` tells what was odd.
    """

    def __init__(
        self,
        options: Options,
        template: Callable[[str, Mapping[str, Any]], Any],
        keeps: Callable[[Mapping[str, Any]], bool],
        is_reserved: Callable[[str], bool],
        warn: Callable[[str], None],
    ) -> None:
        self.options = options
        self.template = template
        self.keeps = keeps
        self.warn = warn
        self.variables = self._variable_names(is_reserved)
        # What is odd -> the UIDs of the servers, each once and in their order.
        self.odd: dict[str, dict[str, None]] = {}
        config = os.path.join(os.path.expanduser(options.ssh_folder), "config")
        self.ssh_config = config if os.path.isfile(config) else None
        self.keys = _keys(options.ssh_folder)
        for one in options.hostnames:
            _check_preference(one)

    def hosts(self, entries: Iterable[Entry], groups: Iterable[str] = ()) -> list[Host]:
        """The hosts of all servers that are meant, each under a name of its own. `groups` are there beside theirs."""
        entries = list(entries)
        slugs = self._stack_slugs(entries)
        made = []
        for entry in entries:
            for server in filter(self._is_meant, entry.servers):
                host = self._host(entry, server, slugs[entry.stack["uid"]])
                if host is not None and self.keeps(host.variables):
                    made.append((entry, server, host))
        hosts = list(self._named(made, slugs, {ALL, *groups}))
        self._warn_of_oddities()
        return hosts

    def _is_meant(self, server: Row) -> bool:
        if not SAFE_NAME.fullmatch(str(server["uid"])):
            self._note("have UIDs that are none, and are left out", server)
            return False
        roles = self.options.roles
        return not roles or not set(roles).isdisjoint(server.get("server_roles") or ())

    # Variables

    def _variable_names(self, is_reserved: Callable[[str], bool]) -> dict[str, str]:
        """Field -> variable, but for those that Ansible keeps for itself."""
        prefix = self.options.hostvars_prefix
        if not re.fullmatch(r"([A-Za-z_][A-Za-z0-9_]*)?", prefix):
            raise Cloud66Error(f"hostvars_prefix must begin the name of a variable, which {prefix!r} does not.")
        fields = [*SERVER_FIELDS, *STACK_VARIABLES.values(), "stack_uid", "stale"]
        fields += [f"{field}_name" for field in CODES]
        names = {field: prefix + field for field in fields}
        reserved = sorted(name for name in names.values() if is_reserved(name))
        if reserved:
            self.warn(
                f"Ansible keeps {', '.join(reserved)} for itself: they are left out. Set another hostvars_prefix."
            )
        return {field: name for field, name in names.items() if name not in reserved}

    def _host(self, entry: Entry, server: Row, slug: str) -> Host | None:
        fields = self._fields(entry, server)
        variables = {name: as_data(fields[field]) for field, name in self.variables.items() if field in fields}
        address = self._address(server)
        if address is None:
            self._note("have no address", server)
            if self.options.unreachable == "skip":
                return None
        else:
            variables["ansible_host"] = address
        variables.update(self._login(server))
        return Host("", variables, self._groups(entry.stack, server, slug))

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
        """Where ssh connects to: the first of `connect_with` that the server has and that is an address."""
        candidates = [server.get("address")] if self._is_behind_gateway(server) else []
        for kind in self.options.connect_with:
            candidates += _ADDRESSES[kind](server)
        for candidate in candidates:
            if candidate and is_address(candidate):
                return str(candidate)
            if candidate:
                self._note("have something else in the place of an address, which is left out", server)
        return None

    def _login(self, server: Row) -> dict[str, str]:
        """The user, the key that the role ssh_access has fetched, its ssh configuration, and the way by a gateway."""
        login = {}
        user = server.get("user_name")
        if user and USER.fullmatch(user):
            login["ansible_user"] = user
        elif user:
            self._note("have something else in the place of a user, which is left out", server)
        if server["uid"] in self.keys:
            login["ansible_ssh_private_key_file"] = self.keys[server["uid"]]
        arguments = self._ssh_arguments(server)
        if arguments:
            # The user's own ansible_ssh_common_args stand before these, and win.
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
                self._note("are behind a gateway without a proper address or user, which is left out", server)
            else:
                host = f"[{address}]" if ":" in address else address
                arguments.append(f"-o ProxyJump={user}@{host}" if user else f"-o ProxyJump={host}")
        return " ".join(arguments)

    # Groups

    def _groups(self, stack: Row, server: Row, slug: str) -> list[str]:
        values = {
            "environment": [slugged(stack.get("environment"))],
            "stack": [slug],
            "role": [slugged(role) for role in server.get("server_roles") or ()],
            "cloud": [slugged(stack.get("cloud"))],
        }
        short = {"environment": "env"}
        groups = [
            f"{short.get(kind, kind)}_{value}" for kind in self.options.group_by for value in values[kind] if value
        ]
        return groups or [ALL]

    def _stack_slugs(self, entries: list[Entry]) -> dict[str, str]:
        """UID -> the end of the stack's group name. One name in two environments is one group."""
        plain = {entry.stack["uid"]: slugged(entry.stack.get("name")) for entry in entries}
        names = {(plain[entry.stack["uid"]], entry.stack.get("name")) for entry in entries}
        shared = Counter(slug for slug, _name in names)
        odd = {uid for uid, slug in plain.items() if not slug or shared[slug] > 1}
        if odd and "stack" in self.options.group_by:
            self.warn(
                f"{len(odd)} stacks have names that are empty or alike as names of groups: their groups have the first"
                " 8 digits of their UIDs."
            )
        return {uid: "_".join(filter(None, (slug, uid[:8] if uid in odd else ""))) for uid, slug in plain.items()}

    # Names

    def _named(self, made: list[tuple[Entry, Row, Any]], slugs: dict[str, str], groups: set[str]) -> Iterator[Host]:
        groups = groups.union(*(host.groups for _entry, _server, host in made))
        wanted = [self._wanted_name(entry, server, host, groups) for entry, server, host in made]
        for (_entry, _server, host), name in zip(made, self._told_apart(made, wanted, slugs, groups), strict=True):
            yield host._replace(name=name)

    def _wanted_name(self, entry: Entry, server: Row, host: Host, groups: set[str]) -> str:
        name = self._preferred_name(entry, server, host)
        if name is None:
            self._note("have none of the hostnames, and are called by their UIDs", server)
        elif not SAFE_NAME.fullmatch(name) or name in TAKEN or name in groups:
            self._note("have names that cannot be those of hosts, and are called by their UIDs", server)
        else:
            return name
        return str(server["uid"])

    def _preferred_name(self, entry: Entry, server: Row, host: Host) -> str | None:
        for preference in self.options.hostnames:
            if isinstance(preference, Mapping):
                name = self._value(preference["name"], entry, server, host)
                prefix = self._value(preference["prefix"], entry, server, host) if "prefix" in preference else None
                if name and prefix:
                    return f"{prefix}{preference.get('separator', '_')}{name}"
            else:
                name = self._value(preference, entry, server, host)
            if name:
                return name
        return None

    def _value(self, preference: str, entry: Entry, server: Row, host: Host) -> str | None:
        """What a preference says of a server: a field of it, a field of its stack, or a template."""
        if "{{" in preference or "{%" in preference:
            value = self.template(preference, host.variables)
        elif preference == "stack.slug":
            value = slugged(entry.stack.get("name"))
        elif preference.startswith("stack."):
            value = entry.stack.get(preference[len("stack.") :])
        else:
            value = server.get(preference)
        return str(value) if value not in (None, "") else None

    def _told_apart(
        self, made: list[tuple[Entry, Row, Any]], wanted: list[str], slugs: dict[str, str], groups: set[str]
    ) -> list[str]:
        """Names of which no two are the same: with the stack, with its environment too, or else by the UID."""
        counts = Counter(wanted)
        alike = [number for number, name in enumerate(wanted) if counts[name] > 1]
        if not alike:
            return wanted
        names = list(wanted)
        for parts in (1, 2, 0):
            for number in alike:
                entry, server, _host = made[number]
                more = (slugs[entry.stack["uid"]], slugged(entry.stack.get("environment")) or "none")[:parts]
                names[number] = ".".join((wanted[number], *more)) if more else str(server["uid"])
            counts = Counter(names)
            alike = [number for number in alike if counts[names[number]] > 1 or names[number] in groups]
            if not alike:
                break
        renamed = [old for old, new in zip(wanted, names, strict=True) if old != new]
        self.warn(
            f"{len(renamed)} servers share their names with others"
            f" ({_some(sorted(set(renamed)))}): their hosts are told apart by the stack. hostnames can avoid this."
        )
        return names

    # Warnings, one for each kind

    def _note(self, what: str, server: Row) -> None:
        self.odd.setdefault(what, {})[str(server["uid"])] = None

    def _warn_of_oddities(self) -> None:
        for what, uids in self.odd.items():
            self.warn(f"{len(uids)} servers {what}: {_some(list(uids))}.")
        self.odd = {}


def is_address(text: Any) -> bool:
    """Whether a text is an IP address or a DNS name, and thus no option and no command to ssh."""
    if not isinstance(text, str):
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return len(text) <= 253 and DNS_NAME.fullmatch(text) is not None
    # An IPv6 address may name an interface of this machine.
    return "%" not in text


def slugged(text: Any) -> str:
    """A text as a part of a group's name: lower case, with runs of other characters as one underscore."""
    return re.sub(r"[^a-z0-9]+", "_", str(text or "").lower()).strip("_")


def _check_preference(one: Any) -> None:
    """Whether one of the hostnames is a text, or a dictionary of texts. Raises Cloud66Error."""
    if isinstance(one, Mapping):
        parts = {"name": one.get("name"), **one}
        if not parts.keys() - {"name", "prefix", "separator"} and all(isinstance(part, str) for part in parts.values()):
            return
    elif isinstance(one, str):
        return
    raise Cloud66Error(f"One of the hostnames is a field, a template, or a name with a prefix, and not {one!r}.")


_ADDRESSES: dict[str, Callable[[Row], list[Any]]] = {
    "public_ipv4": lambda server: [server.get("ext_ipv4"), server.get("address")],
    "private_ipv4": lambda server: [server.get("int_ipv4")],
    "ipv6": lambda server: [server.get("ext_ipv6")],
    "dns": lambda server: [server.get("dns_record")],
}


def _keys(folder: str) -> dict[str, str]:
    """Server UID -> the file with its key, for the keys that the role ssh_access has fetched."""
    keys = os.path.join(os.path.expanduser(folder), "keys")
    try:
        return {name: os.path.join(keys, name) for name in os.listdir(keys)}
    except OSError:
        return {}


def _quoted(path: str) -> str:
    return path if re.fullmatch(r"[\w@%+=:,./-]+", path) else "'" + path.replace("'", "'\"'\"'") + "'"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
