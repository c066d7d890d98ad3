# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Managed backups of stacks, the schedules that make them, and the files that they consist of."""

from __future__ import annotations

from typing import Any

from ..answers import ApiError
from ..seed import BACKUP_GROUP
from ..shapes import Row
from ..storage import signed_url
from ..world import World
from . import Call, must_find, operation, the_stack

KINDS = ("mysql", "postgresql", "redis", "mongodb")


@operation("list_backups", grow=lambda world, call: world.add_backup(call.path["stack_id"], BACKUP_GROUP))
def list_backups(world: World, call: Call) -> list[Row]:
    rows = world.backups[the_stack(world, call)["uid"]]
    if "group" in call.query:
        rows = [row for row in rows if world.backup_groups[row["id"]] == call.query["group"]]
    if "db_type" in call.query:
        rows = [row for row in rows if row["db_type"] == call.query["db_type"]]
    return rows


@operation("get_backup")
def get_backup(world: World, call: Call) -> Row:
    return must_find(world.backups[the_stack(world, call)["uid"]], "id", call.path["backup_id"])


@operation("create_backup")
def create_backup(world: World, call: Call) -> Row:
    """Add a schedule, which cannot be read, or import a backup. Backups appear after the setting backup_seconds."""
    uid = the_stack(world, call)["uid"]
    if "remote_url" in call.body:
        return _import(world, uid, call.body)
    kinds = _kinds(world, uid, call.body.get("db_type") or "all")
    world.backup_schedules.append({"stack_uid": uid, **call.body})
    group = BACKUP_GROUP + 1000 + len(world.backup_schedules)
    made: dict[str, Any] = {
        "skip_tables": call.body.get("excluded_tables") or "",
        "logical_backup": call.body.get("logical_backup"),
        "backup_status": int(world.settings.backup_failure is not None),
        "backup_result": world.settings.backup_failure or "",
    }

    def first_run() -> None:
        for kind in kinds:
            world.add_backup(uid, group, now=True, db_type=kind, **made)

    world.schedule.at(world.now() + world.settings.backup_seconds, first_run)
    return {"ok": True, "message": None}


def _import(world: World, uid: str, body: Row) -> Row:
    """Import a backup into a group that has backups. A failure is the one of the setting backup_failure."""
    known = {world.backup_groups[row["id"]] for row in world.backups[uid]}
    if body["group"] not in known or body["db_type"] not in KINDS:
        raise ApiError(400, "group or db_type is unknown")
    world.backup_imports.append({"stack_uid": uid, **body})
    failure = world.settings.backup_failure
    made: Row = {"db_type": body["db_type"], "backup_status": int(failure is not None), "backup_result": failure or ""}

    def end() -> None:
        world.add_backup(uid, body["group"], now=True, **made)

    world.schedule.at(world.now() + world.settings.backup_seconds, end)
    return {"ok": True, "message": None}


def _kinds(world: World, stack_uid: str, text: str) -> list[str]:
    """The kinds of database to back up: those that were named, or all that the stack has."""
    if text == "all":
        roles = {role for server in world.servers[stack_uid] for role in server["server_roles"]}
        return [kind for kind in KINDS if kind in roles]
    kinds = [kind.strip() for kind in text.split(",")]
    if not set(kinds) <= set(KINDS):
        raise ApiError(400, f"db_type must be all or some of {', '.join(KINDS)}")
    return kinds


@operation("list_backup_files")
def list_backup_files(world: World, call: Call) -> list[Row]:
    return [{"id": row["id"], "name": row["name"]} for row in world.files_of(get_backup(world, call))]


@operation("get_backup_file")
def get_backup_file(world: World, call: Call) -> Row:
    """Return a signed URL that expires. Its percent signs are encoded a second time."""
    backup = get_backup(world, call)
    row = must_find(world.files_of(backup), "id", call.path["file_id"])
    origin = world.settings.storage_url or f"http://{call.host}"
    return {"ok": True, "public_url": signed_url(world, origin, backup["id"], row["id"]).replace("%", "%25")}
