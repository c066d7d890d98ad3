# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How stacks are doing: what c66_fleet reads for it, and what happens if it cannot."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from ansible_collections.cloud66.cloud.plugins.action.c66_fleet import KINDS, ActionModule
from ansible_collections.cloud66.cloud.plugins.module_utils.engine import run as running
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.fleet import Declared, FleetModule
from simulator.seed import PUBLIC_TOKEN

HOUR, DAY = 3600, 24 * 3600
EVERYTHING = ["backups", "deployments", "servers", "ssl_certificates"]


@pytest.fixture
def stack(sim):
    return sim.world.add_stack(name="shop", environment="production", status=1, health=3, servers=2)


@pytest.fixture
def ago(clock):
    """A time in the past, as the API returns it."""
    return lambda seconds: datetime.fromtimestamp(clock.now() - seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def read(sim, stack):
    """Plan with an overview. Returns the result of the stack."""

    def call(values=None, known=True, **options):
        row = {name: stack[name] for name in ("uid", "name", "environment")} if known else {}
        declared = Declared("shop", stack["uid"], row, values=values or {})
        module = FleetModule().of(KINDS, ActionModule.deployment, [declared])
        given = {"api_url": sim.url, "api_token": sim.token, "api_retries": 0, "overview": True, **options}
        result, _secrets, _warnings = running.execute(module, running.validated(module, given), check_mode=True)
        return result["stacks"]["shop"]

    return call


def deployments(sim, stack, *rows):
    """Give a stack these deployments, the newest first."""
    sim.world.deployments[stack["uid"]][:] = [
        {**sim.world.deployments[stack["uid"]][0], "id": 1000 - number, "is_live": False, "is_head": False, **row}
        for number, row in enumerate(rows)
    ]


def paths(sim):
    return [request.path.rpartition("/")[2] for request in sim.requests]


def test_it_is_only_read_on_request(sim, read):
    assert "overview" not in read(overview=False)
    assert sim.requests == []


def test_a_stack_in_five_requests(sim, stack, read, ago):
    succeeded = {"started_at": ago(3 * HOUR), "finished_at": ago(2 * HOUR), "git_hash": "a" * 40}
    failed = {**succeeded, "started_at": ago(HOUR), "git_hash": "b" * 40, "outcome": {"code": 2, "meaning": "failed"}}
    deployments(sim, stack, failed, {**succeeded, "is_live": True, "is_head": True})
    sim.world.add_backup(stack["uid"], 1, backup_date_iso=ago(5 * HOUR), backup_status=0)
    sim.world.add_backup(stack["uid"], 1, backup_date_iso=ago(HOUR), backup_status=1)
    sim.world.add_backup(stack["uid"], 1, backup_date_iso=ago(HOUR), backup_status=0, db_type="redis")
    sim.world.add_certificate(stack["uid"], expires_at=ago(-10 * DAY - HOUR))
    sim.world.add_certificate(stack["uid"], expires_at=None)
    overview = read()["overview"]
    assert sorted(paths(sim)) == sorted([stack["uid"], *EVERYTHING])
    assert overview == {
        "read_at": ago(0),
        "health_name": "ok",
        "status_name": "success",
        "servers": 2,
        "live_commit": "a" * 40,
        "deployment": {
            "id": 1000,
            "commit": "b" * 40,
            "started_at": ago(HOUR),
            "finished_at": ago(2 * HOUR),
            "outcome": "failed",
            "age": pytest.approx(HOUR, abs=2),
        },
        "deployments_by_day": {ago(HOUR)[:10]: {"success": 1, "failed": 1}},
        "has_more_deployments": False,
        "backups": {
            "databases": 2,
            "failed": 1,
            "without_good": 0,
            "newest_good_at": ago(5 * HOUR),
            "age": pytest.approx(5 * HOUR, abs=2),
        },
        "certificates": {"count": 2, "ends_at": ago(-10 * DAY - HOUR), "days_left": 10},
        "notes": [],
    }


def test_a_stack_that_has_nothing(sim, stack, read):
    deployments(sim, stack)
    sim.world.servers[stack["uid"]].clear()
    overview = read()["overview"]
    assert overview["servers"] == 0
    assert overview["deployment"] is None
    assert overview["live_commit"] is None
    assert overview["deployments_by_day"] == {}
    assert overview["backups"] == {
        "databases": 0,
        "failed": 0,
        "without_good": 0,
        "newest_good_at": None,
        "age": None,
    }
    assert overview["certificates"] == {"count": 0, "ends_at": None, "days_left": None}
    assert overview["notes"] == []


def test_nothing_is_read_twice(sim, read):
    """What the plan or the search for the stack has read is not read again."""
    certificate = {"type": "lets_encrypt", "server_names": ["shop.example.com"], "ssl_termination": True}
    read({"ssl_certificates": [certificate]}, known=False)
    assert len(sim.requests) == 5
    assert len(set(paths(sim))) == 5


def test_deployments_of_the_last_days_from_one_page(sim, stack, read, ago):
    old = {"started_at": ago(40 * DAY), "finished_at": ago(40 * DAY)}
    today = {"started_at": ago(60), "finished_at": ago(30)}
    running_one = {"started_at": ago(30), "finished_at": None, "is_deploying": True, "outcome": None}
    deployments(sim, stack, running_one, today, old)
    overview = read()["overview"]
    assert overview["deployments_by_day"] == {ago(60)[:10]: {"success": 1, "running": 1}}
    assert overview["deployment"]["outcome"] == "running"
    deployments(sim, stack, *[today] * 100)
    overview = read()["overview"]
    assert overview["has_more_deployments"]
    # One for each run.
    assert paths(sim).count("deployments") == 2


def test_a_failure_is_a_note(sim, stack, read):
    sim.fault("status", status=500, path=f"/stacks/{stack['uid']}/backups", times=1)
    found = read({"env_vars": {"COLOUR": "red"}})
    assert found["state"] == "differs"
    assert "backups" not in found["overview"]
    assert found["overview"]["servers"] == 2
    assert len(found["overview"]["notes"]) == 1
    assert "backups of stack shop" in found["overview"]["notes"][0]


def test_a_denied_scope_is_a_note(sim, read):
    found = read(api_token=PUBLIC_TOKEN)
    assert found["state"] == "clean"
    assert found["overview"]["servers"] == 2
    assert "certificates" not in found["overview"]
    assert "admin" in found["overview"]["notes"][0]


def test_an_outage_is_met_once(sim, read):
    """No further request is sent after one that had no answer."""
    sim.fault("reset", times=50)
    found = read()
    assert found["state"] == "clean"
    assert set(found["overview"]) == {"read_at", "notes"}
    assert len(found["overview"]["notes"]) == 1
    assert len(sim.requests) == 1


def test_an_answer_that_is_no_list(sim, stack, read):
    sim.fault("wrong_type", path=f"/stacks/{stack['uid']}/deployments", times=1)
    overview = read()["overview"]
    assert "Cannot read the deployments of stack shop completely" in overview["notes"][0]
    assert overview["backups"]
