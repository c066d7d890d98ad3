# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Valid requests for alerts and their subscriptions."""

from __future__ import annotations

from unit.simulator.sample_requests import STACK


def values(world):
    alerts = [{"alert_name": world.notifications[STACK][0]["alert_name"], "subscriptions": [{"channel": "email"}]}]
    group = "production-apps"
    return {
        "alert_name": alerts[0]["alert_name"],
        "get_stack_alert": {"alert_name": world.alerts[STACK][0]["name"]},
        "update_notifications": {"body": {"alerts": alerts}},
        "application_group_name": group,
        "update_application_group_notifications": {"body": {"application_group_name": group, "alerts": alerts}},
        "update_application_group_notifications_by_name": {"body": {"alerts": alerts}},
    }
