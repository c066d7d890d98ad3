# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_cluster_info: clusters, filtered, with words for codes, and their logs on request."""

from __future__ import annotations

import pytest
from simulator.seed import PUBLIC_TOKEN


@pytest.fixture
def read(run_module):
    return lambda **args: run_module("c66_cluster_info", **args).result


def names(result):
    return [row["name"] for row in result["clusters"]]


def test_the_list_is_complete(sim, read):
    for _number in range(40):
        sim.world.add_cluster()
    assert len(read()["clusters"]) == 42
    assert len(read(api_token=PUBLIC_TOKEN)["clusters"]) == 42


def test_a_token_without_scopes(sim, read):
    assert read(api_token=sim.world.add_token(2, set()))["status"] == 403


@pytest.mark.parametrize(
    "options",
    [
        {"name": "Staging Cluster"},
        {"environment": "staging"},
        {"cloud": "Hetzner"},
        {"region": "fsn1"},
        {"status": "deploying"},
        {"status": "6"},
        {"health": "broken"},
        {"health": "4"},
    ],
)
def test_filters(sim, read, options):
    sim.world.clusters[1].update(cloud="Hetzner", region="fsn1", status=6)
    assert names(read(**options)) == ["Staging Cluster"]


def test_words_beside_codes(sim, read):
    sim.world.clusters[0].update(status=2, health=99)
    row = read(name="Production Cluster")["clusters"][0]
    assert (row["status"], row["status_name"]) == (2, "failed")
    assert (row["health"], row["health_name"]) == (99, None), "the codes are not documented"


def test_one_by_its_uid(sim, read):
    uid = sim.world.clusters[1]["uid"]
    assert names(read(uid=uid)) == ["Staging Cluster"]
    assert [request.operation_id for request in sim.requests] == ["get_cluster"]


def test_an_unknown_uid(read):
    result = read(uid="nobody")
    assert (result["failed"], result["status"]) == (True, 404)
    assert "cluster nobody" in result["msg"]


@pytest.mark.parametrize("by_uid", [False, True])
def test_logs_are_read_on_request(sim, read, by_uid):
    args = {"uid": sim.world.clusters[0]["uid"]} if by_uid else {"name": "Production Cluster"}
    assert "log" not in read(**args)["clusters"][0]
    assert read(**args, include_log=True)["clusters"][0]["log"] == "The cluster was created."
    assert len(sim.requests) == (2 if by_uid else 3), "only the selected one is read by itself"
