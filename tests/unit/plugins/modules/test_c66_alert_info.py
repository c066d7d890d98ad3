# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_alert_info: alert settings as the new API site documents them."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP


@pytest.fixture
def read(run_module):
    return lambda **args: run_module("c66_alert_info", **{"stack": "Awesome App", **args}).result


def names(result):
    return [row["name"] for row in result["alerts"]]


def test_the_list_is_complete(sim, read):
    for number in range(40):
        sim.world.alerts[AWESOME_APP].append({"name": f"alert-{number}"})
    result = read()
    assert names(result) == [row["name"] for row in sim.world.alerts[AWESOME_APP]]
    assert {row["stack_uid"] for row in result["alerts"]} == {AWESOME_APP}
    assert not result["changed"]


def test_filters(read):
    assert names(read(channel="email")) == ["deployment_success", "server_down"]
    assert names(read(channel="webhook")) == [], "it is not enabled"
    assert names(read(active=True)) == ["deployment_success"]
    assert names(read(active=False)) == ["server_down"]


def test_one_alert(sim, read):
    assert names(read(name="server_down")) == ["server_down"]
    assert sim.requests[-1].operation_id == "get_stack_alert"
    assert read(name="server_up")["status"] == 404


def test_urls_are_read_on_request(sim, read):
    (row,) = read(active=True)["alerts"]
    assert row["channels"][1] == {"type": "webhook", "enabled": False}
    (row,) = read(active=True, include_urls=True)["alerts"]
    assert row["channels"] == sim.world.alerts[AWESOME_APP][0]["channels"]


def test_without_the_scope(sim, read):
    sim.world.add_token(2, {"admin"}, "no-public-token-66")
    assert "the scope public" in read(api_token="no-public-token-66")["msg"]
