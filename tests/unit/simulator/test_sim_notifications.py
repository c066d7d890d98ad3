# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alerts and the subscriptions to them."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN, STOREFRONT

ALERT, OTHER = "noticent_stack_redeploy_success", "noticent_server_back"
EMAIL, BROWSER = {"channel": "email"}, {"channel": "browser"}


def path_of(stack):
    return f"/stacks/{stack}/notifications"


PATH = path_of(AWESOME_APP)


def body_of(*names, subscriptions=(BROWSER,)):
    return {"alerts": [{"alert_name": name, "subscriptions": list(subscriptions)} for name in names]}


@pytest.fixture
def update(call, conforms):
    """Update the alerts of a stack. Returns what the answer says of each part."""

    def send(body, path=PATH, operation="update_notifications"):
        return conforms(operation, call("PATCH", path, body=body))["response"]

    return send


@pytest.fixture
def stored(call, conforms):
    def read(name, stack=AWESOME_APP):
        reply = call("GET", f"{path_of(stack)}/{name}")
        return conforms("get_notification", reply)["response"]["subscriptions"]

    return read


@pytest.mark.parametrize(("choice", "after"), [("replace", [BROWSER]), ("merge", [EMAIL, BROWSER])])
def test_subscriptions_are_replaced_or_merged(sim, update, stored, choice, after):
    sim.settings(subscriptions_write=choice)
    assert stored(ALERT) == [EMAIL]
    assert update(body_of(ALERT))["successes"] == {"alerts": [ALERT], "count": 1}
    assert stored(ALERT) == after
    assert stored("noticent_server_stopped") == [EMAIL]


@pytest.mark.parametrize(("choice", "after"), [("unsubscribe", []), ("ignore", [EMAIL])])
def test_an_empty_list(sim, update, stored, choice, after):
    sim.settings(empty_subscriptions=choice)
    update(body_of(ALERT, subscriptions=()))
    assert stored(ALERT) == after


@pytest.mark.parametrize("choice", ["objects", "names"])
def test_failures_are_answered_with_200(sim, update, stored, choice):
    sim.settings(notification_failures=ALERT, not_applicable_alerts=OTHER, notification_problems=choice)
    answer = update(body_of(ALERT, OTHER, "nothing"))
    assert {part: found["count"] for part, found in answer.items()} == {
        "successes": 0,
        "not_applicable": 1,
        "failures": 2,
    }
    failed = answer["failures"]["alerts"]
    assert [alert if choice == "names" else alert["alert_name"] for alert in failed] == [ALERT, "nothing"]
    assert (stored(ALERT), stored(OTHER)) == ([EMAIL], [])


def test_application_groups(call, update, stored):
    group, general = "production-apps", "/application_groups/notifications"
    operation = "update_application_group_notifications"
    update({"application_group_name": group, **body_of(ALERT)}, general, operation)
    update(body_of(OTHER), f"/application_groups/{group}/notifications", f"{operation}_by_name")
    for stack in (AWESOME_APP, STOREFRONT):
        assert (stored(ALERT, stack), stored(OTHER, stack)) == ([BROWSER], [BROWSER])
    assert call("PATCH", general, body={"application_group_name": "x", **body_of(ALERT)}).status == 404
    assert call("PATCH", general, body=body_of(ALERT)).status == 400


def test_scopes(call):
    assert call("PATCH", path_of(AWESOME_APP), body=body_of(ALERT), token=PUBLIC_TOKEN).status == 200
    group = {"application_group_name": "production-apps", **body_of(ALERT)}
    assert call("PATCH", "/application_groups/notifications", body=group, token=PUBLIC_TOKEN).status == 403


def test_lists(call, conforms):
    rows = conforms("list_notifications", call("GET", path_of(AWESOME_APP)))["response"]
    assert {ALERT, OTHER} < {row["alert_name"] for row in rows}
    assert call("GET", f"{path_of(AWESOME_APP)}/nothing").status == 404
    alerts = conforms("list_stack_alerts", call("GET", f"/stacks/{AWESOME_APP}/alerts"))["response"]
    one = conforms("get_stack_alert", call("GET", f"/stacks/{AWESOME_APP}/alerts/{alerts[0]['name']}"))["response"]
    assert one == alerts[0]
    assert call("GET", f"/stacks/{AWESOME_APP}/alerts/nothing").status == 404
