# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many stacks at once: what exists is read, and written into files as the variables that declare it.

Values that are secret are replaced by references to variables of another file, which can be encrypted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from ..api.client import Client, Memory
from ..api.errors import Cloud66Error
from ..api.parallel import check_workers
from ..resources.base import by_name, did_you_mean
from ..resources.fields import Row
from ..resources.server import ServerOfStack
from ..resources.stack import place_of
from .fleet import Declared, Kind, ManyStacks, OneStack, ignored_warning
from .run import Arguments, Module, Result, Run

REFERENCE, VAULT = VALUES = ("reference", "vault")
# A variable with the secret values of a kind is named like the kind, after this.
VAULTED = "vault_cloud66_"

ARGUMENTS: Arguments = {
    "path": {"type": "path"},
    "kinds": {"type": "list", "elements": "str"},
    "values": {"type": "str", "choices": list(VALUES)},
    "vault_id": {"type": "str"},
    "workers": {"type": "int", "default": 16},
}


class Template(str):
    """A text that Ansible is to evaluate. All other texts of a file are data."""

    __slots__ = ()


class Stored(NamedTuple):
    """A file: its path, whether it changed (or would change in check mode), and the change in a form to show."""

    path: str
    changed: bool
    diff: Row = {}


class Files(Protocol):
    """The files of all hosts. Errors are Cloud66Error."""

    def check(self, params: Mapping[str, Any]) -> None:
        """Refuse options that no file can be written with."""

    def are_sealed(self, host: str, params: Mapping[str, Any]) -> bool:
        """Whether the secrets of a host are to be stored: what the options say, or else what the files are like."""

    def store(
        self,
        host: str,
        declared: Mapping[str, Any],
        secrets: Mapping[str, Any] | None,
        params: Mapping[str, Any],
        *,
        check_mode: bool,
    ) -> list[Stored]:
        """Write the files of a host: by kind, what is declared; by variable, what is secret, if it is to be stored."""

    def unmatched(self, params: Mapping[str, Any]) -> list[str]:
        """The paths of files and folders that belong to no host or group."""


def of_stack(kind: Kind, client: Client, stack: Row) -> Any:
    """What exists of a kind in a stack."""
    return _resource(kind, client, stack).exported()


def of_each_server(kind: Kind, client: Client, stack: Row) -> dict[str, Any]:
    """What exists of a kind on each server of a stack, as far as there is anything."""
    servers = ServerOfStack(client, {}, place_of(stack)).all()
    found = {
        name: _resource(kind, client, stack, server=row["uid"]).exported()
        for name, row in by_name(servers, "name", "uid").items()
    }
    return {name: value for name, value in found.items() if value}


def _resource(kind: Kind, client: Client, stack: Row, **options: Any) -> Any:
    resource = kind.module.resource
    spec = {**kind.module.argument_spec, **resource.options}
    defaults = {name: one.get("default") for name, one in spec.items()}
    return resource(client, {**defaults, "stack": stack["uid"], **options})


class FleetExportModule(Module):
    """Writes what exists in many stacks into files. `of` gives it the stacks and the files."""

    scope = "those of the modules whose variables are written"
    # It needs the names of all hosts, and the user's secrets for ansible-vault.
    has_own_action = True

    def __init__(self) -> None:
        super().__init__(ARGUMENTS)
        self.kinds: Sequence[Kind] = ()
        self.stacks: Sequence[Declared] = ()
        self.files: Files | None = None

    def of(self, kinds: Sequence[Kind], stacks: Sequence[Declared], files: Files) -> FleetExportModule:
        """The same module for these stacks and files."""
        module = FleetExportModule()
        module.kinds, module.stacks, module.files = kinds, stacks, files
        return module

    def work(self, run: Run) -> Result:
        if self.files is None:
            raise Cloud66Error(
                "c66_fleet_export needs the names of all hosts, so it only runs on the controller: without become,"
                " async and another interpreter."
            )
        check_workers(run.params["workers"])
        self.files.check(run.params)
        kinds = self._chosen(run.params["kinds"])
        return FleetExport(run, self.files, [StackExport(run, self.files, kinds, one) for one in self.stacks]).result()

    def _chosen(self, names: list[str] | None) -> list[Kind]:
        able = {kind.name: kind for kind in self.kinds if kind.exported}
        if names is None:
            return [kind for kind in able.values() if not kind.is_extra]
        reasons = {kind.name: kind.not_exported for kind in self.kinds}
        for name in names:
            if name not in able:
                advice = reasons.get(name) or did_you_mean(name, able, f"Possible: {', '.join(able)}.").strip()
                raise Cloud66Error(f"kinds cannot contain {name!r}. {advice}")
        return [kind for kind in able.values() if kind.name in names]


class StackExport(OneStack):
    """The export of one stack. `state`: "unchanged", "changed", "failed", or "unreachable" (it could not be read)."""

    state = "unchanged"

    def __init__(self, run: Run, files: Files, kinds: Sequence[Kind], declared: Declared) -> None:
        super().__init__(run, declared)
        self.files, self.kinds = files, kinds
        self.values: dict[str, Any] = {}
        self.stored: list[Stored] = []

    # Reading

    def read(self) -> None:
        """Read what exists, by kind."""
        if self.declared.problem:
            self.fail(self.declared.problem)
            return
        place, memory = "", Memory(self._known, grows=True)
        try:
            self.row = self._found(memory)
            run = self.run.part({}, memory, self.censor, check_mode=True)
            for kind in self.kinds:
                place = f"{kind.name}: "
                self.values[kind.name] = self._value(kind, run)
        except Cloud66Error as error:
            # Only what a request ran into has a URL.
            self.fail(f"{place}{error}", "unreachable" if "url" in error.facts() else "failed")

    def _value(self, kind: Kind, run: Run) -> Any:
        value: Any = kind.exported(kind, run.client, self.row) if kind.exported else None
        if _is_secret(kind):
            # A part of the UID would hide the UID.
            self.censor.hide(one for one in value.values() if one not in self.row["uid"])
        return value

    # Writing

    def store(self) -> None:
        """Write the files of the host."""
        secret = [kind.name for kind in self.kinds if _is_secret(kind)]
        declared = {name: _references(name, value) if name in secret else value for name, value in self.values.items()}
        params = self.run.params
        is_sealed = bool(secret) and self.files.are_sealed(self.declared.host, params)
        sealed = {VAULTED + name: self.values[name] for name in secret} if is_sealed else None
        try:
            self.stored = self.files.store(self.declared.host, declared, sealed, params, check_mode=self.run.check_mode)
        except Cloud66Error as error:
            self.fail(str(error))
            return
        if any(one.changed for one in self.stored):
            self.state = "changed"

    # The result

    def described(self) -> Result:
        return {
            **super().described(),
            "changed": self.state == "changed",
            "kinds": {name: len(value) for name, value in self.values.items()},
            "files": [one.path for one in self.stored],
            "changed_files": [one.path for one in self.stored if one.changed],
        }

    def diffs(self) -> list[Row]:
        return [self.censor.result({"diff": one.diff})["diff"] for one in self.stored if one.changed]


class FleetExport(ManyStacks):
    """All stacks of a task, exported side by side."""

    def __init__(self, run: Run, files: Files, stacks: list[StackExport]) -> None:
        super().__init__(run, stacks)
        self.files = files

    def result(self) -> Result:
        self._read(StackExport.read)
        self._each("Written", StackExport.store, [stack for stack in self.stacks if not stack.has_failed])
        unmatched = self.files.unmatched(self.run.params)
        if unmatched:
            self.run.warn(ignored_warning(unmatched))
        result: Result = {
            "changed": any(stack.state == "changed" for stack in self.stacks),
            "summary": dict(Counter(stack.state for stack in self.stacks)),
            "exported": {stack.declared.host: stack.described() for stack in self.stacks},
            "unmatched": unmatched,
        }
        if self.run.diff:
            result["diff"] = [diff for stack in self.stacks for diff in stack.diffs()]
        return self._or_failed(result)


def _is_secret(kind: Kind) -> bool:
    """Whether the values of a kind are secret."""
    resource = kind.module.resource
    return bool(resource.fields.get(resource.value_field) and resource.fields[resource.value_field].secret)


def _references(kind: str, values: Mapping[str, Any]) -> dict[str, Template]:
    """For each value, a template that refers to it.

    The filter keeps ansible-core 2.16 from turning a text that looks like a list or a boolean into one.
    """
    return {key: Template(f"{{{{ {VAULTED}{kind}[{_quoted(key)}] | string }}}}") for key in values}


def _quoted(key: str) -> str:
    """A key as a string of Jinja."""
    escaped = key.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"
