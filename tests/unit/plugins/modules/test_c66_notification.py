# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_notification: subscriptions are merged or replaced, partial failures are named, and URLs stay secret."""

from __future__ import annotations

import json

import pytest
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN, STOREFRONT
from unit.fixtures.writes import LOST

# As the seed has them: by e-mail; by e-mail and Slack; nobody.
BY_EMAIL, ON_SLACK, SILENT = "noticent_stack_redeploy_success", "noticent_stack_redeploy_failed", "noticent_server_back"
EMAIL = {"channel": "email"}
BROWSER = {"channel": "browser"}
URL = "https://hooks.slack.com/services/T1/B1/another-secret"
SLACK = {"channel": "slack", "slack_url": URL}


@pytest.fixture
def notify(run_module):
    """Set the subscriptions of alerts, given by their names."""

    def call(alerts, **args):
        given = [{"alert_name": name, "subscriptions": subscriptions} for name, subscriptions in alerts.items()]
        return run_module("c66_notification", **{"diff": True, "stack": "Awesome App", "alerts": given, **args})

    return call


@pytest.fixture
def stored(sim):
    def read(name, uid=AWESOME_APP):
        return next(row["subscriptions"] for row in sim.world.notifications[uid] if row["alert_name"] == name)

    return read


@pytest.fixture
def patches(sim):
    return lambda: [json.loads(write.body)["alerts"] for write in sim.writes if write.method == "PATCH"]


@pytest.fixture(params=["replace", "merge"])
def writing(request, sim):
    """Whether a write replaces or merges, which no source states."""
    sim.settings(subscriptions_write=request.param)


@pytest.mark.usefixtures("writing")
def test_present_twice(notify, stored, patches):
    result = notify({BY_EMAIL: [BROWSER], SILENT: [EMAIL], ON_SLACK: [EMAIL]}).result
    assert result["changed"]
    assert result["changes"] == {"added": [], "changed": sorted([BY_EMAIL, SILENT]), "removed": []}
    assert stored(BY_EMAIL) == [EMAIL, BROWSER]
    assert stored(SILENT) == [EMAIL]
    assert {row["alert_name"]: row["subscriptions"] for row in result["notifications"]} == {
        BY_EMAIL: [EMAIL, BROWSER],
        SILENT: [EMAIL],
        ON_SLACK: [EMAIL, {"channel": "slack"}],
    }
    assert {row["stack_uid"] for row in result["notifications"]} == {AWESOME_APP}
    assert result["diff"]["before"][BY_EMAIL] == [EMAIL]
    assert result["diff"]["after"][BY_EMAIL] == [EMAIL, BROWSER]
    assert not notify({BY_EMAIL: [BROWSER, BROWSER], SILENT: [EMAIL]}).result["changed"]
    (sent,) = patches()
    assert {alert["alert_name"] for alert in sent} == {BY_EMAIL, SILENT}, "alerts that do not change are not sent"


def test_purge_twice(notify, stored, patches):
    before = stored(BY_EMAIL)
    result = notify({ON_SLACK: [BROWSER]}, purge=True).result
    assert result["changes"]["changed"] == [ON_SLACK]
    assert stored(ON_SLACK) == [BROWSER]
    assert stored(BY_EMAIL) == before
    assert not notify({ON_SLACK: [BROWSER]}, purge=True).result["changed"]
    assert len(patches()) == 1


def test_absent_twice(notify, stored):
    """Without subscriptions."""
    assert not notify({ON_SLACK: []}).result["changed"]
    assert notify({ON_SLACK: []}, purge=True).result["changed"]
    assert stored(ON_SLACK) == []
    assert not notify({ON_SLACK: [], SILENT: []}, purge=True).result["changed"]


@pytest.mark.parametrize(
    ("setting", "wanted"),
    [({"subscriptions_write": "merge"}, [BROWSER]), ({"empty_subscriptions": "ignore"}, [])],
)
def test_what_cloud_66_does_not_remove_is_an_error(sim, notify, clock, setting, wanted):
    sim.settings(**setting)
    result = notify({ON_SLACK: wanted}, purge=True).result
    assert (result["failed"], result["changed"]) == (True, True)
    assert f"not as wanted: {ON_SLACK}" in result["msg"]


@pytest.mark.parametrize("purge", [False, True])
@pytest.mark.parametrize("alerts", [{BY_EMAIL: [EMAIL]}, {SILENT: [SLACK]}, {ON_SLACK: []}, {ON_SLACK: [EMAIL, SLACK]}])
def test_check_mode_predicts_the_change_and_sends_no_write(sim, notify, alerts, purge):
    check = notify(alerts, purge=purge, check=True).result
    assert not sim.writes
    real = notify(alerts, purge=purge).result
    for name in ("changed", "changes", "diff", "notifications"):
        assert check[name] == real[name]
    assert not notify(alerts, purge=purge, check=True).result["changed"]


def test_urls_are_secret(notify, stored):
    old = stored(ON_SLACK)[1]["slack_url"]
    run = notify({ON_SLACK: [EMAIL, SLACK]}, purge=True)
    assert run.result["changed"]
    assert stored(ON_SLACK) == [EMAIL, SLACK]
    for secret in (old, URL):
        assert secret not in repr(run.result)
        assert secret in run.secrets
    assert run.result["diff"]["before"] != run.result["diff"]["after"], "another URL is a difference"


def test_another_url_is_another_subscription(notify, stored):
    assert notify({ON_SLACK: [SLACK]}).result["changed"]
    assert [each["channel"] for each in stored(ON_SLACK)] == ["email", "slack", "slack"]


# Partial failures


@pytest.mark.parametrize("problems", ["objects", "names"])
@pytest.mark.parametrize("setting", ["notification_failures", "not_applicable_alerts"])
def test_a_partial_failure(sim, notify, stored, problems, setting):
    sim.settings(notification_problems=problems, **{setting: SILENT})
    alerts = {BY_EMAIL: [BROWSER], SILENT: [BROWSER]}
    run = notify(alerts)
    assert (run.result["failed"], run.result["changed"]) == (True, True)
    assert f"did not set these alerts of stack Awesome App: {SILENT} (" in run.result["msg"]
    assert f"It set {BY_EMAIL}." in run.result["msg"]
    if problems == "objects":
        reason = {"notification_failures": "The channel is broken", "not_applicable_alerts": "not applicable to"}
        assert reason[setting] in run.result["msg"]
    assert run.result["changes"]["changed"] == [BY_EMAIL]
    assert (stored(BY_EMAIL), stored(SILENT)) == ([EMAIL, BROWSER], [])
    sim.settings(**{setting: ""})
    assert notify(alerts).result["changes"]["changed"] == [SILENT]


def test_a_total_failure(sim, notify):
    sim.settings(notification_failures=SILENT)
    result = notify({SILENT: [EMAIL]}).result
    assert (result["failed"], result["changed"]) == (True, False)
    assert "It set no other." in result["msg"]
    assert "changes" not in result


def test_failures_that_are_only_counted(sim, notify):
    """An answer outside the contract's samples must not pass for a success."""
    parts = {"successes": {"alerts": [], "count": 0}, "not_applicable": {}, "failures": {"alerts": [], "count": 1}}
    sim.fault("wrong_type", method="PATCH", body={"response": parts})
    assert "Cloud 66 did not set some of the notifications of stack" in notify({SILENT: [EMAIL]}).result["msg"]


# Application groups


def test_an_application_group_is_always_set(sim, notify, stored, patches):
    for number in (1, 2):
        run = notify({SILENT: [EMAIL, SLACK]}, stack=None, application_group="production-apps", purge=True)
        assert run.result["changed"]
        assert len(patches()) == number
        assert "cannot be read" in " ".join(run.warnings)
        assert run.result["notifications"] == [{"alert_name": SILENT, "subscriptions": [EMAIL, {"channel": "slack"}]}]
    for uid in (AWESOME_APP, STOREFRONT):
        assert stored(SILENT, uid) == [EMAIL, SLACK]
    assert [record.method for record in sim.requests] == ["PATCH"] * 2


def test_an_application_group_without_subscriptions(notify, stored):
    """What cannot be read is not taken for empty."""
    result = notify({BY_EMAIL: []}, stack=None, application_group="production-apps", purge=True).result
    assert result["changed"]
    assert stored(BY_EMAIL, STOREFRONT) == []


def test_an_application_group_in_check_mode(sim, notify):
    args = {"stack": None, "application_group": "production-apps", "purge": True}
    check = notify({SILENT: [EMAIL]}, check=True, **args).result
    assert not sim.requests
    real = notify({SILENT: [EMAIL]}, **args).result
    for name in ("changed", "changes", "diff", "notifications"):
        assert check[name] == real[name]
    assert check["changed"]


def test_an_application_group_cannot_be_merged(sim, notify):
    result = notify({SILENT: [EMAIL]}, stack=None, application_group="production-apps").result
    assert "set purge: true" in result["msg"]
    assert not sim.requests


def test_an_application_group_whose_alerts_fail_or_do_not_apply(sim, notify):
    args = {"stack": None, "application_group": "production-apps", "purge": True}
    sim.settings(not_applicable_alerts=SILENT)
    run = notify({SILENT: [EMAIL], BY_EMAIL: [EMAIL]}, **args)
    assert not run.result.get("failed")
    assert f"Cloud 66 skipped alerts of application group production-apps: {SILENT}" in " ".join(run.warnings)
    sim.settings(notification_failures=BY_EMAIL)
    result = notify({BY_EMAIL: [EMAIL], ON_SLACK: [EMAIL]}, **args).result
    assert (result["failed"], result["changed"]) == (True, True)
    assert BY_EMAIL in result["msg"]
    assert f"It set {ON_SLACK}." in result["msg"]


def test_an_unknown_application_group(notify):
    result = notify({SILENT: [EMAIL]}, stack=None, application_group="nobodys", purge=True).result
    assert (result["failed"], result["status"]) == (True, 404)
    assert "application group nobodys" in result["msg"]


@pytest.mark.parametrize("kind", ["reset_after", "empty", "wrong_type"])
def test_a_lost_answer_of_an_application_group(sim, notify, clock, patches, kind):
    """Nothing shows whether it was applied, so it is not sent again."""
    sim.fault(kind, method="PATCH", times=1)
    result = notify({SILENT: [EMAIL]}, stack=None, application_group="production-apps", purge=True).result
    assert (result["failed"], result["changed"]) == (True, True)
    assert len(patches()) == 1
    assert clock.elapsed < 70


# Lost answers, bad input and scopes


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
@pytest.mark.parametrize("purge", [False, True])
def test_a_lost_answer(sim, notify, stored, patches, kind, options, applied, purge):
    sim.fault(kind, method="PATCH", times=1, **options)
    result = notify({ON_SLACK: [BROWSER]}, purge=purge).result
    assert result["changed"]
    assert not result.get("failed"), result["msg"]
    assert len(patches()) == (1 if applied else 2)
    assert stored(ON_SLACK)[-1] == BROWSER
    assert not notify({ON_SLACK: [BROWSER]}, purge=purge).result["changed"]


@pytest.mark.parametrize(
    ("alerts", "args", "words"),
    [
        ({"noticent_server_stoped": [EMAIL]}, {}, "Did you mean noticent_server_stopped"),
        ({"": [EMAIL]}, {}, "The alert_name of an alert is empty."),
        ({SILENT: [{"channel": " "}]}, {}, f"The channel of a subscription to {SILENT} is empty."),
        ({SILENT: [{"channel": "slack", "slack_url": ""}]}, {}, "The slack_url of a subscription"),
        ({SILENT: [{**SLACK, "channel": "email"}]}, {}, "has a slack_url, so its channel must be slack."),
        ({SILENT: [EMAIL]}, {"stack": "Nowhere"}, "Nowhere"),
        ({SILENT: [EMAIL]}, {"stack": None, "application_group": " "}, "The option application_group is empty."),
    ],
)
def test_invalid_options(sim, notify, alerts, args, words):
    result = notify(alerts, **args).result
    assert (result["failed"], result["changed"]) == (True, False)
    assert words in result["msg"]
    assert URL not in result["msg"]
    assert not sim.writes


def test_an_alert_that_is_given_twice(sim, run_module):
    alerts = [{"alert_name": SILENT, "subscriptions": []}] * 2
    result = run_module("c66_notification", stack="Awesome App", alerts=alerts).result
    assert result["msg"] == f"The alert {SILENT} is given twice."
    assert not sim.requests


def test_scopes(sim, notify):
    assert notify({SILENT: [EMAIL]}, api_token=PUBLIC_TOKEN).result["changed"]
    args = {"stack": None, "application_group": "production-apps", "purge": True}
    result = notify({SILENT: [EMAIL]}, api_token=PUBLIC_TOKEN, **args).result
    assert (result["failed"], result["status"]) == (True, 403)
    assert "the scope admin" in result["msg"]
    sim.world.add_token(2, {"admin"}, "no-public-token-66")
    assert "the scope public" in notify({SILENT: [BROWSER]}, api_token="no-public-token-66").result["msg"]
