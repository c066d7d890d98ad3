# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet with malicious, odd and invalid names, addresses and users, which a client must survive.

`running(hostile=True)` and `--hostile` add it to the seed. `World.hostile` maps what a stack tests to its UID: names,
groups, addresses, ways, users, gateways, roles, doubles, doubles_again, none, seventy, nulls, bare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .shapes import Row

if TYPE_CHECKING:
    from .world import World

# The malicious commands create this file if they are ever run. Tests check for it.
TRACE = "/tmp/cloud66-hostile-was-here"

EVIL = (
    "{{ lookup('pipe', 'touch " + TRACE + "') }}",
    "{{ 7 * 7 }}",
    "{% for x in range(9) %}x{% endfor %}",
    "{% raw %}",
    "{{",
    "}}",
    "{# comment #}",
    "!unsafe '{{ 7 * 7 }}'",
    "!vault |",
    f"-oProxyCommand=touch {TRACE}",
    f"$(touch {TRACE})",
    f"`touch {TRACE}`",
    f"x; touch {TRACE}",
    f"x\ntouch {TRACE}",
    f"x' ; touch {TRACE} ; '",
    f'x" ; touch {TRACE} ; "',
    f"lookup('pipe', 'touch {TRACE}')",
)
ODD = (
    "",
    " ",
    "\t",
    "two\nlines",
    "carriage\rreturn",
    "nul\x00inside",
    "\x1b[31mred\x1b[0m",
    " blanks around ",
    "with blanks",
    "a,b:c&d!e*f?g[1:3]",
    "web[01:50]",
    "!web",
    "&web",
    "~web.*",
    "@file",
    "#comment",
    "key=value",
    "a/b",
    "../../etc/passwd",
    "back\\slash",
    'O\'Brien "the" app',
    "100%",
    "%2F",
    "Ünïcödé",
    "日本語",
    "🐑",
    "caf\u00e9",
    "cafe\u0301",
    "right\u202eleft",
    "zero\u200bwidth",
    "<b>bold</b>",
    "null",
    "true",
    "1",
    "1e3",
    "-",
    "---",
    "...",
    "x" * 300,
)
RESERVED = (
    "all",
    "ungrouped",
    "localhost",
    "127.0.0.1",
    "::1",
    "cloud66",
    "env_production",
    "role_web",
    "cloud_digitalocean",
    "stack_awesome_app",
    "inventory_hostname",
    "hostvars",
    "_meta",
)
ENVIRONMENTS: tuple[Any, ...] = (
    "",
    " ",
    "Production",
    "PRODUCTION",
    "pro duction",
    "日本",
    "{{ 7 * 7 }}",
    "all",
    "x" * 300,
    None,
)

ADDRESSES: tuple[Any, ...] = (
    *EVIL,
    "",
    " ",
    " 198.51.100.9 ",
    "198.51.100.9\n",
    "198.51.100.9 -p 2222",
    "198.51.100.9/24",
    "198.51.100.9:22",
    "198.51.100.256",
    "198.51.100",
    "0x7f000001",
    "2130706433",
    "127.1",
    "0.0.0.0",
    "127.0.0.1",
    "localhost",
    "root@198.51.100.9",
    "ssh://198.51.100.9",
    "host name",
    "-starts.with.a.dash",
    "ends.with.a.dash-",
    "under_score.example.com",
    "double..dot",
    "例え.テスト",
    "[2001:db8::9]",
    "2001:db8::9%eth0",
    "fe80::1",
    "2001:db8:::9",
    "h" * 64 + ".example.com",
    "h." * 200 + "example.com",
)
USERS: tuple[Any, ...] = (
    *EVIL,
    "",
    " ",
    "root -o ProxyCommand=true",
    "-lroot",
    "root@198.51.100.9",
    "root\n",
    "ro ot",
    "Ünï",
    "root;",
    "../root",
    None,
    # These are valid.
    "deploy",
    "deploy-user.1",
    "_x",
)
ROLES: tuple[Any, ...] = (
    [],
    [""],
    ["all"],
    ["ungrouped", "localhost"],
    ["Web", "web", "WEB"],
    ["{{ 7 * 7 }}", "with blanks", "a,b:c"],
    ["日本語"],
    ["web"] * 50,
)
# Servers with no address at all, or a single one: IPv6, a DNS name, a private address.
UNREACHABLE: Row = dict.fromkeys(("address", "ext_ipv4", "ext_ipv6", "int_ipv4", "int_ipv6", "dns_record"))
WAYS: tuple[Row, ...] = (
    UNREACHABLE,
    {**UNREACHABLE, "ext_ipv6": "2001:db8::66"},
    {**UNREACHABLE, "ext_ipv6": "2001:db8::67", "address": "2001:db8::67"},
    {**UNREACHABLE, "int_ipv6": "fd00::66"},
    {**UNREACHABLE, "dns_record": "dns-only.example.dev.c66.me"},
    {**UNREACHABLE, "int_ipv4": "10.0.0.66"},
    {**UNREACHABLE, "address": "10.0.0.67", "int_ipv4": "10.0.0.67"},
    {**UNREACHABLE, "address": "198.51.100.67"},
)
STACK_NULLS = (
    *("git", "git_branch", "environment", "cloud", "fqdn", "language", "framework", "last_activity"),
    *("last_activity_iso", "deploy_directory", "cloud_status", "redeploy_hook", "backend", "version", "revision"),
    *("namespaces", "account_id", "account_name", "cluster_name", "application_address", "configstore_namespace"),
    "considerations",
)
SERVER_NULLS = (
    *("vendor_uid", "address", "distro", "distro_version", "dns_record", "user_name", "server_type"),
    *("server_group_id", "params", "region", "availability_zone", "ext_ipv4", "ext_ipv6", "int_ipv4", "int_ipv6"),
    *("ssh_private_key", "notifications", "deploy_gateway_address", "deploy_gateway_user_name"),
)
ADDRESS_FIELDS = ("address", "ext_ipv4", "ext_ipv6", "int_ipv4", "dns_record")
STACK_REQUIRED = ("uid", "name", "environment", "status", "health")
SERVER_REQUIRED = ("uid", "name", "server_roles", "stack_uid")


def fill(world: World) -> None:
    """Add the hostile fleet to a world."""
    _accounts(world)
    _stack_names(world)
    _servers(world)
    _ways(world)
    _nulls(world)


def _accounts(world: World) -> None:
    world.add_account(9001)
    for number, name in enumerate(("Acme", "", "{{ 7 * 7 }}", "207", "x" * 300), start=9002):
        world.add_account(number, friendly_name=name, owner=None)


def _stack(world: World, subject: str | None, servers: int = 0, **fields: Any) -> str:
    uid: str = world.add_stack(servers, **fields)["uid"]
    if subject:
        world.hostile[subject] = uid
    return uid


def _stack_names(world: World) -> None:
    for name in (*EVIL, *ODD, *RESERVED):
        _stack(world, None, 1, name=name, account_id=9001)
    # Names that become equal, or empty, as group names.
    for name in ("My App", "my-app", "my_app", "MY APP!", "my  app", "!!!", "???", "???"):
        _stack(world, None, 1, name=name, environment="production")
    for environment in ("production", "production", "staging"):
        _stack(world, None, 2, name="three-of-one-name", environment=environment)
    for environment in ENVIRONMENTS:
        _stack(world, None, 1, name="odd-environment", environment=environment)


def _servers(world: World) -> None:
    uid = _stack(world, "names", name="hostile-names")
    for name in (*EVIL, *ODD):
        world.add_server(uid, name=name)
    uid = _stack(world, "groups", name="hostile-groups")
    for name in (*RESERVED, "stack_hostile_groups", "app_1"):
        world.add_server(uid, name=name)
    for subject, environment in (("doubles", "production"), ("doubles_again", "staging")):
        uid = _stack(world, subject, name="hostile-doubles", environment=environment)
        for name in ("Twin", "Twin", "twin", "Twin "):
            world.add_server(uid, name=name)
    uid = _stack(world, "roles", name="hostile-roles")
    for roles in ROLES:
        world.add_server(uid, server_roles=list(roles), region="{{ 7 * 7 }}", params={"{{ x }}": ["{{ 7 * 7 }}"]})
    _stack(world, "none", name="hostile-none")
    _stack(world, "seventy", 70, name="hostile-seventy")


def _ways(world: World) -> None:
    uid = _stack(world, "addresses", name="hostile-addresses")
    for address in ADDRESSES:
        # The same value wherever a client could look for an address.
        world.add_server(uid, **_all(ADDRESS_FIELDS, address))
    uid = _stack(world, "ways", name="hostile-ways")
    for way in WAYS:
        world.add_server(uid, **way)
    uid = _stack(world, "users", name="hostile-users")
    for user in USERS:
        world.add_server(uid, user_name=user)
    uid = _stack(world, "gateways", name="hostile-gateways")
    for address, user in [
        *((address, "gateway") for address in (*ADDRESSES, None)),
        *(("198.51.100.250", user) for user in USERS),
    ]:
        world.add_server(uid, has_deploy_gateway=True, deploy_gateway_address=address, deploy_gateway_user_name=user)


def _nulls(world: World) -> None:
    """Add rows with null in every nullable field, and rows with the required fields only."""
    uid = _stack(world, "nulls", name="hostile-nulls", **_all(STACK_NULLS, None))
    world.add_server(uid, **_all(SERVER_NULLS, None))
    uid = _stack(world, "bare", name="hostile-bare")
    _keep(world.stack(uid), STACK_REQUIRED)
    _keep(world.add_server(uid), SERVER_REQUIRED)


def _all(names: tuple[str, ...], value: Any) -> Row:
    return dict.fromkeys(names, value)


def _keep(row: Row, names: tuple[str, ...]) -> None:
    for name in set(row) - set(names):
        del row[name]
