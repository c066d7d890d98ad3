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
            fleet.server(uids[name], name=role, server_roles=[role, "any"])
    return uids


def servers(*uids):
    return sorted(f"/stacks/{uid}/servers" for uid in uids)


def test_uids_are_read_one_by_one(read, shops):
    shop, blog = shops["shop-one"], shops["blog"]
    inventory = read(stacks=[shop.upper(), blog])
    assert list(inventory.hosts) == ["shop_one.web", "shop_one.db", "blog.db", "blog.cache"]
    assert inventory.requested == sorted([f"/stacks/{shop}", f"/stacks/{blog}", *servers(shop, blog)])


def test_cloud_66_filters_by_a_single_name(read, shops):
    inventory = read(stacks=["blog"])
    assert list(inventory.hosts) == ["blog.db", "blog.cache"]
    assert inventory.requested == sorted(["/stacks?filter_name=blog", *servers(shops["blog"])])


@pytest.mark.parametrize("how", ["partial", "ignore"])
def test_results_of_the_filter_of_cloud_66_are_checked(read, sim, shops, fleet, how):
    fleet.stack("blog-old", "old")
    fleet.stack("Blog", "other")
    sim.settings(filter_match=how)
    inventory = read(stacks=["blog"])
    assert list(inventory.hosts) == ["blog.db", "blog.cache"]
    assert inventory.requested == sorted(["/stacks?filter_name=blog", *servers(shops["blog"])])


@pytest.mark.parametrize("stacks", [["shop-*"], ["shop-one", "shop-t?o"], ["shop-one", "shop-two"], ["s[gh]op*"]])
def test_globs_and_several_names_are_matched_against_the_whole_list(read, shops, stacks):
    inventory = read(stacks=stacks)
    assert list(inventory.hosts) == ["shop_one.web", "shop_one.db", "shop_two.web"]
    assert inventory.requested == sorted(["/stacks", *servers(shops["shop-one"], shops["shop-two"])])


def test_uids_and_names_can_be_mixed(read, shops):
    inventory = read(stacks=[shops["blog"], "42"])
    assert list(inventory.hosts) == ["blog.db", "blog.cache", "42.web"]
    assert "/stacks" in inventory.requested


@pytest.mark.usefixtures("shops")
def test_a_number_in_yaml_is_a_name(read):
    assert list(read(stacks=[42]).hosts) == ["42.web"]


def test_a_name_with_brackets_matches_literally_too(read, fleet):
    fleet.stack("a[1]", "x")
    assert list(read(stacks=["a[1]"]).hosts) == ["a_1.x"]


@pytest.mark.usefixtures("shops")
def test_environments(read):
    staging = read(environments=["staging"])
    assert list(staging.hosts) == ["shop_two.web", "42.web"]
    assert staging.requested[-1] == "/stacks?filter_environment=staging"
    both = read(environments=["staging", "production"])
    assert len(both.hosts) == 6
    assert "/stacks" in both.requested


def test_a_name_and_an_environment_are_sent_together(read, shops):
    inventory = read(stacks=["blog"], environments=["production"])
    assert list(inventory.hosts) == ["blog.db", "blog.cache"]
    assert "/stacks?filter_name=blog&filter_environment=production" in inventory.requested
    assert list(read(stacks=["blog"], environments=["staging"]).hosts) == []
    assert list(read(stacks=[shops["blog"]], environments=["staging"]).hosts) == []


def test_an_empty_answer_is_confirmed_without_the_filter(read, sim, shops):
    """It is not documented how Cloud 66 compares: an empty answer may be wrong."""
    sim.fault("wrong_type", path="/stacks", times=1, body={"response": [], "count": 0, "pagination": {"next": None}})
    inventory = read(stacks=["blog"])
    assert list(inventory.hosts) == ["blog.db", "blog.cache"]
    assert inventory.requested == sorted(["/stacks?filter_name=blog", "/stacks", *servers(shops["blog"])])


@pytest.mark.usefixtures("shops")
def test_a_stack_that_is_not_found_causes_a_warning(read):
    inventory = read(stacks=["blog", "bolg", "x" * 32, "0" * 32])
    assert list(inventory.hosts) == ["blog.db", "blog.cache"]
    assert len([text for text in inventory.warnings if "No stack matches" in text]) == 3
    inventory = read(stacks=["0" * 32])
    assert not inventory.hosts
    assert "No stack matches '" + "0" * 32 in inventory.warning_text
    assert set(inventory.groups) == {"all", "ungrouped", "cloud66"}


@pytest.mark.usefixtures("sim")
def test_accounts(read, shops):
    inventory = read(accounts=[207])
    assert list(inventory.hosts) == ["shop_two.web", "42.web"]
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
    assert list(inventory.hosts) == ["blog.db", "blog.cache", "42.web"]
    assert not inventory.warnings


@pytest.mark.usefixtures("sim")
def test_a_stack_that_two_accounts_can_see_is_listed_once(read, fleet):
    uid = fleet.stack("shop", "a", account_id=139)
    inventory = read(accounts=[139, 139])
    assert list(inventory.hosts) == ["shop.a"]
    assert inventory.requested == sorted(["/stacks", "/stacks", *servers(uid)])


@pytest.mark.usefixtures("shops")
def test_account_id_is_sent_without_accounts(read):
    inventory = read(account_id=139)
    assert {request.headers["x-account"] for request in inventory.requests} == {"139"}
    assert list(inventory.hosts) == ["shop_one.web", "shop_one.db", "blog.db", "blog.cache"]


@pytest.mark.usefixtures("shops")
def test_an_account_that_is_not_a_number_is_refused(read):
    with pytest.raises(AnsibleParserError, match="accounts must be account ids"):
        read(accounts=["Acme"])


@pytest.mark.usefixtures("shops")
def test_roles(read):
    assert list(read(roles=["db"]).hosts) == ["shop_one.db", "blog.db"]
    assert list(read(roles=["db", "cache"]).hosts) == ["shop_one.db", "blog.db", "blog.cache"]
    assert list(read(roles=["nobody"]).hosts) == []


# Filters


@pytest.mark.parametrize(
    ("filters", "hosts"),
    [
        ([{"exclude": "cloud66_environment == 'staging'"}], ["shop_one.web", "shop_one.db", "blog.db", "blog.cache"]),
        ([{"include": "'web' in cloud66_server_roles"}], ["shop_one.web", "shop_two.web", "42.web"]),
        # The first true filter decides.
        ([{"include": "cloud66_stack_name == '42'"}, {"exclude": "true"}], ["42.web"]),
        (
            [{"exclude": "cloud66_stack_name == '42'"}, {"include": "'web' in cloud66_server_roles"}],
            ["shop_one.web", "shop_two.web"],
        ),
        ([{"include": True}], [*("shop_one.web", "shop_one.db", "shop_two.web", "blog.db", "blog.cache", "42.web")]),
        ([{"exclude": True}], []),
        ([{"include": "'yes'"}], [*("shop_one.web", "shop_one.db", "shop_two.web", "blog.db", "blog.cache", "42.web")]),
        ([{"exclude": "cloud66_stale"}, {"include": "cloud66_name == 'cache'"}], ["blog.cache"]),
    ],
)
@pytest.mark.usefixtures("shops")
def test_filters_include_and_exclude_hosts(read, filters, hosts):
    inventory = read(filters=filters)
    assert list(inventory.hosts) == hosts


def test_an_excluded_host_does_not_rename_others(read, fleet):
    """Names depend on the stacks alone."""
    fleet.stack("shop", "Lion", environment="production")
    fleet.stack("shop", "Lion", environment="staging")
    inventory = read(filters=[{"exclude": "cloud66_environment == 'staging'"}])
    assert list(inventory.hosts) == ["shop.production.Lion"]
    assert "env_staging" not in inventory.groups


@pytest.mark.usefixtures("shops")
def test_extra_variables_in_a_filter_need_use_extra_vars(read):
    filters = [{"include": "cloud66_environment == wanted"}]
    with pytest.raises(AnsibleParserError, match="'wanted' is undefined"):
        read(filters=filters, extra_vars={"wanted": "staging"})
    inventory = read(filters=filters, extra_vars={"wanted": "staging"}, use_extra_vars=True)
    assert list(inventory.hosts) == ["shop_two.web", "42.web"]


@pytest.mark.usefixtures("shops")
@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("kind", ["include", "exclude"])
@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("nothing_like_it", r"Cannot evaluate the filter nothing_like_it: .*undefined\.$"),
        ("cloud66_name ==", r"Cannot evaluate the filter cloud66_name ==: .*"),
        (
            "cloud66_helth_state_name == 'broken'",
            r"'cloud66_helth_state_name' is undefined.* Did you mean cloud66_health_state_name\b.*\?$",
        ),
        ("cloud66_name", "The filter cloud66_name is neither true nor false, but 'web'"),
        ("cloud66_server_roles", r"is neither true nor false, but \['web', 'any'\]"),
        ("cloud66_ext_ipv6", "is neither true nor false, but None"),
    ],
)
@pytest.mark.usefixtures("shops")
def test_a_filter_that_fails_is_an_error(read, kind, condition, message, strict):
    with pytest.raises(AnsibleParserError, match=message):
        read(filters=[{kind: condition}], strict=strict)


# What matches nothing


@pytest.mark.parametrize(
    ("options", "warning"),
    [
        ({"environments": ["prod"]}, "No stack is in the environment 'prod'. Did you mean production?"),
        ({"environments": ["production", "stagin"]}, "No stack is in the environment 'stagin'. Did you mean staging?"),
        (
            {"stacks": ["shop-on"]},
            "No stack matches 'shop-on', or the token's user cannot see it. Did you mean shop-one",
        ),
        (
            {"stacks": ["shop-one"], "environments": ["staging"]},
            "'shop-one' only matches stacks in other environments: pro",
        ),
        (
            {"stacks": ["blog"], "environments": ["production", "stagin"]},
            "No stack of the selected name is in the environment 'stagin'.",
        ),
        ({"accounts": [5]}, "There are no stacks in account 5, or the token's user cannot see them."),
        ({"accounts": [139, 5]}, "There are no stacks in account 5"),
        ({"roles": ["web", "cach"]}, "No server has the role 'cach'. Did you mean cache?"),
        ({"filters": [{"include": "cloud66_name == 'wbe'"}]}, "The filters exclude all servers (6)."),
    ],
)
@pytest.mark.usefixtures("shops")
def test_what_matches_nothing_causes_a_warning(read, sim, tmp_path, options, warning):
    """Also when it comes from the cache."""
    sim.world.accounts.append({**sim.world.accounts[0], "id": 5})
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}
    for _time in range(2):
        inventory = read(**options, **cache)
        assert len(inventory.warnings) == 1
        assert warning in inventory.warning_text
    assert not inventory.requests


@pytest.mark.parametrize(
    ("scopes", "hint"), [({"public", "users"}, " The token's accounts are 139, 207."), ({"public"}, "")]
)
def test_an_account_that_is_not_the_tokens(read, sim, shops, scopes, hint):
    """Where Cloud 66 does not refuse it. A token without the scope users cannot list its accounts."""
    assert shops
    sim.world.add_token(1, scopes, "some-other-0123456789")
    empty = {"response": [], "count": 0, "pagination": {"next": None}}
    sim.fault("wrong_type", path="/stacks", body=empty)
    inventory = read(accounts=[12], api_token="some-other-0123456789")
    assert inventory.warning_text == f"There are no stacks in account 12, or the token's user cannot see them.{hint}"


@pytest.mark.usefixtures("shops")
def test_what_matches_causes_no_warning(read):
    options = {"stacks": ["shop-*", "blog"], "environments": ["production", "staging"], "roles": ["web", "any"]}
    assert not read(**options, accounts=[139, 207], filters=[{"include": "true"}]).warnings


@pytest.mark.parametrize("wrong", ["cloud66_name", {}, {"only": "true"}, {"include": "true", "exclude": "false"}])
@pytest.mark.usefixtures("shops")
def test_invalid_filters_are_refused(read, wrong):
    with pytest.raises(AnsibleParserError, match="A filter must be include or exclude"):
        read(filters=[wrong])
