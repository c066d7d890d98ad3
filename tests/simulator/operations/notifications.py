# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The alerts of stacks and the subscriptions to them."""

from __future__ import annotations

from ..answers import ApiError
from ..shapes import Row
from ..world import World, find
from . import Call, must_find, operation, the_stack


@operation("list_notifications")
def list_notifications(world: World, call: Call) -> list[Row]:
    return world.notifications[the_stack(world, call)["uid"]]


@operation("get_notification")
def get_notification(world: World, call: Call) -> Row:
    return must_find(world.notifications[the_stack(world, call)["uid"]], "alert_name", call.path["alert_name"])


@operation("update_notifications")
def update_notifications(world: World, call: Call) -> Row:
    return _update(world, call, [the_stack(world, call)["uid"]])


@operation("update_application_group_notifications")
def update_application_group_notifications(world: World, call: Call) -> Row:
    return _update_group(world, call, call.body["application_group_name"])


@operation("update_application_group_notifications_by_name")
def update_application_group_notifications_by_name(world: World, call: Call) -> Row:
    return _update_group(world, call, call.path["application_group_name"])


@operation("list_stack_alerts")
def list_stack_alerts(world: World, call: Call) -> list[Row]:
    return world.alerts[the_stack(world, call)["uid"]]


@operation("get_stack_alert")
def get_stack_alert(world: World, call: Call) -> Row:
    return must_find(world.alerts[the_stack(world, call)["uid"]], "name", call.path["alert_name"])


def _update_group(world: World, call: Call, name: str) -> Row:
    if name not in world.application_groups:
        raise ApiError(404)
    return _update(world, call, world.application_groups[name])


def _update(world: World, call: Call, stack_uids: list[str]) -> Row:
    """Set the subscriptions of each alert, unless there is no such alert or a setting says that it cannot be set."""
    successes: list[str] = []
    skipped: list[Row] = []
    failures: list[Row] = []
    for alert in call.body["alerts"]:
        name = alert["alert_name"]
        if name in world.settings.notification_failures.split(","):
            failures.append({"alert_name": name, "reason": "The channel is broken"})
        elif name in world.settings.not_applicable_alerts.split(","):
            skipped.append({"alert_name": name, "reason": "not applicable to this stack"})
        elif not all(find(world.notifications[uid], "alert_name", name) for uid in stack_uids):
            failures.append({"alert_name": name, "reason": "There is no such alert"})
        else:
            for uid in stack_uids:
                _set(world, must_find(world.notifications[uid], "alert_name", name), alert.get("subscriptions") or [])
            successes.append(name)
    parts = {"successes": successes, "not_applicable": _named(world, skipped), "failures": _named(world, failures)}
    return {part: {"alerts": alerts, "count": len(alerts)} for part, alerts in parts.items()}


def _set(world: World, row: Row, subscriptions: list[Row]) -> None:
    if not subscriptions and world.settings.empty_subscriptions == "ignore":
        return
    kept = row["subscriptions"] if world.settings.subscriptions_write == "merge" else []
    row["subscriptions"] = [*kept, *(each for each in subscriptions if each not in kept)]


def _named(world: World, problems: list[Row]) -> list[Row] | list[str]:
    if world.settings.notification_problems == "names":
        return [problem["alert_name"] for problem in problems]
    return problems
