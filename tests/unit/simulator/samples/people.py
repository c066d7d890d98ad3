# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Valid requests for users, gateways and failover groups."""

from __future__ import annotations

from unit.simulator.sample_requests import STACK


def values(world):
    def new_gateway():
        return {"id": world.add_gateway()["id"]}

    def new_group():
        return {"fg_id": world.add_failover_group(secondary_stack_uid=STACK)["uid"]}

    profile = {
        "account_profile": {"can_create_stack": True},
        "stack_profiles": [{"stack_uid": STACK, "role": "Viewer"}],
    }
    group = {"primary_stack_uid": STACK, "secondary_stack_uid": "", "current_stack": 1}
    # The contract has the id as a text in these paths only.
    account = {"account_id": "139"}
    return {
        "update_user": {"body": {"access_profile": profile}},
        "list_gateways": account,
        "create_gateway": {**account, "body": {"name": "new", "ttl": 60}},
        "update_gateway": {**account, "body": {"ttl": 60}, "prepare": new_gateway},
        "delete_gateway": {**account, "prepare": new_gateway},
        "create_failover_group": {"body": group},
        "update_failover_group": {"body": group, "prepare": new_group},
        "delete_failover_group": {"prepare": new_group},
    }
