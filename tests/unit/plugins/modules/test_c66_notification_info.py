# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_notification_info: who is notified of which alerts."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP


@pytest.fixture
def read(run_module):
    return lambda **args: run_module("c66_notification_info", **{"stack": "Awesome App", **args}).result


def names(result):
    return [row["alert_name"] for row in result["notifications"]]


def test_the_list_is_complete(sim, read):
    for number in range(40):
        sim.world.notifications[AWESOME_APP].append({"alert_name": f"alert-{number}"})
    result = read()
    assert names(result) == [row["alert_name"] for row in sim.world.notifications[AWESOME_APP]]
    assert {row["stack_uid"] for row in result["notifications"]} == {AWESOME_APP}
    assert not result["changed"]


def test_filters(read):
    assert names(read(channel="slack")) == ["noticent_stack_redeploy_failed"]
    assert names(read(subscribed=False)) == ["noticent_server_back"]
    assert names(read(subscribed=True, channel="pager")) == []


def test_one_alert(sim, read):
    assert names(read(alert_name="noticent_server_back")) == ["noticent_server_back"]
    assert sim.requests[-1].operation_id == "get_notification"
    missing = read(alert_name="noticent_server_gone")
    assert (missing["failed"], missing["status"]) == (True, 404)
    assert "notification noticent_server_gone of stack Awesome App" in missing["msg"]


def test_urls_are_read_on_request(sim, read):
    (row,) = read(channel="slack")["notifications"]
    assert row["subscriptions"] == [{"channel": "email"}, {"channel": "slack"}]
    (row,) = read(channel="slack", include_urls=True)["notifications"]
    assert row["subscriptions"] == sim.world.notifications[AWESOME_APP][3]["subscriptions"]


def test_without_the_scope(sim, read):
    sim.world.add_token(2, {"admin"}, "no-public-token-66")
    assert "the scope public" in read(api_token="no-public-token-66")["msg"]
