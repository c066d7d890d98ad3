# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs of stacks. All actions that pause or unpause have one name, as in Cloud 66."""

from __future__ import annotations

from ..shapes import Row
from ..world import World
from . import Call, change, must_find, operation, start, the_stack

HANDLER = "job_pause_handler"


@operation("list_jobs")
def list_jobs(world: World, call: Call) -> list[Row]:
    return [_shown(world, row) for row in _jobs(world, call)]


@operation("get_job")
def get_job(world: World, call: Call) -> Row:
    return _shown(world, _the_job(world, call))


@operation("pause_job")
def pause_job(world: World, call: Call) -> Row:
    return _pause(world, call, [_the_job(world, call)], True)


@operation("unpause_job")
def unpause_job(world: World, call: Call) -> Row:
    return _pause(world, call, [_the_job(world, call)], False)


@operation("pause_all_jobs")
def pause_all_jobs(world: World, call: Call) -> Row:
    return _pause(world, call, _jobs(world, call), True)


@operation("unpause_all_jobs")
def unpause_all_jobs(world: World, call: Call) -> Row:
    return _pause(world, call, _jobs(world, call), False)


@operation("run_job")
def run_job(world: World, call: Call) -> Row:
    job = _the_job(world, call)
    call.notes["job"] = job["name"], call.query.get("job_args") or call.body.get("job_args")
    return start(world, call, "job_run", then=lambda: job.update(status=2))


def _pause(world: World, call: Call, rows: list[Row], paused: bool) -> Row:
    def switch() -> None:
        for row in rows:
            row["paused"] = paused

    return change(world, call, HANDLER, switch)


def _jobs(world: World, call: Call) -> list[Row]:
    return world.jobs[the_stack(world, call)["uid"]]


def _the_job(world: World, call: Call) -> Row:
    return must_find(_jobs(world, call), "uid", call.path["job_id"])


def _shown(world: World, row: Row) -> Row:
    return row if world.settings.job_paused else {name: value for name, value in row.items() if name != "paused"}
