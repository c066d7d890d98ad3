# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments of a stack."""

from __future__ import annotations

from ..answers import ApiError
from ..shapes import Row, deployment
from ..world import World
from . import Call, must_find, operation, the_email, the_stack


def _add_row(world: World, call: Call) -> Row:
    stack = the_stack(world, call)
    row = deployment(world.number("deployment", 100_000_000), stack)
    world.deployments[stack["uid"]].insert(0, row)
    return row


@operation("list_deployments", grow=_add_row)
def list_deployments(world: World, call: Call) -> list[Row]:
    return world.deploys.visible(the_stack(world, call)["uid"])


@operation("get_deployment")
def get_deployment(world: World, call: Call) -> Row:
    return must_find(world.deploys.visible(the_stack(world, call)["uid"]), "id", call.path["deployment_id"])


@operation("create_deployment")
def create_deployment(world: World, call: Call) -> Row:
    """Start or queue a deployment. Empty strings, which Cloud 66's own client sends, count as unset."""
    body = call.body
    queued, action = world.deploys.ask(
        the_stack(world, call), the_email(world, call), body.get("git_ref") or None, body.get("user_reference") or None
    )
    answer: Row = {"ok": True, "message": "Stack queued for redeployment"}
    if world.settings.deploy_answer == "brief":
        return answer
    action_id = action["id"] if action and world.settings.deploy_answer == "full" else None
    return {**answer, "queued": queued, "async_action_id": action_id}


@operation("cancel_deployment")
def cancel_deployment(world: World, call: Call) -> Row:
    stack = the_stack(world, call)
    row = must_find(world.deploys.visible(stack["uid"]), "id", call.path["deployment_id"])
    if not world.deploys.cancel(stack["uid"], row) and world.settings.cancel_finished == "conflict":
        raise ApiError(409, "The deployment is not running")
    return {"ok": True, "message": None}
