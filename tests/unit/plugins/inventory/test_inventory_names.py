# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host names: as the user prefers, unique, and safe."""

from __future__ import annotations

import random

import pytest
from ansible.errors import AnsibleParserError


@pytest.fixture
def lion(fleet):
    uid = fleet.stack("Shop", environment="production")
    return fleet.server(uid, name="Lion", dns_record="lion.example.com", region="ams3")


@pytest.mark.parametrize(
    ("hostnames", "name"),
    [
        (None, "Lion"),
        (["dns_record"], "lion.example.com"),
        (["vendor_uid"], "2490000"),
        (["stack.name"], "Shop"),
        (["stack.slug"], "shop"),
        (["{{ cloud66_region }}-{{ cloud66_name | lower }}"], "ams3-lion"),
        ([{"name": "name", "prefix": "stack.name"}], "Shop_Lion"),
        ([{"name": "name", "prefix": "stack.environment", "separator": "."}], "production.Lion"),
        ([{"name": "{{ cloud66_name }}", "prefix": "{{ cloud66_region }}", "separator": ""}], "ams3Lion"),
        ([{"name": "name"}], "Lion"),
        # Missing or empty fields and failing templates are skipped.
        (["ext_ipv6", "availability_zone", "name"], "Lion"),
        (["colour", "stack.colour", "name"], "Lion"),
        (["{{ cloud66_ext_ipv6 or '' }}", "{{ nothing_like_it }}", "name"], "Lion"),
        ([{"name": "name", "prefix": "ext_ipv6"}], "Lion"),
        ([{"name": "ext_ipv6", "prefix": "name"}, "name"], "Lion"),
        ("dns_record", "lion.example.com"),
    ],
)
@pytest.mark.usefixtures("lion")
def test_hostnames_in_order_of_preference(read, fleet, hostnames, name):
    fleet.world.servers[fleet.world.stacks[0]["uid"]][0]["vendor_uid"] = "2490000"
    inventory = read(hostnames=hostnames)
    assert list(inventory.hosts) == [name]
    assert not inventory.warnings


@pytest.mark.usefixtures("lion")
def test_a_template_can_use_extra_variables(read):
    assert list(read(hostnames=["{{ site }}-{{ cloud66_name }}"], extra_vars={"site": "ams"}).hosts) == ["ams-Lion"]


@pytest.mark.usefixtures("lion")
def test_a_template_uses_the_prefix_of_variables(read):
    assert list(read(hostnames=["{{ c66_name }}-1"], hostvars_prefix="c66_").hosts) == ["Lion-1"]


@pytest.mark.usefixtures("lion")
def test_strict_refuses_a_template_that_fails(read):
    with pytest.raises(AnsibleParserError, match="nothing_like_it"):
        read(hostnames=["{{ nothing_like_it }}", "name"], strict=True)


def test_without_any_of_the_hostnames_the_uid_is_the_name(read, lion):
    inventory = read(hostnames=["ext_ipv6"])
    assert list(inventory.hosts) == [lion]
    assert "none of the hostnames" in inventory.warning_text
    assert lion in inventory.warning_text


@pytest.mark.parametrize("wrong", [[7], [None], [["name"]], [{"prefix": "name"}], [{"name": "name", "seperator": "."}]])
@pytest.mark.usefixtures("lion")
def test_invalid_hostnames_are_refused(read, wrong):
    with pytest.raises(AnsibleParserError, match="Each of the hostnames must be"):
        read(hostnames=wrong)


# Equal names


def test_servers_with_equal_names_get_the_stack_in_their_names(read, fleet):
    fleet.stack("Shop", "Lion", "Otter")
    fleet.stack("Blog", "Lion")
    inventory = read()
    assert list(inventory.hosts) == ["Lion.shop", "Otter", "Lion.blog"]
    assert inventory.groups["stack_shop"] == ["Lion.shop", "Otter"]
    assert "2 servers share their names with others (Lion)" in inventory.warning_text


def test_stacks_with_equal_names_get_the_environment_too(read, fleet):
    fleet.stack("Shop", "Lion", environment="production")
    fleet.stack("Shop", "Lion", environment="staging")
    fleet.stack("Shop", "Lion", environment=None)
    assert list(read().hosts) == ["Lion.shop.production", "Lion.shop.staging", "Lion.shop.none"]


def test_servers_that_still_have_equal_names_are_named_by_uid(read, fleet):
    uid = fleet.stack("Shop", "Otter")
    twins = [fleet.server(uid, name="Lion") for _number in range(2)]
    assert list(read().hosts) == ["Otter", *twins]


def test_an_extended_name_is_not_one_of_another_host(read, fleet):
    fleet.stack("Shop", "Lion", "Lion.shop")
    fleet.stack("Blog", "Lion")
    inventory = read()
    assert len(inventory.hosts) == 3
    assert inventory.hosts["Lion.shop"]["cloud66_name"] == "Lion.shop"
    assert inventory.hosts["Lion.shop.production"]["cloud66_name"] == "Lion"


def test_one_server_in_two_stacks_is_two_hosts(read, fleet):
    first, second = fleet.stack("Shop"), fleet.stack("Blog")
    for stack in (first, second):
        fleet.server(stack, uid="f" * 32, name="Lion")
    assert list(read().hosts) == ["Lion.shop", "Lion.blog"]
    assert list(read(hostnames=["uid"]).hosts) == ["f" * 32 + ".shop", "f" * 32 + ".blog"]


def test_names_do_not_depend_on_the_order(read, fleet):
    for name in ("Shop", "shop", "Blog"):
        for environment in ("production", "staging"):
            fleet.stack(name, "Lion", "Lion", "Otter", "shop", environment=environment)
    world, names = fleet.world, read().names()
    assert len(set(names.values())) == 24
    dice = random.Random(66)
    for _time in range(3):
        dice.shuffle(world.stacks)
        for servers in world.servers.values():
            dice.shuffle(servers)
        assert read().names() == names


# Reserved and unsafe names


@pytest.mark.parametrize(
    "name",
    [
        *("localhost", "127.0.0.1", "::1", "all", "ungrouped", "cloud66", "env_production", "role_web", "stack_shop"),
        *("two words", "a,b", "a:b", "a&b", "!a", "a*", "a?", "a[1:3]", "~a", "@a", "-a", ".a", "a/b", "../a", "a\\b"),
        *(
            "{{ 7 * 7 }}",
            "{%",
            "$(touch x)",
            "a\nb",
            "a\n",
            "a\0",
            "#a",
            "a=b",
            " ",
            "\t",
            "\u202ea",
            "a'b",
            'a"b',
            "100%",
        ),
    ],
)
def test_a_reserved_or_unsafe_name_is_replaced_by_the_uid(read, fleet, name):
    stack = fleet.stack("Shop")
    uid = fleet.server(stack, name=name)
    inventory = read()
    assert list(inventory.hosts) == [uid]
    assert inventory.hosts[uid]["cloud66_name"] == name
    assert "with a name that no host can have" in inventory.warning_text
    assert uid in inventory.warning_text


@pytest.mark.parametrize("name", ["Ünïcödé", "日本語", "web-1.example.com", "web_1", "1", "true", "null"])
def test_an_unusual_name_is_kept(read, fleet, name):
    fleet.stack("Shop", name)
    inventory = read()
    assert list(inventory.hosts) == [name]
    assert not inventory.warnings


def test_an_empty_name_counts_as_missing(read, fleet):
    stack = fleet.stack("Shop")
    uid = fleet.server(stack, name="")
    inventory = read()
    assert list(inventory.hosts) == [uid]
    assert "none of the hostnames" in inventory.warning_text


def test_the_name_of_a_users_group_is_replaced_too(read, fleet):
    """As a pattern, the name would select the group."""
    stack = fleet.stack("Shop")
    uid = fleet.server(stack, name="mine")
    inventory = read(groups={"mine": "cloud66_name == 'nobody'", "yours": "true"})
    assert list(inventory.hosts) == [uid]


def test_a_name_by_a_template_is_checked_too(read, fleet):
    stack = fleet.stack("Shop")
    uid = fleet.server(stack, name="Lion")
    inventory = read(hostnames=["{{ 'all' }}"])
    assert list(inventory.hosts) == [uid]


def test_a_server_with_an_invalid_uid_is_left_out(read, fleet):
    """The UID is the fallback for names, and a part of paths."""
    stack = fleet.stack("Shop", "Lion")
    fleet.world.add_server(stack, name="Otter")["uid"] = "../../x"
    inventory = read()
    assert list(inventory.hosts) == ["Lion"]
    assert "with an invalid UID" in inventory.warning_text


def test_each_kind_of_problem_is_one_warning(read, fleet):
    stack = fleet.stack("Shop")
    for _number in range(20):
        fleet.server(stack, name="all", user_name="-x")
    inventory = read()
    assert len(inventory.warnings) == 2
    assert "20 servers" in inventory.warnings[0]
    assert "and 15 more" in inventory.warnings[0]


def test_a_server_with_several_problems_of_one_kind_counts_once(read, fleet):
    fleet.server(fleet.stack("Shop"), name="Lion", address="a b", ext_ipv4="c d", dns_record="e f")
    assert read().warnings[0].startswith("1 server with an invalid address")
