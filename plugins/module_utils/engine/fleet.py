# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many stacks at once: what is declared for each is planned with the modules' own plans, and then applied.

All stacks are planned before the first write. A stack that fails does not stop the others.
"""

from __future__ import annotations

import hmac
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, NamedTuple

from ..api.client import Client, Memory
from ..api.errors import Cloud66Error
from ..api.limits import HOUR
from ..api.parallel import Readers, check_workers
from ..api.settings import NAMES
from ..resources.fields import Row
from ..resources.stack import the_stack
from . import wait
from .censor import names_in, secrets_in
from .overview import Overview
from .run import Arguments, Module, Result, Run, outcome, validated
from .write import Planned, Task, WritingModule

NEVER, WHEN_CHANGED, ALWAYS = DEPLOYS = ("never", "when_changed", "always")
# From this number of requests on, the user is told before they are sent.
MANY_REQUESTS = 100
# The number of stacks between two lines that show the progress.
STEP = 100
# That of the plan's format.
VERSION = 1
# With fewer things of a kind, only the removal of all of them is refused.
FEW = 10
# The number of stacks that the message about failures names, and that of files in a warning.
MOST_NAMED = 5
WORDS = ("added", "changed", "removed")
# The options that the task of each kind takes over.
SHARED = (*NAMES, *wait.ARGUMENTS)

ARGUMENTS: Arguments = {
    "approved_plan": {"type": "path"},
    "purge_limit": {"type": "int", "default": 30},
    "force": {"type": "bool", "default": False},
    "workers": {"type": "int", "default": 16},
    "canary": {"type": "str"},
    "deploy_batch": {"type": "int", "default": 4},
    "max_failures": {"type": "int", "default": 1},
    "overview": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int", "default": 3600},
    "wait_interval": wait.ARGUMENTS["wait_interval"],
}


class Kind(NamedTuple):
    """What can be declared for a stack: the module that changes it, and the type of the declared value (`form`).

    `tasks` returns the tasks that a value stands for: for each, what tells it from the others, and its options.
    `exported` reads the value of a stack: see fleet_export.py. If there is none, `not_exported` says why, and
    `is_extra` that it is only read if it is asked for.
    """

    name: str
    module: WritingModule
    form: type
    tasks: Callable[[Any], Iterable[tuple[str, Row]]]
    exported: Callable[[Kind, Client, Row], Any] | None = None
    not_exported: str = "The collection cannot export it."
    is_extra: bool = False

    @property
    def can_purge(self) -> bool:
        return "purge" in self.module.argument_spec


class Declared(NamedTuple):
    """What is declared for a stack, by kind. `host`: its name in the inventory. `stack`: its UID or name.

    `row`: what the inventory knows of it; {} if nothing. `purge`: the kinds of which everything else is removed.
    `deploy`: when to deploy, and `deployment`: the options of that task. `is_canary`: it is deployed before the others.
    `problem`: why its variables cannot be used.
    """

    host: str
    stack: str = ""
    row: Row = {}
    values: Mapping[str, Any] = {}
    purge: frozenset[str] = frozenset()
    deploy: str = NEVER
    deployment: Row = {}
    is_canary: bool = False
    problem: str = ""


class FleetModule(Module):
    """Plans and applies what is declared for many stacks. `of` gives it the stacks, whose variables it cannot read."""

    scope = "those of the modules whose variables are used"
    # It passes the variables of all hosts.
    has_own_action = True

    def __init__(self) -> None:
        super().__init__(ARGUMENTS)
        self.kinds: Sequence[Kind] = ()
        self.deployment: Module = self
        self.stacks: Sequence[Declared] | None = None
        self.ignored: Sequence[str] = ()

    def of(
        self, kinds: Sequence[Kind], deployment: Module, stacks: Sequence[Declared], ignored: Sequence[str] = ()
    ) -> FleetModule:
        """The same module for these stacks. `deployment`: the module that deploys one. `ignored`: the paths of files
        whose variables Ansible ignores."""
        module = FleetModule()
        module.kinds, module.deployment, module.stacks, module.ignored = kinds, deployment, stacks, ignored
        return module

    def work(self, run: Run) -> Result:
        if self.stacks is None:
            raise Cloud66Error(
                "c66_fleet reads the variables of all hosts, so it only runs on the controller: without become, async"
                " and another interpreter."
            )
        if self.ignored:
            run.warn(ignored_warning(self.ignored))
        return Fleet(run, self, [StackTask(run, self, declared) for declared in self.stacks]).result()


class Piece:
    """One task of a stack: its kind, what tells it from the others of its kind, and its parameters."""

    def __init__(self, kind: Kind, label: str, params: Mapping[str, Any]) -> None:
        self.kind, self.label, self.params = kind, label, params
        self.planned: Planned | None = None
        self.result: Result = {}
        # Whether the result is that of the change, and not that of the plan.
        self.is_applied = False

    @property
    def title(self) -> str:
        return f"{self.kind.name} ({self.label})" if self.label else self.kind.name

    @property
    def changes(self) -> dict[str, list[str]]:
        """The names of what is added, changed and removed, as far as there is anything."""
        found = self.planned.changes if self.planned else {}
        return {word: [self._named(name) for name in names] for word, names in found.items() if names}

    def _named(self, name: str) -> str:
        return name if self.label in ("", name) else f"{self.label}: {name}"


class OneStack:
    """A stack of the fleet, and what became of it. `state`: "failed" or "unreachable" (it could not be read), or else a
    word of the subclass."""

    state = ""

    def __init__(self, run: Run, declared: Declared) -> None:
        self.run, self.declared = run, declared
        self.censor = run.censor.branch()
        self.row = declared.row
        self.problems: list[str] = []

    @property
    def has_failed(self) -> bool:
        return self.state in ("failed", "unreachable")

    def fail(self, problem: str, state: str = "failed") -> None:
        """Record why it failed. A stack that could not be read stays unreachable."""
        self.problems.append(self.censor.text(problem))
        self.state = self.state if self.state == "unreachable" else state

    @property
    def _known(self) -> dict[tuple[Any, ...], Any]:
        """The answers that need no request."""
        return {("stacks", self.row["uid"]): {"response": self.row}} if self.row else {}

    def _found(self, memory: Memory) -> Row:
        run = self.run.part({"stack": self.declared.stack}, memory, self.censor, check_mode=True)
        return the_stack(run.client, run.params)

    def described(self) -> Result:
        problem = {"msg": " ".join(self.problems)} if self.problems else {}
        return {
            "stack": self.row.get("uid", self.declared.stack),
            "name": self.row.get("name"),
            "environment": self.row.get("environment"),
            "state": self.state,
            **problem,
        }


class StackTask(OneStack):
    """The tasks of one stack, and what became of them.

    `state`: "clean" (nothing differs), "differs" (nothing was changed), "changed", "failed", or "unreachable" (it could
    not be read).
    """

    def __init__(self, run: Run, module: FleetModule, declared: Declared) -> None:
        super().__init__(run, declared)
        self.module = module
        self.pieces: list[Piece] = []
        self.state = "clean"
        self.deployment: Result | None = None
        self.overview: Result = {}

    @property
    def differing(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.changes]

    @property
    def must_deploy(self) -> bool:
        wanted = self.declared.deploy
        return not self.has_failed and (wanted == ALWAYS or (wanted == WHEN_CHANGED and bool(self.differing)))

    # Planning

    def plan(self) -> None:
        """Read and compare. Sends no write."""
        if self.declared.problem:
            self.fail(self.declared.problem)
            return
        memory = Memory(self._known, grows=True)
        self._compare(memory)
        if self.run.params["overview"] and self.row:
            self.overview = self._read_overview(memory)

    def _compare(self, memory: Memory) -> None:
        try:
            self.row = self._found(memory)
        except Cloud66Error as error:
            self.fail(str(error), "unreachable")
            return
        try:
            self.pieces = list(self._declared())
        except Cloud66Error as error:
            self.fail(str(error))
            return
        for piece in self.pieces:
            self._run(piece, memory, check_mode=True)
            if piece.result.get("failed"):
                # Only what a request ran into has a URL. Otherwise the declaration is at fault.
                self.fail(f"{piece.title}: {piece.result['msg']}", "unreachable" if "url" in piece.result else "failed")
        if self.differing and not self.has_failed:
            self.state = "differs"

    def _read_overview(self, memory: Memory) -> Result:
        run = self.run.part({}, memory, self.censor, check_mode=True)
        overview = Overview(run.client, self.row).read()
        return self.censor.result({**overview, "notes": [*overview["notes"], *run.warnings]})

    def _declared(self) -> Iterator[Piece]:
        for kind in self.module.kinds:
            if kind.name not in self.declared.values:
                continue
            more = {"purge": True} if kind.name in self.declared.purge else {}
            try:
                for label, options in kind.tasks(self.declared.values[kind.name]):
                    yield Piece(kind, label, self._params(kind.module, {**options, **more}))
            except Cloud66Error as error:
                raise Cloud66Error(f"{kind.name}: {error}") from None

    def _params(self, module: Module, options: Row) -> dict[str, Any]:
        """The parameters of a task. Its secrets are hidden from now on."""
        spec = module.argument_spec
        shared = {name: value for name, value in self.run.params.items() if name in SHARED and name in spec}
        given = {**shared, "stack": self.row["uid"], **options}
        params = validated(module, {name: value for name, value in given.items() if value is not None})
        self.censor.hide(secrets_in(params, spec))
        self.censor.names |= names_in(params, {name: one for name, one in spec.items() if name not in NAMES})
        return params

    def _run(self, piece: Piece, memory: Memory, *, check_mode: bool) -> None:
        def work(run: Run) -> Result:
            task: Task = piece.kind.module.task(run)
            task.approve = partial(self._approve_plan if check_mode else self._approve_write, piece)
            return task.completed()

        piece.result = self._outcome(piece.kind.module, piece.params, memory, work, check_mode=check_mode)

    def _outcome(
        self,
        module: Module,
        params: Mapping[str, Any],
        memory: Memory,
        work: Callable[[Run], Result],
        *,
        check_mode: bool = False,
    ) -> Result:
        run = self.run.part(params, memory, self.censor, check_mode=check_mode)
        result = self.censor.result(outcome(module, run, work))
        for warning in run.warnings:
            self.run.warn(f"{self.declared.host}: {self.censor.text(warning)}")
        return result

    def _approve_plan(self, piece: Piece, planned: Planned) -> None:
        """Refuse to remove too much."""
        piece.planned = planned
        removed, limit = len(planned.changes["removed"]), self.run.params["purge_limit"]
        is_much = planned.existing >= FEW or removed == planned.existing
        if removed * 100 > planned.existing * limit and is_much and not self.run.params["force"]:
            raise Cloud66Error(
                f"{removed} of {planned.existing} would be removed, which is more than purge_limit ({limit} %). If they"
                " are to be removed, set force: true (with the playbook fleet, -e fleet_force=true)."
            )

    def fingerprint(self, key: str) -> str:
        """A hash of the whole plan, with its values, which cannot be recovered without the key."""
        evidence = [[piece.title, piece.planned.evidence] for piece in self.differing if piece.planned]
        text = json.dumps(evidence, sort_keys=True, default=str)
        return hmac.new(key.encode(), text.encode(), "sha256").hexdigest()[:32]

    # Applying

    def apply(self) -> None:
        """Carry out what was planned, in the order of the kinds, until something fails."""
        for piece in self.differing:
            self._run(piece, Memory(self._known), check_mode=False)
            piece.is_applied = True
            if piece.result.get("changed"):
                self.state = "changed"
            if piece.result.get("failed"):
                self.fail(f"{piece.title}: {piece.result['msg']}")
                return

    def _approve_write(self, piece: Piece, planned: Planned) -> None:
        """Refuse to change what is not as it was planned."""
        if piece.planned is None or planned.evidence != piece.planned.evidence:
            raise Cloud66Error("It has been changed by somebody else since it was planned. Nothing was written.")

    def deploy(self) -> None:
        module = self.module.deployment
        try:
            params = self._params(module, self.declared.deployment)
        except Cloud66Error as error:
            self.fail(f"deployment: {error}")
            return
        self.deployment = self._outcome(module, params, Memory(self._known), module.work)
        if self.deployment.get("failed"):
            self.fail(f"deployment: {self.deployment['msg']}")
        elif self.deployment["changed"]:
            self.state = "changed"

    # The result

    @property
    def has_changed(self) -> bool:
        """Whether something was changed or, in check mode, would be."""
        written = any(piece.is_applied and piece.result.get("changed") for piece in self.pieces)
        is_predicted = self.run.check_mode and (self.state == "differs" or self.must_deploy)
        return written or bool((self.deployment or {}).get("changed")) or is_predicted

    def described(self) -> Result:
        deployment = {"deployment": self.deployment.get("deployment")} if self.deployment else {}
        return {
            **super().described(),
            "changed": self.has_changed,
            "kinds": {name: self._of_kind(list(pieces)) for name, pieces in self._by_kind().items()},
            "must_deploy": self.must_deploy,
            **deployment,
            **({"overview": self.overview} if self.overview else {}),
        }

    def _by_kind(self) -> dict[str, list[Piece]]:
        found: dict[str, list[Piece]] = {}
        for piece in self.pieces:
            found.setdefault(piece.kind.name, []).append(piece)
        return found

    @staticmethod
    def _of_kind(pieces: list[Piece]) -> Result:
        """The names of what differs, and the results of the tasks that changed something or failed."""
        changes = {word: [name for piece in pieces for name in piece.changes.get(word, ())] for word in WORDS}
        results = [piece.result for piece in pieces if piece.changes or piece.result.get("failed")]
        is_applied = any(piece.is_applied and piece.result.get("changed") for piece in pieces)
        return {
            **changes,
            "applied": is_applied,
            "results": [{n: v for n, v in result.items() if n != "diff"} for result in results],
        }

    def diffs(self) -> list[Row]:
        return [piece.result["diff"] for piece in self.differing if piece.result.get("diff")]


class ManyStacks:
    """All stacks of a task."""

    def __init__(self, run: Run, stacks: Sequence[Any]) -> None:
        self.run, self.stacks = run, stacks

    def _each(self, verb: str, work: Callable[[Any], None], stacks: Sequence[Any], workers: int = 0) -> None:
        """Do work for each of these stacks, side by side."""
        with Readers[None](workers or self.run.params["workers"]) as readers:
            for stack in stacks:
                readers.start(stack.declared.host, partial(work, stack))
            for number, stack in enumerate(stacks, 1):
                readers.result(stack.declared.host)
                if number % STEP == 0:
                    self.run.log(f"{verb} {number} of {len(stacks)} stacks")

    def _read(self, read: Callable[[Any], None]) -> None:
        """Read one stack, to know how many requests the others take, and then the others."""
        first, rest = self.stacks[:1], self.stacks[1:]
        self._each("Read", read, first)
        self._announce(len(rest))
        self._each("Read", read, rest)

    def _announce(self, others: int) -> None:
        """Say how many requests follow. Raises Cloud66Error if the hourly limit does not allow them."""
        usage = self.run.client.usage
        needed, left = usage.requests * others, usage.rate_limit.remaining
        known = "" if left is None else f"; {left} of {usage.rate_limit.limit} are left in this hour"
        text = f"Reading {others} more stacks takes about {needed} requests{known}."
        if needed >= MANY_REQUESTS:
            self.run.notify(text)
        allowed = self.run.settings.throttle_wait
        if left is not None and needed > left and allowed < HOUR - self.run.client.now() % HOUR:
            raise Cloud66Error(
                f"{text} Nothing was changed. Set throttle_wait: {HOUR} to continue in the next hour, or select fewer"
                " hosts with --limit."
            )

    def _or_failed(self, result: Result) -> Result:
        """The result. Raises Cloud66Error with it if a stack has failed."""
        failed = {one.declared.host: one for one in self.stacks if one.has_failed}
        if failed:
            error = Cloud66Error(self._failures(failed))
            error.also = result
            raise error
        return result

    def _failures(self, failed: Mapping[str, Any]) -> str:
        named = [f"{host}: {' '.join(stack.problems)}" for host, stack in list(failed.items())[:MOST_NAMED]]
        more = [f"And {len(failed) - len(named)} more."] if len(failed) > len(named) else []
        return " ".join([f"{len(failed)} of {len(self.stacks)} stacks failed.", *named, *more])


class Fleet(ManyStacks):
    """All stacks of a task: planned together, then applied, and then deployed."""

    def __init__(self, run: Run, module: FleetModule, stacks: list[StackTask]) -> None:
        super().__init__(run, stacks)
        self.module = module
        self.deployments_failed = 0

    def result(self) -> Result:
        self._check_options()
        approved = self._approved_plan()
        try:
            self._read(StackTask.plan)
            if approved is not None:
                self._refuse_unapproved(approved)
            if not self.run.check_mode:
                self._each("Changed", StackTask.apply, [one for one in self.stacks if one.state == "differs"])
                self._deploy()
        except KeyboardInterrupt:
            self.run.notify(
                "Interrupted. What was started continues in Cloud 66. Run the same again to see what still differs."
            )
            raise
        return self._or_failed(self._described())

    def _check_options(self) -> None:
        params = self.run.params
        check_workers(params["workers"])
        if not 0 <= params["purge_limit"] <= 100:
            raise Cloud66Error(f"purge_limit must be from 0 to 100 percent, not {params['purge_limit']}.")
        for name in ("deploy_batch", "max_failures"):
            if params[name] < 1:
                raise Cloud66Error(f"{name} must be at least 1, not {params[name]}.")

    # Planning

    def _approved_plan(self) -> Row | None:
        """The plan in the file that the option names."""
        path = self.run.params["approved_plan"]
        if path is None:
            return None
        try:
            with open(os.path.expanduser(path), encoding="utf-8") as file:
                plan = json.load(file)
            if plan["version"] != VERSION:
                raise Cloud66Error(f"{path} is of another version of this collection: make a new plan.")
            if plan["made_with"] != self._key_id:
                raise Cloud66Error(f"{path} was made with another token, so it cannot be compared: make a new plan.")
            return dict(plan["stacks"])
        except OSError as problem:
            raise Cloud66Error(f"{path} cannot be read: {problem.strerror}.") from None
        except (ValueError, KeyError, TypeError):
            raise Cloud66Error(f"{path} is not a plan that c66_fleet made.") from None

    def _refuse_unapproved(self, approved: Row) -> None:
        for stack in self.stacks:
            host = stack.declared.host
            if stack.state == "differs" and host not in approved:
                stack.fail(f"{host} is not in the approved plan.")
            elif stack.state == "differs" and approved[host]["fingerprint"] != stack.fingerprint(self._key):
                stack.fail("Its plan is no longer the approved one, because the stack or its variables have changed.")

    @cached_property
    def _key(self) -> str:
        return self.run.fingerprint

    @property
    def _key_id(self) -> str:
        return hmac.new(self._key.encode(), b"plan", "sha256").hexdigest()[:16]

    # Deploying

    def _deploy(self) -> None:
        """The canaries first. After too many failures, no other deployment is started."""
        wanted = [stack for stack in self.stacks if stack.must_deploy]
        for is_canary in (True, False):
            wave = [stack for stack in wanted if stack.declared.is_canary is is_canary]
            self._each("Deployed", self._deploy_one, wave, self.run.params["deploy_batch"])
            if is_canary and any(stack.has_failed for stack in wave):
                self.deployments_failed = self.run.params["max_failures"]

    def _deploy_one(self, stack: StackTask) -> None:
        if self.deployments_failed >= self.run.params["max_failures"]:
            stack.fail("It was not deployed, because other deployments failed.")
            return
        stack.deploy()
        self.deployments_failed += stack.has_failed

    # The result

    def _described(self) -> Result:
        hosts = {stack.declared.host: stack for stack in self.stacks}
        stacks = {host: stack.described() for host, stack in hosts.items()}
        result: Result = {
            "changed": any(one["changed"] for one in stacks.values()),
            "summary": dict(Counter(stack.state for stack in self.stacks)),
            "stacks": stacks,
            "plan": {
                "version": VERSION,
                "made_with": self._key_id,
                "stacks": {host: self._planned(one, stacks[host]) for host, one in hosts.items() if one.differing},
            },
        }
        if self.run.diff:
            result["diff"] = [diff for stack in self.stacks for diff in stack.diffs()]
        return result

    def _planned(self, stack: StackTask, described: Result) -> Row:
        kinds = {
            kind: {word: found[word] for word in WORDS if found[word]} for kind, found in described["kinds"].items()
        }
        return {
            "stack": described["stack"],
            "name": described["name"],
            "kinds": {kind: changes for kind, changes in kinds.items() if changes},
            "fingerprint": stack.fingerprint(self._key),
        }


def ignored_warning(paths: Sequence[str]) -> str:
    """The warning about files whose variables Ansible ignores."""
    named = ", ".join(paths[:MOST_NAMED])
    more = f" and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else ""
    return f"Ansible ignores {named}{more}, because the inventory has no host or group of that name."
