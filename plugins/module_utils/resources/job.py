# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scheduled and on-demand jobs of stacks."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from ..api.errors import Cloud66Error
from .base import Is, Place, Resource, Write, by_name, did_you_mean
from .command import Command, Plan
from .fields import Codes, Row
from .keyed import ByKey, Keyed, Values
from .keyed import Plan as KeyedPlan
from .places import IN_STACK


class Job(Resource):
    """A job. Source: list_jobs, get_job (job_id)."""

    noun = "job"
    plural = "jobs"
    subject = "Services and jobs"
    schema = "Job"
    scope = "public"
    parent = IN_STACK
    path = ("jobs",)
    key = ("name",)
    lookup = ("uid", "name")
    adds = {"stack_uid": "uid"}
    fields = {"status": Codes({"updated": 0, "started": 1, "success": 2, "failed": 3})}
    filters = {"name": Is("name"), "type": Is("type"), "paused": Is("paused", type="bool")}
    by_identity = ("job_id", "str")


class PausedJob(Job, Keyed):
    """Whether jobs run on their schedules: the named ones, or all. Not all answers of the API say so.

    Source: list_jobs, pause_job, unpause_job, pause_all_jobs, unpause_all_jobs.
    """

    key = ("uid",)
    value_field = "paused"
    wanted = True
    refers_to = ("jobs",)

    def exported(self) -> Values:
        rows = [row for row in self.all() if self.is_readable(row)]
        states = {True: "paused", False: "unpaused"}
        return {name: states[row["paused"]] for name, row in by_name(rows, "name", "uid").items()}

    def given(self) -> Values:
        if self.params.get("args") is not None:
            raise Cloud66Error("args is only for state: run.")
        return dict.fromkeys(self.params["jobs"] or (), self.wanted)

    def targets(self, given: Values, rows: ByKey) -> Values:
        if self.params["jobs"] is None:
            return dict.fromkeys(rows, self.wanted)
        return {row["uid"]: self.wanted for name in given for row in rows.values() if name in (row["uid"], row["name"])}

    def refusals(self, plan: KeyedPlan, rows: ByKey) -> list[str]:
        names = [str(row[field]) for row in rows.values() for field in self.lookup]
        available = ", ".join(sorted(str(row["name"]) for row in rows.values()))
        otherwise = f"Available: {available}." if rows else "There are none."
        return [
            f"No job of {self.place.label} matches {name!r}.{did_you_mean(name, names, otherwise)}"
            for name in self.params["jobs"] or ()
            if name not in names
        ]

    def title_of(self, key: str, rows: ByKey) -> str:
        return str(rows[key]["name"])

    def same(self, row: Row, value: Any) -> bool:
        return row.get("paused") is value

    def is_readable(self, row: Row) -> bool:
        return row.get("paused") is not None

    def writes(self, plan: KeyedPlan, rows: ByKey) -> list[Write]:
        """One call for all jobs of the stack, or one for each of some."""
        verb = "pause" if self.wanted else "unpause"
        if set(plan.set) == set(rows) and len(rows) > 1:
            return [self._call((f"{verb}_all",), self.label, tuple(plan.set))]
        return [self._call((uid, verb), f"the {self.name_of({'uid': rows[uid]['name']})}", (uid,)) for uid in plan.set]

    def _call(self, path: tuple[str, ...], label: str, keys: tuple[str, ...]) -> Write:
        api = self.client.labelled(label, self.scope)
        send = partial(api.write, "POST", (*self.place.path, *self.path, *path), retry=False)
        return Write(label, send, keys, starts_action=True)


class UnpausedJob(PausedJob):
    """Jobs that run on their schedules. Source: list_jobs, unpause_job, unpause_all_jobs."""

    wanted = False


class JobSnapshot(NamedTuple):
    """A stack, and the job to run."""

    place: Place
    job: Row


class JobRun(Job, Command[JobSnapshot]):
    """One run of a job, whatever its schedule, each time it is wanted. Source: list_jobs, run_job (state: run)."""

    action = "job_run"

    def snapshot(self) -> JobSnapshot:
        if len(self.params["jobs"]) != 1:
            raise Cloud66Error("Only one job can be run at a time.")
        return JobSnapshot(self.place, self.pick(self.params["jobs"][0]))

    def plan(self, snapshot: JobSnapshot) -> Plan:
        ran = {"job": snapshot.job["name"], "args": self.params["args"]}
        return Plan(True, None, snapshot.job, {}, ran)

    def where(self, snapshot: JobSnapshot) -> str:
        return f"job {snapshot.job['name']} of {snapshot.place.label}"

    def start(self, snapshot: JobSnapshot) -> Any:
        body = {} if self.params["args"] is None else {"job_args": self.params["args"]}
        api = self.client.labelled(self.where(snapshot), self.scope)
        # The documentation has the arguments in the query, and Cloud 66's own client in the body.
        path = (*snapshot.place.path, *self.path, snapshot.job["uid"], "run_now")
        return api.write("POST", path, body, retry=False, query=body)

    def find_again(self, snapshot: JobSnapshot, since: float) -> Row | None:
        """A run cannot be told from another of the same time, so a lost one is not guessed."""
        return None

    def searched(self, snapshot: JobSnapshot) -> str:
        return f"for certain: the actions of {snapshot.place.label} do not name their job"
