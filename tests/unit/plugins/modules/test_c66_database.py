# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_database and c66_database_user: created once, never changed or removed, and no password is read."""

from __future__ import annotations

import json

import pytest
from simulator.seed import PUBLIC_TOKEN
from unit.fixtures.writes import LOST

STOREFRONT = "f196c5b41758cb7977620d49eb1492ef"
THINGS = {
    "database": ({"name": "reports", "users": ["app_user"]}, "database_name", "database_user_ids"),
    "database_user": ({"username": "reader", "databases": ["app_production"]}, "username", "database_ids"),
}


@pytest.fixture
def group(sim):
    return sim.world.servers[STOREFRONT][2]["server_group_id"]


@pytest.fixture(params=THINGS)
def thing(request):
    return request.param


@pytest.fixture
def manage(run_module, sim, group, thing):
    """Run the module of the thing. No password is shown or asked for."""

    def call(**args):
        given = {"stack": "Storefront", "server_group": group, "diff": True, **THINGS[thing][0], **args}
        run = run_module(f"c66_{thing}", **given)
        assert "password-of" not in str([run.result, run.warnings, run.notices, run.logs])
        assert "show_password" not in str(sim.requests)
        return run

    return call


def posts(sim):
    return [json.loads(request.body) for request in sim.writes]


def test_present_twice(sim, manage, thing):
    wanted, key, ids = THINGS[thing]
    first = manage()
    assert (first.result["changed"], first.result["diff"]["before"]) == (True, {})
    assert {name: first.result[thing][name] for name in wanted} == wanted
    second = manage()
    assert (second.result["changed"], second.result[thing]) == (False, first.result[thing])
    [body] = posts(sim)
    assert (body[key], set(body)) == (next(iter(wanted.values())), {key, ids})
    assert body[ids][0].startswith(("user_", "db_"))


def test_check_mode(sim, manage):
    check = manage(check=True).result
    assert not sim.writes
    real = manage().result
    assert (check["changed"], check["diff"]) == (real["changed"], real["diff"])
    assert not manage(check=True).result["changed"]


def test_absent(sim, manage, thing):
    assert not manage(state="absent").result["changed"]
    manage()
    result = manage(state="absent").result
    assert "Cloud 66 has no call that removes a database" in result["msg"]
    assert len(sim.writes) == 1


def test_what_exists_is_not_changed(sim, manage, thing):
    manage()
    other = next(name for name in THINGS[thing][0] if name in ("users", "databases"))
    result = manage(**{other: []}).result
    assert f"{other} of the" in result["msg"]
    assert "cannot be changed, nor can it be replaced: Cloud 66 has no call" in result["msg"]
    assert len(sim.writes) == 1
    assert not manage(**{other: None}).result["changed"]


def test_an_unknown_name_is_refused(sim, manage, thing):
    other = next(name for name in THINGS[thing][0] if name in ("users", "databases"))
    assert "matches 'nobody'" in manage(**{other: ["nobody"]}).result["msg"]
    assert not sim.writes


def test_another_kind_of_server_group(sim, manage):
    number = sim.world.servers[STOREFRONT][0]["server_group_id"]
    result = manage(server_group=number).result
    assert (result["status"], result["changed"]) == (400, False)


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
def test_a_lost_answer(sim, manage, kind, options, applied):
    sim.fault(kind, method="POST", times=1, **options)
    assert manage().result["changed"]
    assert len(sim.writes) == (1 if applied else 2)
    assert not manage().result["changed"]


def test_a_failed_action(sim, manage):
    sim.settings(action_failure="No disk")
    result = manage().result
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["msg"].endswith("failed: No disk")


def test_the_lists(sim, run_module, group, thing):
    plural, key = f"{thing}s", "name" if thing == "database" else "username"
    given = {"stack": "Storefront", "server_group": group}
    [row] = run_module(f"c66_{thing}_info", **given).result[plural]
    assert (row["stack_uid"], "password" in row) == (STOREFRONT, False)
    assert run_module(f"c66_{thing}_info", **given, **{key: "x"}).result[plural] == []
    assert len(run_module(f"c66_{thing}_info", **given, api_token=PUBLIC_TOKEN).result[plural]) == 1


@pytest.mark.parametrize("by", ["id", "name", "in another case"])
def test_a_server_group_by_name(sim, manage, group, thing, by):
    row = next(row for row in sim.world.server_groups[STOREFRONT] if row["id"] == group)
    named = {"id": str(group), "name": row["name"], "in another case": row["name"].upper()}[by]
    assert manage(server_group=named).result["changed"]
    assert sim.writes[0].path.endswith(f"/server_groups/{group}/{thing}s")
    assert not manage(server_group=named).result["changed"]


def test_a_server_group_that_does_not_exist(sim, manage, run_module, thing):
    message = (
        "No server group of stack Storefront matches 'Mysql Srever'. Did you mean Mysql Server or Postgresql Server?"
    )
    assert manage(server_group="Mysql Srever").result["msg"] == message
    info = run_module(f"c66_{thing}_info", stack="Storefront", server_group="Mysql Srever")
    assert info.result["msg"] == message
    assert not sim.writes


def test_two_server_groups_of_one_name(sim, manage):
    first, second = sim.world.server_groups[STOREFRONT][:2]
    second["name"] = first["name"]
    result = manage(server_group=first["name"]).result
    assert f"{first['name']} ({first['id']}); {first['name']} ({second['id']})" in result["msg"]
    assert result["msg"].endswith("Specify one by its id.")
    assert not sim.writes


@pytest.mark.parametrize("blank", ["", " "])
def test_a_blank_server_group(sim, manage, blank):
    assert manage(server_group=blank).result["msg"] == "The option server_group is empty."
    assert not sim.requests


def test_a_token_without_scopes(sim, manage):
    token = sim.world.add_token(2, set())
    result = manage(api_token=token).result
    assert (result["status"], result["changed"]) == (403, False)
    assert not sim.writes
