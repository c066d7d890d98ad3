# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The alerts of a stack: who is notified of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from ..api.client import Client
from ..api.errors import AnswerLostError, Cloud66Error
from .base import Filter, Is, Parent, PartlyAppliedError, Place, Resource, Write, did_you_mean
from .fields import Row, Rows, Secret, enumerated
from .keyed import ByKey, Keyed, Plan, Values
from .places import IN_STACK, STACK

# Whoever knows such a URL can post to the channel.
URLS = {"slack_url": Secret(), "webhook_url": Secret()}
# What a subscription consists of.
PARTS = ("channel", *URLS)


class _OnStackOrGroup(Parent):
    """The stack that `stack` and `environment` name, or the application group `application_group`."""

    arguments = {**STACK, "application_group": {"type": "str"}}
    subject = IN_STACK.subject

    def find(self, client: Client, params: Mapping[str, Any]) -> Place:
        group = params["application_group"]
        if group is None:
            return IN_STACK.find(client, params)
        return Place(("application_groups",), f"application group {group}")


class HasChannel(Filter):
    """Keeps the alerts with a subscription to this channel."""

    def keeps(self, row: Row, wanted: Any) -> bool:
        return any(each.get("channel") == wanted for each in row.get("subscriptions") or [])


class IsSubscribed(Filter):
    """Keeps the alerts that have subscriptions, or those that have none."""

    def keeps(self, row: Row, wanted: Any) -> bool:
        return bool(row.get("subscriptions")) == wanted


class Notification(Resource):
    """An alert of a stack and the subscriptions to it. Source: list_notifications, get_notification (alert_name)."""

    noun = "notification"
    plural = "notifications"
    schema = "Notification"
    scope = "public"
    parent = IN_STACK
    path = ("notifications",)
    identity = "alert_name"
    key = ("alert_name",)
    adds = {"stack_uid": "uid"}
    fields = {"subscriptions": Rows(URLS)}
    by_identity = ("alert_name", "str")
    filters = {
        "channel": HasChannel("subscriptions"),
        "subscribed": IsSubscribed("subscriptions", type="bool"),
    }
    reveals = {"include_urls": tuple(URLS)}


class Subscriptions(Notification, Keyed):
    """The subscriptions to alerts, of a stack or of an application group. Those of a group cannot be read.

    Source: list_notifications.
    """

    parent = _OnStackOrGroup()
    value_field = "subscriptions"
    starts_actions = False
    refers_to = ("application_group",)

    @property
    def _group(self) -> str | None:
        name: str | None = self.params["application_group"]
        return name

    def all(self) -> list[Row]:
        """The alerts of the stack; of a group, those that the task names, without subscriptions."""
        if self._group is not None:
            return [{"alert_name": name} for name in self.given()]
        return [{**row, "subscriptions": row.get("subscriptions") or []} for row in super().all()]

    def given(self) -> Values:
        given: dict[str, list[Row]] = {}
        for alert in self.params["alerts"]:
            name = alert["alert_name"]
            if name in given:
                raise Cloud66Error(f"The alert {name} is given twice.")
            given[name] = _distinct(_checked(name, each) for each in alert["subscriptions"])
        if not all(map(str.strip, given)):
            raise Cloud66Error("The alert_name of an alert is empty.")
        if self._group is not None and not self.params["purge"]:
            raise Cloud66Error(
                "The subscriptions of an application group cannot be read, so none can be kept: set purge: true to"
                " replace those of the given alerts, on every stack of the group."
            )
        return given

    def targets(self, given: Values, rows: ByKey) -> Values:
        """All subscriptions are sent, because a write replaces them."""
        if self.params["purge"]:
            return given
        return {name: _distinct([*_existing(rows.get(name, {})), *wanted]) for name, wanted in given.items()}

    def same(self, row: Row, value: Any) -> bool:
        return self.is_readable(row) and set(map(_identity, _existing(row))) == set(map(_identity, value))

    def is_readable(self, row: Row) -> bool:
        return "subscriptions" in row

    def refusals(self, plan: Plan, rows: ByKey) -> list[str]:
        return [f"There is no alert {name} of {self.place.label}.{_near(name, rows)}" for name in plan.added]

    def warnings(self, plan: Plan, rows: ByKey) -> list[str]:
        if self._group is None:
            return []
        what = f"The subscriptions of {self.place.label}"
        return [f"{what} cannot be read: they are sent each time, and a change is always reported."]

    def shown(self, keys: Iterable[str], rows: ByKey) -> list[Row]:
        """Of a group, what was sent."""
        if self._group is None:
            return super().shown(keys, rows)
        return [{"alert_name": name, "subscriptions": value} for name, value in self.given().items()]

    def writes(self, plan: Plan, rows: ByKey) -> list[Write]:
        """One call for all alerts. Source: update_notifications."""
        alerts = [{"alert_name": name, "subscriptions": value} for name, value in plan.set.items()]
        if self._group is not None:
            return [self._write_of_group(alerts)]
        return [self._write(self.scope, (*self.place.path, *self.path), {"alerts": alerts})]

    def _write_of_group(self, alerts: list[Row]) -> Write:
        """The call that sets the subscriptions of every stack in a group, which needs the scope admin.

        Source: update_application_group_notifications (application_group).
        """
        body = {"application_group_name": self._group, "alerts": alerts}
        write = self._write("admin", (*self.place.path, *self.path), body)
        # Whether it was applied can never be known.
        return write._replace(repeatable=False)

    def _write(self, scope: str | None, path: tuple[Any, ...], body: Row) -> Write:
        api = self.client.labelled(self.label, scope)
        names = tuple(alert["alert_name"] for alert in body["alerts"])
        return Write(self.label, partial(self._sent, api, path, body, names), names)

    def _sent(self, api: Client, path: tuple[Any, ...], body: Row, names: tuple[str, ...]) -> Any:
        """Send the alerts. Cloud 66 answers 200 even if it refuses some of them."""
        answer = api.write("PATCH", path, body, retry=False)
        if not isinstance(answer, dict) or not {"successes", "failures"} <= set(answer):
            raise AnswerLostError(f"Cloud 66's answer to the change of {self.label} does not say what was applied.")
        refused = _problems(answer, "failures", "no reason given")
        skipped = _problems(answer, "not_applicable", "not applicable")
        if self._group is not None:
            # It is normal that not every alert applies to every stack.
            if skipped:
                api.warn(f"Cloud 66 skipped alerts of {self.place.label}: {_listed(skipped)}.")
        else:
            refused.update(skipped)
        if refused or _count(answer, "failures"):
            applied = tuple(
                name for name in _problems(answer, "successes", "") if name in names and name not in refused
            )
            what = f"these alerts of {self.place.label}: {_listed(refused)}" if refused else f"some of {self.label}"
            done = f"It set {enumerated(applied)}." if applied else "It set no other."
            raise PartlyAppliedError(f"Cloud 66 did not set {what}. {done}", applied)
        return None


class HasEnabled(Filter):
    """Keeps the alerts with an enabled channel of this type."""

    def keeps(self, row: Row, wanted: Any) -> bool:
        channels = row.get("channels") or []
        return any(each.get("type") == wanted and each.get("enabled", True) for each in channels)


class StackAlert(Resource):
    """An alert setting of a stack, as only the new API site documents it.

    Source: list_stack_alerts, get_stack_alert (name).
    """

    noun = "alert"
    plural = "alerts"
    schema = "StackAlert"
    scope = "public"
    parent = IN_STACK
    path = ("alerts",)
    identity = "name"
    key = ("name",)
    adds = {"stack_uid": "uid"}
    fields = {"channels": Rows({"webhook_url": URLS["webhook_url"]})}
    by_identity = ("name", "str")
    filters = {"channel": HasEnabled("channels"), "active": Is("active", type="bool")}
    reveals = {"include_urls": "webhook_url"}


def _checked(alert: str, given: Mapping[str, Any]) -> Row:
    """A subscription as it is sent. Raises Cloud66Error, which quotes no URL, for an invalid one."""
    found = {name: given[name] for name in PARTS if given.get(name) is not None}
    blank = [name for name, text in found.items() if not text.strip()]
    if blank:
        raise Cloud66Error(f"The {blank[0]} of a subscription to {alert} is empty.")
    for name in URLS:
        channel = name.partition("_")[0]
        if name in found and found["channel"] != channel:
            raise Cloud66Error(f"A subscription to {alert} has a {name}, so its channel must be {channel}.")
    return found


def _existing(row: Row) -> list[Row]:
    return row.get("subscriptions") or []


def _identity(subscription: Row) -> tuple[Any, ...]:
    return tuple(subscription.get(name) or None for name in PARTS)


def _distinct(subscriptions: Iterable[Row]) -> list[Row]:
    by_identity: dict[Any, Row] = {}
    for each in subscriptions:
        by_identity.setdefault(_identity(each), each)
    return list(by_identity.values())


def _problems(answer: Row, part: str, otherwise: str) -> dict[str, str]:
    """The alerts in a part of an answer, which Cloud 66 names or describes, with the reasons."""
    alerts = (answer.get(part) or {}).get("alerts") or []
    rows = [alert if isinstance(alert, dict) else {"alert_name": str(alert)} for alert in alerts]
    return {row["alert_name"]: row.get("reason") or otherwise for row in rows}


def _count(answer: Row, part: str) -> int:
    return int((answer.get(part) or {}).get("count") or 0)


def _listed(problems: Mapping[str, str]) -> str:
    return enumerated(f"{name} ({reason})" for name, reason in problems.items())


def _near(name: str, rows: ByKey) -> str:
    """Alerts with similar names, or else all alerts."""
    return did_you_mean(name, rows, f"Available: {', '.join(sorted(rows))}." if rows else "There are none.")
