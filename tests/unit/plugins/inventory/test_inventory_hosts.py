# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers become hosts with addresses, users, variables and groups."""

from __future__ import annotations

import pytest
from ansible.vars.reserved import get_reserved_names
from simulator.seed import AWESOME_APP, STOREFRONT

CARIBOU = "f8468fc145ea49bac474b30a8fea888d"


def test_one_line_is_enough_for_every_server(read, sim):
    inventory = read()
    assert len(inventory.hosts) == 7
    assert inventory.groups["cloud66"] == inventory.groups["all"]
    assert len(inventory.groups["cloud66"]) == 7
    assert inventory.groups["ungrouped"] == []
    assert inventory.groups["env_production"] == ["awesome_app.Lion", "awesome_app.Caribou"]
    assert inventory.groups["stack_storefront"][2:] == ["storefront.Otter", "storefront.Falcon", "storefront.Badger"]
    assert inventory.groups["role_haproxy"] == ["storefront.Badger"]
    assert inventory.groups["cloud_aws"] == inventory.groups["stack_storefront"]
    # A stack without servers has no group.
    assert "stack_ledger" not in inventory.groups
    assert inventory.children("cloud66") == set(inventory.groups) - {"all", "ungrouped", "cloud66"}
    assert inventory.requests[0].headers["authorization"] == f"Bearer {sim.token}"


def test_a_host_has_an_address_a_user_and_the_fields_of_the_api(read):
    host = read().hosts["awesome_app.Caribou"]
    assert host["ansible_host"] == "203.0.113.11"
    assert host["ansible_user"] == "root"
    assert host["cloud66_uid"] == CARIBOU
    assert host["cloud66_name"] == "Caribou"
    assert host["cloud66_server_roles"] == ["rails", "postgresql", "elasticsearch", "web", "app", "db"]
    assert host["cloud66_stack_uid"] == AWESOME_APP
    assert host["cloud66_stack_name"] == "Awesome App"
    assert host["cloud66_environment"] == "production"
    assert host["cloud66_has_agent"] is True
    assert host["cloud66_ext_ipv6"] is None
    assert (host["cloud66_health_state"], host["cloud66_health_state_name"]) == (3, "ok")
    assert (host["cloud66_stack_status"], host["cloud66_stack_status_name"]) == (1, "success")
    assert (host["cloud66_stack_health"], host["cloud66_stack_health_name"]) == (3, "ok")
    assert host["cloud66_stale"] is False
    assert not [name for name in host if name.startswith("ansible_ssh")]


def test_no_secret_is_a_variable(read, sim):
    for stack in sim.world.stacks:
        stack["redeploy_hook"] = "https://hooks.example.com/secret-4711"
    for server in sim.world.servers[AWESOME_APP]:
        server.update(ssh_private_key="secret-4712", ssh_password="secret-4713", params={"password": "secret-4714"})
    assert "secret-" not in str(read().hosts)


@pytest.mark.parametrize(
    ("kinds", "groups"),
    [
        (["environment"], {"env_production", "env_staging"}),
        (["stack", "cloud"], {"stack_awesome_app", "stack_storefront", "cloud_digitalocean", "cloud_aws"}),
        ([], set()),
    ],
)
def test_group_by_chooses_the_groups(read, kinds, groups):
    inventory = read(group_by=kinds)
    assert inventory.children("cloud66") == groups
    assert len(inventory.groups["cloud66"]) == 7


def test_an_unknown_kind_of_group_is_refused(read):
    with pytest.raises(Exception, match="group_by"):
        read(group_by=["enviroment"])


# Group names


def test_group_names_are_slugs(read, fleet):
    fleet.stack("Étoile & Søn (2)", "a", environment="Pro Duction!", cloud="Digital--Ocean")
    fleet.server(fleet.world.stacks[0]["uid"], name="b", server_roles=["Load.Balancer", "", "日本"])
    assert read().children("cloud66") == {
        "stack_toile_s_n_2",
        "env_pro_duction",
        "cloud_digital_ocean",
        *("role_rails", "role_web", "role_app", "role_load_balancer"),
    }


def test_equal_or_empty_group_names_get_digits_of_the_uid(read, fleet):
    first, second = fleet.stack("My App", "a"), fleet.stack("my-app", "b")
    empty = fleet.stack("日本", "c")
    fleet.stack("plain", "d")
    inventory = read(group_by=["stack"])
    assert {name: hosts for name, hosts in inventory.groups.items() if name.startswith("stack_")} == {
        f"stack_my_app_{first[:8]}": [f"my_app_{first[:8]}.a"],
        f"stack_my_app_{second[:8]}": [f"my_app_{second[:8]}.b"],
        f"stack_{empty[:8]}": [f"{empty[:8]}.c"],
        "stack_plain": ["plain.d"],
    }
    assert "3 stacks have names that are empty or equal" in inventory.warning_text


def test_one_name_in_two_environments_is_one_group(read, fleet):
    fleet.stack("shop", "a", environment="production")
    fleet.stack("shop", "b", environment="staging")
    inventory = read()
    assert inventory.groups["stack_shop"] == ["shop.production.a", "shop.staging.b"]
    assert inventory.groups["env_staging"] == ["shop.staging.b"]
    assert not inventory.warnings


# Addresses


ADDRESSES = {
    "address": "198.51.100.1",
    "ext_ipv4": "198.51.100.2",
    "ext_ipv6": "2001:db8::3",
    "int_ipv4": "10.0.0.4",
    "dns_record": "five.example.com",
}


@pytest.mark.parametrize(
    ("order", "address"),
    [
        (None, "198.51.100.2"),
        (["private_ipv4"], "10.0.0.4"),
        (["ipv6", "dns"], "2001:db8::3"),
        (["dns", "ipv6"], "five.example.com"),
    ],
)
def test_connect_with_selects_the_address(read, fleet, order, address):
    fleet.server(fleet.stack("shop"), name="a", **ADDRESSES)
    assert read(connect_with=order).hosts["shop.a"]["ansible_host"] == address


@pytest.mark.parametrize(
    ("missing", "address"),
    [
        (["ext_ipv4"], "198.51.100.1"),
        (["ext_ipv4", "address"], "five.example.com"),
        (["ext_ipv4", "address", "dns_record"], "2001:db8::3"),
        (["ext_ipv4", "address", "dns_record", "ext_ipv6"], "10.0.0.4"),
    ],
)
def test_the_next_address_is_used_if_one_is_missing(read, fleet, missing, address):
    fleet.server(fleet.stack("shop"), name="a", **{**ADDRESSES, **dict.fromkeys(missing)})
    assert read().hosts["shop.a"]["ansible_host"] == address


def test_a_server_without_an_address_is_kept_with_a_warning_or_left_out(read, fleet):
    uid = fleet.stack("shop", "a")
    nowhere = fleet.server(uid, name="b", **dict.fromkeys(ADDRESSES))
    inventory = read()
    assert "ansible_host" not in inventory.hosts["shop.b"]
    assert "without an address" in inventory.warning_text
    assert nowhere in inventory.warning_text
    left_out = read(unreachable="skip")
    assert list(left_out.hosts) == ["shop.a"]
    assert "without an address" in left_out.warning_text


@pytest.mark.parametrize(
    "bad",
    [
        *("-oProxyCommand=touch x", "$(touch x)", "`touch x`", "x;y", "a b", "", "198.51.100.9\n", "fe80::1%eth0"),
        *("root@198.51.100.9", "198.51.100.9:22", "[2001:db8::9]", "a_b.example.com", "-a.example.com", "a..b"),
        *("198.51.100.256", "198.51.100", "2130706433", "0x7f000001", "127.1", "x" * 64 + ".example.com"),
    ],
)
def test_an_invalid_address_never_reaches_ssh(read, fleet, bad):
    """Neither do numbers that the system would read as another address."""
    fleet.server(fleet.stack("shop"), name="a", **{**ADDRESSES, "ext_ipv4": bad, "address": bad, "dns_record": bad})
    inventory = read(connect_with=["public_ipv4", "dns", "ipv6"])
    assert inventory.hosts["shop.a"]["ansible_host"] == "2001:db8::3"
    assert inventory.hosts["shop.a"]["cloud66_ext_ipv4"] == bad
    assert "with an invalid address" in inventory.warning_text or not bad


@pytest.mark.parametrize("bad", ["root -o ProxyCommand=x", "-lroot", "root\n", "root@x", "$(x)", "", "Ünï", "ro;ot"])
def test_an_invalid_user_never_reaches_ssh(read, fleet, bad):
    fleet.server(fleet.stack("shop"), name="a", user_name=bad)
    inventory = read()
    assert "ansible_user" not in inventory.hosts["shop.a"]
    assert inventory.hosts["shop.a"]["cloud66_user_name"] == bad
    assert "with an invalid user" in inventory.warning_text or not bad


# Variable names


def test_the_prefix_of_variables_can_be_set(read):
    host = read(hostvars_prefix="c66_").hosts["storefront.Otter"]
    assert host["c66_name"] == "Otter"
    assert host["ansible_host"]
    assert not [name for name in host if name.startswith("cloud66_")]


@pytest.mark.parametrize("prefix", ["", "ansible_"])
def test_reserved_names_are_never_set(read, prefix):
    inventory = read(hostvars_prefix=prefix)
    reserved = set(get_reserved_names())
    assert not reserved & set(inventory.hosts["storefront.Otter"])
    assert prefix or "environment" in inventory.warning_text
    assert inventory.hosts["storefront.Otter"]["ansible_host"] == "198.51.100.12"


@pytest.mark.parametrize("prefix", ["1_", "my-", "{{ x }}"])
def test_an_invalid_prefix_is_refused(read, prefix):
    with pytest.raises(Exception, match="hostvars_prefix"):
        read(hostvars_prefix=prefix)


# Gateways


def behind(fleet, **fields):
    usual = {
        "name": "a",
        "address": "10.0.0.5",
        "ext_ipv4": None,
        "has_deploy_gateway": True,
        "deploy_gateway_address": "198.51.100.250",
        "deploy_gateway_user_name": "jump",
    }
    return fleet.server(fleet.stack("shop"), **{**usual, **fields})


EXTRA_ARGS = ("ansible_ssh_extra_args", "ansible_sftp_extra_args", "ansible_scp_extra_args")


@pytest.mark.parametrize(
    ("fields", "jump"),
    [
        ({}, "jump@198.51.100.250"),
        ({"deploy_gateway_address": "gate.example.com"}, "jump@gate.example.com"),
        ({"deploy_gateway_address": "2001:db8::1"}, "jump@[2001:db8::1]"),
        ({"deploy_gateway_user_name": None}, "198.51.100.250"),
    ],
)
def test_a_server_behind_a_gateway_is_reached_through_it(read, fleet, fields, jump):
    behind(fleet, **fields)
    host = read().hosts["shop.a"]
    assert host["ansible_host"] == "10.0.0.5"
    assert {host[name] for name in EXTRA_ARGS} == {f"-o HostKeyAlias={host['cloud66_uid']} -o ProxyJump={jump}"}
    assert "ansible_ssh_common_args" not in host


@pytest.mark.parametrize(
    "fields",
    [
        {"deploy_gateway_address": "-oProxyCommand=x"},
        {"deploy_gateway_address": "a,b"},
        {"deploy_gateway_address": None},
        {"deploy_gateway_user_name": "x -o ProxyCommand=y"},
    ],
)
def test_an_invalid_gateway_is_ignored_with_a_warning(read, fleet, fields):
    behind(fleet, **fields)
    inventory = read()
    assert "ProxyJump" not in str(inventory.hosts["shop.a"])
    assert "behind a gateway with an invalid address or user" in inventory.warning_text


def test_gateway_never_ignores_gateways(read, fleet):
    behind(fleet, ext_ipv4="198.51.100.2")
    host = read(gateway="never").hosts["shop.a"]
    assert host["ansible_host"] == "198.51.100.2"
    assert not set(EXTRA_ARGS) & set(host)


# Files of the role ssh_access


def test_keys_and_ssh_configuration_of_the_role_are_used(read, fleet, tmp_path):
    folder = tmp_path / "my ssh"
    (folder / "keys").mkdir(parents=True)
    first, second = behind(fleet), fleet.server(fleet.stack("two"), name="b")
    (folder / "keys" / first).write_text("key")
    (folder / "config").write_text("")
    hosts = read(ssh_folder=str(folder)).hosts
    assert hosts["shop.a"]["ansible_ssh_private_key_file"] == str(folder / "keys" / first)
    assert "ansible_ssh_private_key_file" not in hosts["two.b"], second
    assert hosts["shop.a"]["ansible_ssh_extra_args"] == (
        f"-F '{folder}/config' -o IdentitiesOnly=yes -o HostKeyAlias={first} -o ProxyJump=jump@198.51.100.250"
    )
    assert hosts["two.b"]["ansible_ssh_extra_args"] == f"-F '{folder}/config'"


def test_a_public_key_selects_the_key_in_the_agent(read, fleet, tmp_path):
    uid = fleet.stack("shop")
    first, second = fleet.server(uid, name="a"), fleet.server(uid, name="b")
    (tmp_path / "keys").mkdir()
    for name in (f"{first}.pub", f"{second}.pub", second):
        (tmp_path / "keys" / name).write_text("key")
    hosts = read(ssh_folder=str(tmp_path)).hosts
    assert hosts["shop.a"]["ansible_ssh_private_key_file"] == str(tmp_path / "keys" / f"{first}.pub")
    assert hosts["shop.b"]["ansible_ssh_private_key_file"] == str(tmp_path / "keys" / second)
    assert hosts["shop.a"]["ansible_ssh_extra_args"] == "-o IdentitiesOnly=yes"


# The identity of a server


def test_two_servers_with_one_address_share_nothing_in_ssh(read, fleet):
    uids = []
    for name in ("one", "two"):
        stack = fleet.stack(name)
        uids.append(fleet.server(stack, name="a", address="10.0.0.5", ext_ipv4=None, dns_record=None, ext_ipv6=None))
    one, two = read().hosts.values()
    assert one["ansible_host"] == two["ansible_host"]
    assert one["ansible_control_path"] == f"%(directory)s/{uids[0][:12]}-%%p-%%r"
    assert two["ansible_control_path"] == f"%(directory)s/{uids[1][:12]}-%%p-%%r"
    assert [host["ansible_ssh_extra_args"] for host in (one, two)] == [f"-o HostKeyAlias={uid}" for uid in uids]


@pytest.mark.parametrize(
    ("address", "aliased"),
    [
        *(
            ("203.0.113.7", False),
            ("2001:db8::7", False),
            ("10.1.2.3", True),
            ("172.31.0.1", True),
            ("172.32.0.1", False),
        ),
        *(("192.168.0.7", True), ("100.64.0.7", True), ("fd00::7", True), ("a.example.com", False)),
    ],
)
def test_a_private_address_is_no_name_for_a_host_key(read, fleet, address, aliased):
    uid = fleet.server(fleet.stack("shop"), name="a", address=address, ext_ipv4=None, dns_record=None, ext_ipv6=None)
    host = read().hosts["shop.a"]
    assert host["ansible_host"] == address
    assert host.get("ansible_ssh_extra_args") == (f"-o HostKeyAlias={uid}" if aliased else None)


def test_rows_with_only_the_required_fields_are_hosts_too(read, fleet):
    uid = fleet.stack("shop")
    stack = fleet.world.stack(uid)
    server = fleet.world.add_server(uid, name="a")
    for name in set(server) - {"uid", "name", "server_roles"}:
        del server[name]
    for name in set(stack) - {"uid", "name"}:
        del stack[name]
    inventory = read()
    assert inventory.groups["stack_shop"] == ["shop.a"]
    assert inventory.hosts["shop.a"]["cloud66_region"] is None


def test_a_stack_with_seventy_servers_is_read_completely(read, fleet):
    uid = fleet.stack("big")
    for _number in range(70):
        fleet.server(uid)
    inventory = read()
    assert len(inventory.hosts) == 70
    assert inventory.requested == ["/stacks", *(f"/stacks/{uid}/servers{page}" for page in ("", "?page=2", "?page=3"))]
    assert STOREFRONT not in inventory.values("cloud66_stack_uid")
