# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The seed, and pages of lists."""

from __future__ import annotations

import time

import pytest
from simulator import Simulator, running

STACK = "f196c5b41758cb7977620d49eb1492ef"


@pytest.fixture(scope="module")
def many():
    started = time.process_time()
    simulator = Simulator(stacks=1000)
    assert time.process_time() - started < 1, "creating a thousand stacks takes too long"
    return simulator.world


def test_pages(sim, call, conforms):
    sim.settings(per_page=2)
    first = conforms("list_stacks", call("GET", "/stacks"))
    last = conforms("list_stacks", call("GET", "/stacks?page=2"))
    beyond = conforms("list_stacks", call("GET", "/stacks?page=9"))
    assert [len(page["response"]) for page in (first, last, beyond)] == [2, 1, 0]
    assert [page["count"] for page in (first, last, beyond)] == [2, 1, 0]
    numbers = [[page["pagination"][key] for key in ("previous", "current", "next")] for page in (first, last, beyond)]
    assert numbers == [[None, 1, 2], [1, 2, None], [8, 9, None]]
    assert {(page["pagination"]["count"], page["pagination"]["pages"]) for page in (first, last)} == {(3, 2)}


def test_page_in_a_form(call):
    assert call("GET", f"/stacks/{STACK}/backups", form="page=2").json["pagination"]["current"] == 2


def test_thirty_rows_per_page(call):
    page = call("GET", f"/stacks/{STACK}/backups").json
    assert (len(page["response"]), page["pagination"]["per_page"]) == (30, 30)


def test_demo_stacks(sim):
    stacks, servers = sim.world.stacks, sim.world.servers
    assert [stack["name"] for stack in stacks] == ["Awesome App", "Storefront", "Ledger"]
    assert stacks[0]["uid"] == "5999b763474b0eafa5fafb64bff0ba80"
    assert stacks[1]["uid"] == STACK
    assert [bool(servers[stack["uid"]]) for stack in stacks] == [True, True, False]
    assert len({stack["redeploy_hook"] for stack in stacks}) == 3
    assert [user["devices"] for user in sim.world.users if user["id"] == 18] == [[]]
    assert sum(bool(user["devices"]) for user in sim.world.users) == 2


def test_thousand_stacks(many):
    sizes = [len(rows) for rows in many.servers.values()]
    assert len(many.stacks) == len(sizes) == 1000
    assert {0, 70} < set(sizes)
    assert len({stack["uid"] for stack in many.stacks}) == 1000
    uids = [server["uid"] for rows in many.servers.values() for server in rows]
    assert len(set(uids)) == len(uids)
    for rows in many.servers.values():
        assert len({server["name"] for server in rows}) == len(rows), "server names are unique within a stack"


def test_several_pages_of_everything(many):
    assert len(many.users) > 35
    assert len(many.backups[STACK]) > 30
    assert len(many.actions[STACK]) > 30


def test_two_stacks_with_the_same_name(many):
    twins = [stack for stack in many.stacks if stack["name"] == "twin-app"]
    assert sorted(stack["environment"] for stack in twins) == ["production", "staging"]


def test_seed_is_reproducible(many):
    again = Simulator(stacks=1000).world
    for thing in ("stacks", "servers", "users", "backups", "actions", "accounts"):
        assert getattr(many, thing) == getattr(again, thing)


@pytest.mark.parametrize("stacks", [0, 1, 5])
def test_any_number_of_stacks(stacks):
    with running(stacks=stacks) as sim:
        assert len(sim.world.stacks) == stacks


def test_rows_added_by_tests(sim, call, conforms):
    stack = sim.world.add_stack(servers=2, name="{{ 7 * 7 }}", environment="test")
    sim.world.add_server(stack["uid"], name="localhost", address="-oProxyCommand=x")
    servers = conforms("list_servers", call("GET", f"/stacks/{stack['uid']}/servers"))["response"]
    assert [server["name"] for server in servers][2] == "localhost"
    assert conforms("get_stack", call("GET", f"/stacks/{stack['uid']}"))["response"]["name"] == "{{ 7 * 7 }}"
