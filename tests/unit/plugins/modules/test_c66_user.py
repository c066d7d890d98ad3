# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_user: the access profile is read, changed, and sent whole."""

from __future__ import annotations

import copy

import pytest
from simulator.seed import AWESOME_APP, NO_USERS_TOKEN, STOREFRONT
from unit.fixtures.writes import LOST

JIM = 4
DEPLOYER = {"stack_uid": STOREFRONT, "role": "Deployer"}
VIEWER = {"stack_uid": AWESOME_APP, "role": "Viewer"}
ADMIN = {"stack_uid": AWESOME_APP, "role": "Administrator"}
EXISTING = {
    "account_profile": {"can_create_stack": True, "can_payment": False, "default_roles": ["Viewer"]},
    "stack_profiles": [VIEWER, DEPLOYER, ADMIN],
    "acls_profile": [{"account_id": 139, "entity_uri": "stack:1", "action": "read"}],
    "override": False,
}
RIGHTS = {"can_payment": True}
ROLES = [{"stack": "Awesome App", "roles": ["Deployer"]}]


@pytest.fixture
def jim(sim):
    user = next(row for row in sim.world.users if row["id"] == JIM)
    user["access_profile"] = copy.deepcopy(EXISTING)
    return user


@pytest.fixture
def user(run_module, jim):
    """Run c66_user, and check that no token of a device is shown."""

    def call(**args):
        named = {} if "user_id" in args else {"email": jim["email"]}
        run = run_module("c66_user", diff=True, **{**named, **args})
        assert jim["devices"][0]["token"] not in str([run.result, run.warnings, run.notices, run.logs])
        return run.result

    return call


def profile(sent):
    [(method, path, body)] = sent()
    assert (method, path, list(body)) == ("PUT", str(JIM), ["access_profile"])
    return body["access_profile"]


@pytest.mark.parametrize("brief", [False, True])
def test_a_change_keeps_the_rest_and_is_made_once(sim, user, jim, sent, brief):
    sim.settings(brief_users=brief)
    first = user(account_profile=RIGHTS)
    wanted = {**EXISTING, "account_profile": {**EXISTING["account_profile"], **RIGHTS}}
    assert profile(sent) == wanted == jim["access_profile"] == first["user"]["access_profile"]
    assert first["changed"]
    assert (first["diff"]["before"], first["diff"]["after"]) == ({jim["email"]: EXISTING}, {jim["email"]: wanted})
    assert first["changes"] == {"added": [], "changed": [jim["email"]], "removed": []}
    second = user(account_profile=RIGHTS)
    assert (second["changed"], second["user"]) == (False, first["user"])
    assert len(sim.writes) == 1


@pytest.mark.parametrize("named", [{"user_id": JIM}, {"email": "jim@example.com"}, {"email": "Jim@Example.com"}])
def test_the_user_is_named_by_id_or_email(user, named):
    assert user(account_profile=RIGHTS, **named)["user"]["id"] == JIM


def test_a_user_named_by_id_is_not_searched_for(sim, user):
    user(user_id=JIM, account_profile={"can_create_stack": True})
    assert [request.operation_id for request in sim.requests] == ["get_user"]


def test_roles_on_a_stack_are_replaced_and_others_stay(user, sent):
    assert user(stack_profiles=ROLES)["changed"]
    assert profile(sent)["stack_profiles"] == [DEPLOYER, {"stack_uid": AWESOME_APP, "role": "Deployer"}]
    assert not user(stack_profiles=ROLES)["changed"]


@pytest.mark.parametrize(
    "roles",
    [
        [{"stack": "Awesome App", "roles": ["Administrator", "Viewer"]}],
        [{"stack": AWESOME_APP, "roles": ["Viewer"]}, {"stack": "awesome app", "roles": ["Administrator"]}],
        [{"stack": "Storefront", "environment": "staging", "roles": ["Deployer"]}],
    ],
)
def test_roles_are_compared_in_any_order(sim, user, roles):
    assert not user(stack_profiles=roles)["changed"]
    assert not sim.writes


def test_a_stack_can_have_two_roles(sim, user, jim):
    jim["access_profile"]["stack_profiles"] = [VIEWER]
    user(stack_profiles=[{"stack": "Awesome App", "roles": ["Viewer", "Administrator"]}])
    assert jim["access_profile"]["stack_profiles"] == [VIEWER, ADMIN]
    user(stack_profiles=[{"stack": "Awesome App", "roles": ["Viewer"]}])
    assert jim["access_profile"]["stack_profiles"] == [VIEWER]
    assert user(stack_profiles=[{"stack": "Awesome App", "roles": []}])["changed"]
    assert jim["access_profile"]["stack_profiles"] == []


@pytest.mark.parametrize(
    ("args", "changed"),
    [
        (
            {"account_profile": RIGHTS},
            {"account_profile": {"can_create_stack": False, "can_payment": True, "default_roles": []}},
        ),
        (
            {"account_profile": {"default_roles": ["Viewer"]}},
            {"account_profile": {"can_create_stack": False, "can_payment": False, "default_roles": ["Viewer"]}},
        ),
        ({"stack_profiles": ROLES}, {"stack_profiles": [{"stack_uid": AWESOME_APP, "role": "Deployer"}]}),
        ({"stack_profiles": []}, {"stack_profiles": []}),
    ],
)
def test_purge_withdraws_what_is_not_named(user, jim, args, changed):
    """A part that the task does not set stays as it is."""
    assert user(purge=True, **args)["changed"]
    assert jim["access_profile"] == {**EXISTING, **changed}
    assert not user(purge=True, **args)["changed"]


def test_a_missing_right_is_not_granted(sim, user):
    assert not user(account_profile={"can_view_audit": False})["changed"]
    assert not user(account_profile={"can_create_stack": "yes", "can_payment": 0})["changed"]
    assert not sim.writes
    assert user(account_profile={"can_view_audit": True})["changed"]


@pytest.mark.parametrize(
    "args",
    [
        {"account_profile": RIGHTS},
        {"account_profile": {"can_create_stack": True}},
        {"stack_profiles": ROLES},
        {"stack_profiles": [], "purge": True},
    ],
)
def test_check_mode_predicts_the_change_and_sends_no_write(sim, user, args):
    check = user(check=True, **args)
    assert not sim.writes
    real = user(**args)
    assert [check[name] for name in ("changed", "changes", "diff")] == [
        real[name] for name in ("changed", "changes", "diff")
    ]
    assert check["user"]["access_profile"] == real["user"]["access_profile"]
    assert not user(check=True, **args)["changed"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"account_profile": {"can_create_stak": True}}, "no right can_create_stak in an account. Did you mean"),
        ({"account_profile": {"can_payment": "maybe"}}, "can_payment must be true or false."),
        ({"account_profile": {"default_roles": "Viewer"}}, "default_roles must be a list of roles."),
        ({"account_profile": {"default_roles": [" "]}}, "default_roles must be a list of roles."),
        ({"stack_profiles": [{"stack": "Awesome Ap", "roles": []}]}, "No stack matches 'Awesome Ap'"),
        ({"stack_profiles": [{"stack": "Storefront", "roles": [" "]}]}, "The option roles contains an empty string."),
        ({"email": "jin@example.com", "stack_profiles": []}, "No user matches 'jin@example.com'. Did you mean jim@"),
        ({"email": " ", "stack_profiles": []}, "The option email is empty."),
        ({"user_id": 99, "stack_profiles": []}, "Cannot read user 99: Cloud 66 answered 404"),
    ],
)
def test_refusals(sim, user, args, message):
    result = user(**args)
    assert message in result["msg"]
    assert (result["failed"], result["changed"]) == (True, False)
    assert not sim.writes


def test_a_profile_that_is_not_returned_is_not_written(sim, user, jim):
    del jim["access_profile"]
    result = user(account_profile=RIGHTS)
    assert result["failed"]
    assert "did not return the access profile of user jim@example.com" in result["msg"]
    assert not sim.writes


def test_a_put_that_merges(sim, user, jim):
    """Rights and new roles are applied. Roles that cannot be removed are an error."""
    sim.settings(profile_put="merge")
    assert user(account_profile={"can_create_stack": False})["changed"]
    assert not jim["access_profile"]["account_profile"]["can_create_stack"]
    result = user(stack_profiles=ROLES)
    assert (result["failed"], result["changed"]) == (True, True)
    assert "not as wanted" in result["msg"]


@pytest.mark.parametrize(("kind", "options", "_applied"), LOST)
@pytest.mark.parametrize("retries", [0, 1])
def test_a_lost_answer(sim, user, jim, kind, options, _applied, retries):
    sim.fault(kind, method="PUT", times=1, **options)
    result = user(account_profile=RIGHTS, api_retries=retries)
    assert (result["changed"], result.get("failed")) == (True, None)
    assert jim["access_profile"]["account_profile"]["can_payment"]
    assert not user(account_profile=RIGHTS)["changed"]


def test_without_a_scope_nothing_is_written(sim, user, jim):
    assert "lacks the scope users" in user(account_profile=RIGHTS, api_token=NO_USERS_TOKEN)["msg"]
    token = sim.world.add_token(1, {"public", "users"})
    result = user(account_profile=RIGHTS, api_token=token)
    assert "lacks the scope admin" in result["msg"]
    assert (result["status"], result["changed"], jim["access_profile"]) == (403, False, EXISTING)
