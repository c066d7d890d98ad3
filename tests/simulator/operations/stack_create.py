# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates stacks, which appear in the list only after a while."""

from __future__ import annotations

from .. import shapes
from ..answers import ApiError
from ..shapes import Row
from ..world import World
from ..yamls import check_yaml
from . import Call, operation, the_account_id, the_email

ANALYSING, SUCCESS, TERMINAL_FAILURE = 3, 1, 7
SERVERS = {"single": 1, "multi": 3}


@operation("create_stack")
def create_stack(world: World, call: Call) -> Row:
    """Create a stack. Its UID is not in the answer, and its action can be read once the stack is listed."""
    body = call.body
    key = {
        "name": body["name"],
        "environment": body["environment"],
        "account_id": the_account_id(world, call),
    }
    _check(world, body, key)
    uid = shapes.digest(f"created stack {world.number('created stack')}")
    world.actions[uid] = []
    world.creating[uid] = key

    def appear() -> None:
        if uid in world.creating:
            _appear(world, uid, body)

    def done() -> None:
        appear()
        for _number in range(SERVERS.get(body.get("build_type", ""), 1)):
            world.add_server(uid)
        first = shapes.deployment(world.number("deployment", 100_000_000), world.stack(uid))
        moment = shapes.iso(world.now())
        first.update(started_at=moment, finished_at=moment, outcome=dict(shapes.SUCCEEDED), is_head=True, is_live=True)
        world.deployments[uid] = [first]
        world.stack(uid).update(status=SUCCESS, health=3, is_busy=False)

    def failed() -> None:
        appear()
        world.stack(uid).update(status=TERMINAL_FAILURE, health=4, is_busy=False)

    world.schedule.at(world.now() + world.settings.create_visible_seconds, appear)
    user, seconds = the_email(world, call), world.settings.create_seconds
    return world.start_action(uid, "stack_create", user=user, seconds=seconds, then=done, otherwise=failed)


def _check(world: World, body: Row, key: Row) -> None:
    for name in ("name", "environment", "service_yaml"):
        if not body[name].strip():
            raise ApiError(400, f"{name} is empty")
    if not body.get("manifest_yaml") and not all(body.get(name) for name in ("cloud", "region", "size", "build_type")):
        raise ApiError(400, "cloud, region, size and build_type are required without manifest_yaml")
    for name in ("service_yaml", "manifest_yaml"):
        check_yaml(name, body.get(name) or "")
    existing = [{name: row.get(name) for name in key} for row in world.stacks]
    if world.settings.duplicate_stacks == "conflict" and key in [*existing, *world.creating.values()]:
        raise ApiError(409, "A stack with this name and environment exists")


def _appear(world: World, uid: str, body: Row) -> None:
    """Add the new stack to the list, in the state it has while it is built."""
    now = world.now()
    key = world.creating.pop(uid)
    moments: Row = {"created_at": shapes.spaced(now), "created_at_iso": shapes.iso(now)}
    cloud = body.get("cloud") or None
    state: Row = {"status": ANALYSING, "health": 1, "is_busy": True, "framework": "docker", "maintenance_mode": False}
    stack = world.add_stack(uid=uid, cloud=cloud, git=None, git_branch=None, **key, **moments, **state)
    world.move(stack)
    world.deployments[uid] = []
    for rows, name in ((world.service_yamls, "service_yaml"), (world.manifest_yamls, "manifest_yaml")):
        text = body.get(name)
        rows[uid] = [shapes.version(shapes.digest(f"{name} {uid}")[:8], text, None, now)] if text else []
