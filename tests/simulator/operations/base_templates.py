# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base templates, which are pulled and verified in the background."""

from __future__ import annotations

from .. import shapes
from ..answers import ApiError
from ..shapes import Row
from ..world import World
from . import Call, must_find, operation, the_account_id

QUEUED, PULLING, AVAILABLE = 2, 3, 6
FAILURES = {"connection_error": 5, "verification_error": 7}
WRITTEN = ("name", "short_name", "git_repo", "git_branch")


def _one_more(world: World, call: Call) -> Row:
    return world.add_base_template(the_account_id(world, call), front=True)


@operation("list_base_templates", grow=_one_more)
def list_base_templates(world: World, call: Call) -> list[Row]:
    return [_shown(row) for row in _all(world, call)]


@operation("get_base_template")
def get_base_template(world: World, call: Call) -> Row:
    """The stencils and their content are only returned on request."""
    row = _the_template(world, call)
    if not call.query.get("include_stencils"):
        return _shown(row)
    hidden = {} if call.query.get("include_content") else {"content": None}
    return {**row, "stencils": [{**stencil, **hidden} for stencil in row["stencils"]]}


@operation("create_base_template")
def create_base_template(world: World, call: Call) -> Row:
    """The setting duplicate_templates decides about a second one of a repository and branch."""
    wanted = _wanted(call)
    if world.settings.duplicate_templates == "conflict" and any(_key(row) == _key(wanted) for row in _all(world, call)):
        raise ApiError(409, "There is a base template with this repository and branch")
    now = shapes.iso(world.now())
    created: Row = {"created_at_iso": now, "updated_at_iso": now, "last_sync_iso": None}
    blank: Row = {"name": None, "short_name": None}
    return _pulled(world, world.add_base_template(the_account_id(world, call), **{**blank, **wanted, **created}))


@operation("update_base_template")
def update_base_template(world: World, call: Call) -> Row:
    row = _the_template(world, call)
    row.update(_wanted(call), updated_at_iso=shapes.iso(world.now()))
    return _pulled(world, row) if world.settings.template_put else _shown(row)


@operation("delete_base_template")
def delete_base_template(world: World, call: Call) -> Row:
    row = _the_template(world, call)
    _all(world, call).remove(row)
    return _shown(row)


@operation("sync_base_template")
def sync_base_template(world: World, call: Call) -> Row:
    return _pulled(world, _the_template(world, call))


def _all(world: World, call: Call) -> list[Row]:
    return world.base_templates[the_account_id(world, call)]


def _the_template(world: World, call: Call) -> Row:
    return must_find(_all(world, call), "uid", call.path["base_template_id"])


def _key(row: Row) -> tuple[str, str]:
    return row["git_repo"], row["git_branch"]


def _wanted(call: Call) -> Row:
    given = call.body["base_template"]
    if not given["git_repo"].strip() or not given["git_branch"].strip():
        raise ApiError(400, "git_repo or git_branch is empty")
    return {name: given[name] for name in WRITTEN if name in given}


def _pulled(world: World, row: Row) -> Row:
    """Queue a base template to be pulled. Returns the answer."""
    failure = world.settings.template_failure
    seconds = world.settings.template_seconds

    def end() -> None:
        row["status"] = FAILURES[failure] if failure else AVAILABLE
        if not failure:
            row["last_sync_iso"] = shapes.iso(world.later(row["uid"]))

    row["status"] = QUEUED
    answer = _shown(row)
    world.schedule.at(world.now() + seconds / 2, lambda: row.update(status=PULLING))
    world.schedule.at(world.now() + seconds, end)
    return answer


def _shown(row: Row) -> Row:
    return {**row, "stencils": None}
