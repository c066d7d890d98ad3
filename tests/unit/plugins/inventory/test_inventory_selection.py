# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which servers are taken: by stack, environment, account, role, and filters; and what is asked of Cloud 66 for it."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleParserError


@pytest.fixture
def shops(fleet):
    """UID of each stack by its name."""
    stacks = {
        "shop-one": ("production", 139, ["web", "db"]),
        "shop-two": ("staging", 207, ["web"]),
        "blog": ("production", 139, ["db", "cache"]),
        "42": ("staging", 207, ["web"]),
    }
    uids = {}
    for name, (environment, account, roles) in stacks.items():
        uids[name] = fleet.stack(name, environment=environment, account_id=account)
        for role in roles:
            fleet.server(uids[name], name=f"{name}-{role}", server_roles=[role, "any"])
    return uids


def servers(*uids):
    return sorted(f"/stacks/{uid}/servers" for uid in uids)


def test_by_uid_only_these_stacks_are_read(read, shops):
    one, blog = shops["shop-one"], shops["blog"]
    inventory = read(stacks=[one.upper(), blog])
    assert list(inventory.hosts) == ["shop-one-web", "shop-one-db", "blog-db", "blog-cache"]
    assert inventory.asked == sorted([f"/stacks/{one}", f"/stacks/{blog}", *servers(one, blog)])


def test_one_name_is_looked_for_by_cloud_66(read, shops):
    inventory = read(stacks=["blog"])
    assert list(inventory.hosts) == ["blog-db", "blog-cache"]
    assert inventory.asked == sorted(["/stacks?filter_name=blog", *servers(shops["blog"])])


@pytest.mark.parametrize("how", ["partial", "ignore"])
def test_what_cloud_66_finds_is_looked_at_once_more(read, sim, shops, fleet, how):
    fleet.stack("blog-old", "old")
    fleet.stack("Blog", "other")
    sim.settings(filter_match=how)
    inventory = read(stacks=["blog"])
    assert list(inventory.hosts) == ["blog-db", "blog-cache"]
    assert inventory.asked == sorted(["/stacks?filter_name=blog", *servers(shops["blog"])])


@pytest.mark.parametrize("stacks", [["shop-*"], ["shop-one", "shop-t?o"], ["shop-one", "shop-two"], ["s[gh]op*"]])
def test_globs_and_several_names_are_picked_from_the_whole_list(read, shops, stacks):
    inventory = read(stacks=stacks)
    assert list(inventory.hosts) == ["shop-one-web", "shop-one-db", "shop-two-web"]
    assert inventory.asked == sorted(["/stacks", *servers(shops["shop-one"], shops["shop-two"])])


def test_uids_and_names_can_stand_together(read, shops):
    inventory = read(stacks=[shops["blog"], "42"])
    assert list(inventory.hosts) == ["blog-db", "blog-cache", "42-web"]
    assert "/stacks" in inventory.asked


@pytest.mark.usefixtures("shops")
def test_a_name_that_is_a_number_in_yaml_is_a_name(read):
    assert list(read(stacks=[42]).hosts) == ["42-web"]


def test_a_name_with_a_bracket_means_itself_too(read, fleet):
    fleet.stack("a[1]", "x")
    assert list(read(stacks=["a[1]"]).hosts) == ["x"]


@pytest.mark.usefixtures("shops")
def test_environments(read):
    one = read(environments=["staging"])
    assert list(one.hosts) == ["shop-two-web", "42-web"]
    assert one.asked[-1] == "/stacks?filter_environment=staging"
    two = read(environments=["staging", "production"])
    assert len(two.hosts) == 6
    assert "/stacks" in two.asked


def test_a_name_and_an_environment_are_sent_together(read, shops):
    inventory = read(stacks=["blog"], environments=["production"])
    assert list(inventory.hosts) == ["blog-db", "blog-cache"]
    assert "/stacks?filter_name=blog&filter_environment=production" in inventory.asked
    assert list(read(stacks=["blog"], environments=["staging"]).hosts) == []
    assert list(read(stacks=[shops["blog"]], environments=["staging"]).hosts) == []


def test_an_empty_answer_is_confirmed_without_the_filter(read, sim, shops):
    """How Cloud 66 compares is not documented: a Cloud 66 that finds nothing may have looked for something else."""
    sim.fault("wrong_type", path="/stacks", times=1, body={"response": [], "count": 0, "pagination": {"next": None}})
    inventory = read(stacks=["blog"])
    assert list(inventory.hosts) == ["blog-db", "blog-cache"]
    assert inventory.asked == sorted(["/stacks?filter_name=blog", "/stacks", *servers(shops["blog"])])


@pytest.mark.usefixtures("shops")
def test_a_stack_that_is_not_found_is_a_warning(read):
    inventory = read(stacks=["blog", "bolg", "x" * 32, "0" * 32])
    assert list(inventory.hosts) == ["blog-db", "blog-cache"]
    assert len([text for text in inventory.warnings if "No stack matches" in text]) == 3
    inventory = read(stacks=["0" * 32])
    assert not inventory.hosts
    assert "No stack matches '" + "0" * 32 in inventory.warned
    assert set(inventory.groups) == {"all", "ungrouped", "cloud66"}


@pytest.mark.usefixtures("sim")
def test_accounts(read, shops):
    inventory = read(accounts=[207])
    assert list(inventory.hosts) == ["shop-two-web", "42-web"]
    assert {one.headers["x-account"] for one in inventory.requests} == {"207"}
    both = read(accounts=[139, 207])
    assert len(both.hosts) == 6
    assert both.asked == sorted(["/stacks", "/stacks", *servers(*shops.values())])


def test_each_stack_is_read_in_its_own_account(read, sim, shops):
    sim.settings(strict_account=True)
    inventory = read(accounts=["139", 207])
    accounts = {one.path.split("/")[4]: one.headers["x-account"] for one in inventory.requests if "servers" in one.path}
    assert accounts == {uid: "139" if name in ("shop-one", "blog") else "207" for name, uid in shops.items()}
    assert len(inventory.hosts) == 6


def test_uids_are_looked_for_in_each_account(read, sim, shops):
    sim.settings(strict_account=True)
    inventory = read(accounts=[139, 207], stacks=[shops["blog"], shops["42"]])
    assert list(inventory.hosts) == ["blog-db", "blog-cache", "42-web"]
    assert not inventory.warnings


@pytest.mark.usefixtures("sim")
def test_a_stack_that_two_accounts_see_comes_once(read, fleet):
    uid = fleet.stack("shop", "a", account_id=139)
    inventory = read(accounts=[139, 139])
    assert list(inventory.hosts) == ["a"]
    assert inventory.asked == sorted(["/stacks", "/stacks", *servers(uid)])


@pytest.mark.usefixtures("shops")
def test_account_id_is_sent_where_no_accounts_are_given(read):
    inventory = read(account_id=139)
    assert {one.headers["x-account"] for one in inventory.requests} == {"139"}
    assert list(inventory.hosts) == ["shop-one-web", "shop-one-db", "blog-db", "blog-cache"]


@pytest.mark.usefixtures("shops")
def test_an_account_that_is_no_number_is_refused(read):
    with pytest.raises(AnsibleParserError, match="accounts must be account ids"):
        read(accounts=["Acme"])


@pytest.mark.usefixtures("shops")
def test_roles(read):
    assert list(read(roles=["db"]).hosts) == ["shop-one-db", "blog-db"]
    assert list(read(roles=["db", "cache"]).hosts) == ["shop-one-db", "blog-db", "blog-cache"]
    assert list(read(roles=["nobody"]).hosts) == []


# Filters


@pytest.mark.parametrize(
    ("filters", "hosts"),
    [
        ([{"exclude": "cloud66_environment == 'staging'"}], ["shop-one-web", "shop-one-db", "blog-db", "blog-cache"]),
        ([{"include": "'web' in cloud66_server_roles"}], ["shop-one-web", "shop-two-web", "42-web"]),
        # The first that is true decides.
        ([{"include": "cloud66_name == '42-web'"}, {"exclude": "true"}], ["42-web"]),
        (
            [{"exclude": "cloud66_name == '42-web'"}, {"include": "'web' in cloud66_server_roles"}],
            ["shop-one-web", "shop-two-web"],
        ),
        ([{"include": True}], [*("shop-one-web", "shop-one-db", "shop-two-web", "blog-db", "blog-cache", "42-web")]),
        ([{"exclude": True}], []),
        # What fails is not true, and neither is what is no boolean.
        ([{"include": "nothing_like_it"}], []),
        ([{"include": "cloud66_server_roles"}], []),
        ([{"include": "cloud66_name"}], []),
        ([{"include": "cloud66_ext_ipv6"}], []),
    ],
)
@pytest.mark.usefixtures("shops")
def test_filters_take_and_leave_hosts(read, filters, hosts):
    inventory = read(filters=filters)
    assert list(inventory.hosts) == hosts


def test_a_host_that_is_left_out_is_no_reason_to_rename_another(read, fleet):
    fleet.stack("shop", "Lion", environment="production")
    fleet.stack("shop", "Lion", environment="staging")
    inventory = read(filters=[{"exclude": "cloud66_environment == 'staging'"}])
    assert list(inventory.hosts) == ["Lion"]
    assert "env_staging" not in inventory.groups


@pytest.mark.usefixtures("shops")
def test_a_filter_sees_the_extra_variables_when_it_may(read):
    filters = [{"include": "cloud66_environment == wanted"}]
    assert not read(filters=filters, extra_vars={"wanted": "staging"}).hosts
    inventory = read(filters=filters, extra_vars={"wanted": "staging"}, use_extra_vars=True)
    assert list(inventory.hosts) == ["shop-two-web", "42-web"]


@pytest.mark.usefixtures("shops")
def test_strict_refuses_a_filter_that_fails(read):
    with pytest.raises(AnsibleParserError, match=r"Cannot evaluate the filter nothing_like_it"):
        read(filters=[{"include": "nothing_like_it"}], strict=True)


@pytest.mark.parametrize("wrong", ["cloud66_name", {}, {"only": "true"}, {"include": "true", "exclude": "false"}])
@pytest.mark.usefixtures("shops")
def test_filters_that_make_no_sense_are_refused(read, wrong):
    with pytest.raises(AnsibleParserError, match="A filter must be include or exclude"):
        read(filters=[wrong])
