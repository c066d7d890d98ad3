# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host names: as the user prefers, unique, and safe."""

from __future__ import annotations

import random

import pytest
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData


@pytest.fixture
def lion(fleet):
    uid = fleet.stack("Shop", environment="production")
    return fleet.server(uid, name="Lion", dns_record="lion.example.com", region="ams3")


@pytest.mark.parametrize(
    ("hostnames", "name"),
    [
        (None, "shop.Lion"),
        (["name"], "Lion"),
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


# The default


def test_a_host_has_its_stack_in_its_name(read, fleet):
    """So the name does not depend on other stacks."""
    fleet.stack("Shop", "Lion", "Otter")
    before = read()
    assert list(before.hosts) == ["shop.Lion", "shop.Otter"]
    fleet.stack("Blog", "Lion", "Otter")
    after = read()
    assert list(after.hosts) == ["shop.Lion", "shop.Otter", "blog.Lion", "blog.Otter"]
    assert after.groups["stack_shop"] == ["shop.Lion", "shop.Otter"]
    assert not before.warnings
    assert not after.warnings


def test_stacks_with_equal_names_have_the_environment_in_their_hosts_names(read, fleet):
    fleet.stack("Shop", "Lion", environment="production")
    fleet.stack("Shop", "Otter", environment="staging")
    fleet.stack("Shop", "Lion", environment=None)
    fleet.stack("Blog", "Lion")
    inventory = read()
    assert list(inventory.hosts) == ["shop.production.Lion", "shop.staging.Otter", "shop.none.Lion", "blog.Lion"]
    assert not inventory.warnings


def test_names_do_not_depend_on_servers_roles_or_filters(read, fleet):
    fleet.stack("Shop", "Lion", environment="production")
    other = fleet.stack("Shop", environment="staging")
    assert list(read().hosts) == ["shop.production.Lion"]
    fleet.server(other, name="Otter", server_roles=["db"])
    assert list(read(roles=["db"]).hosts) == ["shop.staging.Otter"]
    assert list(read(filters=[{"include": "cloud66_name == 'Lion'"}]).hosts) == ["shop.production.Lion"]


def test_stacks_that_are_equal_in_name_and_environment_have_digits_of_the_uid(read, fleet):
    first, second = (fleet.stack("Shop", "Lion", account_id=account) for account in (139, 207))
    assert list(read().hosts) == [f"shop.production.{uid[:8]}.Lion" for uid in (first, second)]


# Equal names


def test_servers_with_equal_names_get_the_stack_in_their_names(read, fleet):
    fleet.stack("Shop", "Lion", "Otter")
    fleet.stack("Blog", "Lion")
    inventory = read(hostnames=["name"])
    assert list(inventory.hosts) == ["shop.Lion", "Otter", "blog.Lion"]
    assert inventory.groups["stack_shop"] == ["shop.Lion", "Otter"]
    assert "2 servers share their names with others (Lion)" in inventory.warning_text


@pytest.mark.parametrize("hostnames", [None, ["name"]])
def test_servers_that_still_have_equal_names_are_named_by_uid(read, fleet, hostnames):
    uid = fleet.stack("Shop", "Otter")
    twins = [fleet.server(uid, name="Lion") for _number in range(2)]
    inventory = read(hostnames=hostnames)
    assert list(inventory.hosts)[1:] == twins
    assert "2 servers share their names with others" in inventory.warning_text


def test_an_extended_name_is_not_one_of_another_host(read, fleet):
    fleet.stack("Shop", "Lion", "shop.Lion")
    fleet.stack("Blog", "Lion")
    inventory = read(hostnames=["name"])
    assert len(inventory.hosts) == 3
    assert inventory.hosts["shop.Lion"]["cloud66_name"] == "shop.Lion"
    assert inventory.hosts["shop.production.Lion"]["cloud66_name"] == "Lion"


def test_one_server_in_two_stacks_is_two_hosts(read, fleet):
    first, second = fleet.stack("Shop"), fleet.stack("Blog")
    for stack in (first, second):
        fleet.server(stack, uid="f" * 32, name="Lion")
    assert list(read().hosts) == ["shop.Lion", "blog.Lion"]
    assert list(read(hostnames=["uid"]).hosts) == ["shop." + "f" * 32, "blog." + "f" * 32]


@pytest.mark.parametrize("hostnames", [None, ["name"]])
def test_names_do_not_depend_on_the_order(read, fleet, hostnames):
    for name in ("Shop", "shop", "Blog"):
        for environment in ("production", "staging"):
            fleet.stack(name, "Lion", "Lion", "Otter", "shop", environment=environment)
    world, names = fleet.world, read(hostnames=hostnames).names()
    assert len(set(names.values())) == 24
    dice = random.Random(66)
    for _time in range(3):
        dice.shuffle(world.stacks)
        for servers in world.servers.values():
            dice.shuffle(servers)
        assert read(hostnames=hostnames).names() == names


# Several inventory files


@pytest.fixture
def shops(fleet):
    """Two stacks of one name, each with a server of one name: the UIDs of the servers."""
    stacks = [fleet.stack("Shop", environment=environment) for environment in ("production", "staging")]
    return [fleet.server(stack, name="Lion") for stack in stacks]


def test_two_files_never_merge_two_servers(read, shops):
    first = read(environments=["production"])
    both = read(into=first.data, environments=["staging"])
    assert both.names() == dict(zip(shops, ["shop.Lion", "shop.staging.Lion"], strict=True))
    assert both.groups["env_production"] == ["shop.Lion"]
    assert both.groups["env_staging"] == ["shop.staging.Lion"]
    assert "Another inventory source has other servers with the names shop.Lion:" in both.warning_text


@pytest.mark.parametrize(
    ("hostnames", "names"),
    [
        (["name"], {"Lion", "shop.Lion"}),
        (["{{ 'same' }}"], {"same", "shop.same"}),
        (["stack.name"], {"Shop", "shop.Shop"}),
    ],
)
def test_the_users_names_are_told_apart_too(read, shops, hostnames, names):
    first = read(environments=["production"], hostnames=hostnames)
    both = read(into=first.data, environments=["staging"], hostnames=hostnames)
    assert set(both.names().values()) == names
    assert set(both.names()) == set(shops)


def test_the_last_resort_is_the_uid(read, fleet, shops):
    another = fleet.server(fleet.stack("Shop", environment="staging", account_id=207), name="Lion")
    data = None
    for uid in (*shops, another):
        inventory = read(into=data, filters=[{"include": f"cloud66_uid == '{uid}'"}], hostnames=["name"])
        data = inventory.data
    assert len(inventory.names()) == 3


@pytest.mark.parametrize("prefix", ["c66_", ""])
def test_another_prefix_of_variables_does_not_matter(read, shops, prefix):
    first = read(environments=["production"], hostvars_prefix=prefix)
    both = read(into=first.data, environments=["staging"])
    assert len(both.hosts) == len(shops)


def test_a_server_in_two_files_is_one_host(read, shops):
    first = read(environments=["production"])
    both = read(into=first.data, environments=["production"], compose={"mine": "'yes'"})
    assert both.names() == {shops[0]: "shop.Lion"}
    assert both.values("mine") == {"yes"}
    assert not both.warnings


def test_a_host_of_another_kind_of_file_is_extended(read, shops):
    """A static file may add variables to our hosts, in any order."""
    data = InventoryData()
    data.add_host("shop.Lion")
    data.set_variable("shop.Lion", "mine", "yes")
    inventory = read(into=data, environments=["production"])
    assert inventory.names() == {shops[0]: "shop.Lion"}
    assert inventory.values("mine") == {"yes"}
    assert not inventory.warnings


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
    inventory = read(hostnames=["name"])
    assert list(inventory.hosts) == [uid]
    assert inventory.hosts[uid]["cloud66_name"] == name
    assert "with a name that no host can have" in inventory.warning_text
    assert uid in inventory.warning_text


@pytest.mark.parametrize("name", ["Ünïcödé", "日本語", "web-1.example.com", "web_1", "1", "true", "null"])
def test_an_unusual_name_is_kept(read, fleet, name):
    fleet.stack("Shop", name)
    inventory = read(hostnames=["name"])
    assert list(inventory.hosts) == [name]
    assert not inventory.warnings
    assert list(read().hosts) == [f"shop.{name}"]


@pytest.mark.parametrize("name", ["two words", "a:b", "a*", "a/b", "{{ 7 * 7 }}", "a\n"])
def test_an_unsafe_name_is_not_made_safe_by_the_stack(read, fleet, name):
    stack = fleet.stack("Shop")
    uid = fleet.server(stack, name=name)
    assert list(read().hosts) == [uid]


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
    inventory = read(hostnames=["name"], groups={"mine": "cloud66_name == 'nobody'", "yours": "true"})
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
    assert list(inventory.hosts) == ["shop.Lion"]
    assert "with an invalid UID" in inventory.warning_text


def test_each_kind_of_problem_is_one_warning(read, fleet):
    stack = fleet.stack("Shop")
    for _number in range(20):
        fleet.server(stack, name="all", user_name="-x")
    inventory = read(hostnames=["name"])
    assert len(inventory.warnings) == 2
    assert "20 servers" in inventory.warnings[0]
    assert "and 15 more" in inventory.warnings[0]


def test_a_server_with_several_problems_of_one_kind_counts_once(read, fleet):
    fleet.server(fleet.stack("Shop"), name="Lion", address="a b", ext_ipv4="c d", dns_record="e f")
    assert read().warnings[0].startswith("1 server with an invalid address")
