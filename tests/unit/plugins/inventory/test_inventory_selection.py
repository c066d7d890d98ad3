# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Selecting servers by stack, environment, account, role and filters, and the requests for it."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleParserError


@pytest.fixture
def shops(fleet):
    """Name -> UID of each stack."""
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


def test_uids_are_read_one_by_one(read, shops):
    shop, blog = shops["shop-one"], shops["blog"]
    inventory = read(stacks=[shop.upper(), blog])
    assert list(inventory.hosts) == ["shop-one-web", "shop-one-db", "blog-db", "blog-cache"]
    assert inventory.requested == sorted([f"/stacks/{shop}", f"/stacks/{blog}", *servers(shop, blog)])


def test_cloud_66_filters_by_a_single_name(read, shops):
    inventory = read(stacks=["blog"])
    assert list(inventory.hosts) == ["blog-db", "blog-cache"]
    assert inventory.requested == sorted(["/stacks?filter_name=blog", *servers(shops["blog"])])


@pytest.mark.parametrize("how", ["partial", "ignore"])
def test_results_of_the_filter_of_cloud_66_are_checked(read, sim, shops, fleet, how):
    fleet.stack("blog-old", "old")
    fleet.stack("Blog", "other")
    sim.settings(filter_match=how)
    inventory = read(stacks=["blog"])
    assert list(inventory.hosts) == ["blog-db", "blog-cache"]
    assert inventory.requested == sorted(["/stacks?filter_name=blog", *servers(shops["blog"])])


@pytest.mark.parametrize("stacks", [["shop-*"], ["shop-one", "shop-t?o"], ["shop-one", "shop-two"], ["s[gh]op*"]])
def test_globs_and_several_names_are_matched_against_the_whole_list(read, shops, stacks):
    inventory = read(stacks=stacks)
    assert list(inventory.hosts) == ["shop-one-web", "shop-one-db", "shop-two-web"]
    assert inventory.requested == sorted(["/stacks", *servers(shops["shop-one"], shops["shop-two"])])


def test_uids_and_names_can_be_mixed(read, shops):
    inventory = read(stacks=[shops["blog"], "42"])
    assert list(inventory.hosts) == ["blog-db", "blog-cache", "42-web"]
    assert "/stacks" in inventory.requested


@pytest.mark.usefixtures("shops")
def test_a_number_in_yaml_is_a_name(read):
    assert list(read(stacks=[42]).hosts) == ["42-web"]


def test_a_name_with_brackets_matches_literally_too(read, fleet):
    fleet.stack("a[1]", "x")
    assert list(read(stacks=["a[1]"]).hosts) == ["x"]


@pytest.mark.usefixtures("shops")
def test_environments(read):
    staging = read(environments=["staging"])
    assert list(staging.hosts) == ["shop-two-web", "42-web"]
    assert staging.requested[-1] == "/stacks?filter_environment=staging"
    both = read(environments=["staging", "production"])
    assert len(both.hosts) == 6
    assert "/stacks" in both.requested


def test_a_name_and_an_environment_are_sent_together(read, shops):
    inventory = read(stacks=["blog"], environments=["production"])
    assert list(inventory.hosts) == ["blog-db", "blog-cache"]
    assert "/stacks?filter_name=blog&filter_environment=production" in inventory.requested
    assert list(read(stacks=["blog"], environments=["staging"]).hosts) == []
    assert list(read(stacks=[shops["blog"]], environments=["staging"]).hosts) == []


def test_an_empty_answer_is_confirmed_without_the_filter(read, sim, shops):
    """It is not documented how Cloud 66 compares: an empty answer may be wrong."""
    sim.fault("wrong_type", path="/stacks", times=1, body={"response": [], "count": 0, "pagination": {"next": None}})
    inventory = read(stacks=["blog"])
    assert list(inventory.hosts) == ["blog-db", "blog-cache"]
    assert inventory.requested == sorted(["/stacks?filter_name=blog", "/stacks", *servers(shops["blog"])])


@pytest.mark.usefixtures("shops")
def test_a_stack_that_is_not_found_causes_a_warning(read):
    inventory = read(stacks=["blog", "bolg", "x" * 32, "0" * 32])
    assert list(inventory.hosts) == ["blog-db", "blog-cache"]
    assert len([text for text in inventory.warnings if "No stack matches" in text]) == 3
    inventory = read(stacks=["0" * 32])
    assert not inventory.hosts
    assert "No stack matches '" + "0" * 32 in inventory.warning_text
    assert set(inventory.groups) == {"all", "ungrouped", "cloud66"}


@pytest.mark.usefixtures("sim")
def test_accounts(read, shops):
    inventory = read(accounts=[207])
    assert list(inventory.hosts) == ["shop-two-web", "42-web"]
    assert {request.headers["x-account"] for request in inventory.requests} == {"207"}
    both = read(accounts=[139, 207])
    assert len(both.hosts) == 6
    assert both.requested == sorted(["/stacks", "/stacks", *servers(*shops.values())])


def test_each_stack_is_read_in_its_own_account(read, sim, shops):
    sim.settings(strict_account=True)
    inventory = read(accounts=["139", 207])
    accounts = {
        request.path.split("/")[4]: request.headers["x-account"]
        for request in inventory.requests
        if "servers" in request.path
    }
    assert accounts == {uid: "139" if name in ("shop-one", "blog") else "207" for name, uid in shops.items()}
    assert len(inventory.hosts) == 6


def test_uids_are_looked_up_in_each_account(read, sim, shops):
    sim.settings(strict_account=True)
    inventory = read(accounts=[139, 207], stacks=[shops["blog"], shops["42"]])
    assert list(inventory.hosts) == ["blog-db", "blog-cache", "42-web"]
    assert not inventory.warnings


@pytest.mark.usefixtures("sim")
def test_a_stack_that_two_accounts_can_see_is_listed_once(read, fleet):
    uid = fleet.stack("shop", "a", account_id=139)
    inventory = read(accounts=[139, 139])
    assert list(inventory.hosts) == ["a"]
    assert inventory.requested == sorted(["/stacks", "/stacks", *servers(uid)])


@pytest.mark.usefixtures("shops")
def test_account_id_is_sent_without_accounts(read):
    inventory = read(account_id=139)
    assert {request.headers["x-account"] for request in inventory.requests} == {"139"}
    assert list(inventory.hosts) == ["shop-one-web", "shop-one-db", "blog-db", "blog-cache"]


@pytest.mark.usefixtures("shops")
def test_an_account_that_is_not_a_number_is_refused(read):
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
        # The first true filter decides.
        ([{"include": "cloud66_name == '42-web'"}, {"exclude": "true"}], ["42-web"]),
        (
            [{"exclude": "cloud66_name == '42-web'"}, {"include": "'web' in cloud66_server_roles"}],
            ["shop-one-web", "shop-two-web"],
        ),
        ([{"include": True}], [*("shop-one-web", "shop-one-db", "shop-two-web", "blog-db", "blog-cache", "42-web")]),
        ([{"exclude": True}], []),
        # Failing conditions and values that are not booleans count as false.
        ([{"include": "nothing_like_it"}], []),
        ([{"include": "cloud66_server_roles"}], []),
        ([{"include": "cloud66_name"}], []),
        ([{"include": "cloud66_ext_ipv6"}], []),
    ],
)
@pytest.mark.usefixtures("shops")
def test_filters_include_and_exclude_hosts(read, filters, hosts):
    inventory = read(filters=filters)
    assert list(inventory.hosts) == hosts


def test_an_excluded_host_does_not_rename_others(read, fleet):
    fleet.stack("shop", "Lion", environment="production")
    fleet.stack("shop", "Lion", environment="staging")
    inventory = read(filters=[{"exclude": "cloud66_environment == 'staging'"}])
    assert list(inventory.hosts) == ["Lion"]
    assert "env_staging" not in inventory.groups


@pytest.mark.usefixtures("shops")
def test_extra_variables_in_a_filter_need_use_extra_vars(read):
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
def test_invalid_filters_are_refused(read, wrong):
    with pytest.raises(AnsibleParserError, match="A filter must be include or exclude"):
        read(filters=[wrong])
