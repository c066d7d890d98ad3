# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what the variables of a play's hosts declare for their stacks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible_collections.cloud66.cloud.plugins.module_utils.api import libraries
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.fleet import (
    DEPLOYS,
    NEVER,
    Declared,
    FleetModule,
    Kind,
)
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.fleet_export import FleetExportModule
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.run import Module
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.base import did_you_mean

from .fleet_files import HOST_VARS, FleetFiles, unmatched_beside
from .worker import Cloud66Action, as_sent

PREFIX = "cloud66_fleet_"
# Between the name of a variable and that of its layer.
LAYER = "__"
# The fields of a stack's row that the inventory plugin makes variables of, and that tasks use.
KNOWN_FIELDS = ("uid", "name", "environment", "configstore_namespace")


def at_once(option: str) -> Callable[[Any], Iterable[tuple[str, dict[str, Any]]]]:
    """One task, whose option is the declared value."""
    return lambda value: [("", {option: value})]


def one_each(
    name: str, option: str, options: Iterable[str] = ()
) -> Callable[[Any], Iterable[tuple[str, dict[str, Any]]]]:
    """A task for each key. Its value is that of an option, or a dictionary of some of these options."""
    known = frozenset(options)

    def tasks(declared: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        for key, value in declared.items():
            has_options = isinstance(value, Mapping) and bool(value) and known.issuperset(value)
            yield str(key), {name: key, **(value if has_options else {option: value})}

    return tasks


def as_listed(*names: str) -> Callable[[Any], Iterable[tuple[str, dict[str, Any]]]]:
    """A task for each item of a list, which holds its options. `names`: those that name it in messages."""

    def tasks(declared: Sequence[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        for item in declared:
            if not isinstance(item, Mapping):
                raise Cloud66Error(f"Each item must be a dictionary, not {item!r}.")
            yield ", ".join(str(item[name]) for name in names if item.get(name)), dict(item)

    return tasks


class AllHostsAction(Cloud66Action):
    """Runs a module once for all hosts of the play, of which each is a stack."""

    BYPASS_HOST_LOOP = True
    _supports_async = False

    kinds: Sequence[Kind]

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        variables = task_vars or {}
        if libraries.MISSING:
            raise AnsibleActionFail(libraries.advice())
        # Those that have host_vars and group_vars, by host.
        self._folders: dict[str, str] = {}
        self.module = self._prepared(self._declared(variables), variables)
        return super().run(tmp, variables)

    def _prepared(self, declared: list[Declared], variables: Mapping[str, Any]) -> Module:
        """The module for these stacks."""
        raise NotImplementedError

    def _read(self, host: str, variables: Variables) -> Declared:
        """What a host's variables say. Raises Cloud66Error."""
        raise NotImplementedError

    def _is_ours(self, _task_vars: Mapping[str, Any]) -> bool:
        """It has no other way to run: a separate process would not have the variables of all hosts."""
        return True

    def _declared(self, variables: Mapping[str, Any]) -> list[Declared]:
        """What is declared for each host of the play."""
        found = [self._of_host(host, of_host) for host, of_host in self._hosts(variables)]
        first: dict[str, str] = {}
        for declared in found:
            other = first.setdefault(declared.stack, declared.host)
            if declared.stack and other != declared.host:
                raise AnsibleActionFail(f"The hosts {other} and {declared.host} are the same stack, {declared.stack}.")
        return found

    def _hosts(self, variables: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The variables of each host of the play."""
        names, hostvars = variables.get("ansible_play_batch", []), variables["hostvars"]
        for name in names:
            of_host = hostvars._variable_manager.get_vars(
                play=self._task.get_play(),
                host=hostvars._inventory.get_host(name),
                task=self._task,
                include_hostvars=False,
                _hosts=names,
                _hosts_all=names,
            )
            self._folders[name] = str(of_host.get("inventory_dir") or of_host.get("playbook_dir") or ".")
            yield name, {**of_host, "hostvars": hostvars}

    def _of_host(self, host: str, variables: Mapping[str, Any]) -> Declared:
        try:
            return self._read(host, Variables(variables, self._templated(variables)))
        except Cloud66Error as error:
            return Declared(host, problem=str(error))

    def _templated(self, variables: Mapping[str, Any]) -> Callable[[str], Any]:
        templar = self._templar.copy_with_new_env(available_variables=dict(variables))

        def value(name: str) -> Any:
            try:
                return as_sent(templar.template(variables[name]))
            except AnsibleError as error:
                raise Cloud66Error(f"{name} cannot be evaluated: {error}") from None

        return value


class FleetAction(AllHostsAction):
    """Runs c66_fleet."""

    deployment: Module
    module: FleetModule

    def _prepared(self, declared: list[Declared], variables: Mapping[str, Any]) -> FleetModule:
        canaries = self._canaries(variables)
        stacks = [one._replace(is_canary=one.host in canaries) for one in declared]
        folders = [*self._folders.values(), *([variables["playbook_dir"]] if "playbook_dir" in variables else [])]
        ignored = unmatched_beside(folders, *_names(variables))
        return self.module.of(self.kinds, self.deployment, stacks, ignored)

    def _canaries(self, variables: Mapping[str, Any]) -> frozenset[str]:
        name = self._task.args.get("canary")
        groups = variables.get("groups") or {}
        if name is not None and name not in groups:
            raise AnsibleActionFail(f"The inventory has no group {name!r} (canary).{did_you_mean(str(name), groups)}")
        return frozenset(groups.get(name, ()))

    def _read(self, host: str, variables: Variables) -> Declared:
        kinds = {kind.name: kind for kind in self.kinds}
        variables.refuse_unknown(kinds)
        stack, row = variables.stack()
        values = {name: variables.merged(name, kind.form) for name, kind in kinds.items() if variables.layers(name)}
        deploy = variables.value("deploy", NEVER)
        if deploy not in DEPLOYS:
            raise Cloud66Error(f"{PREFIX}deploy must be one of {', '.join(DEPLOYS)}, not {deploy!r}.")
        return Declared(
            host,
            stack,
            row,
            values,
            frozenset(self._purged(variables, kinds)),
            deploy,
            variables.merged("deployment", dict) if variables.layers("deployment") else {},
        )

    def _purged(self, variables: Variables, kinds: Mapping[str, Kind]) -> list[str]:
        purged = variables.value("purge", [])
        able = [name for name, kind in kinds.items() if kind.can_purge]
        if not isinstance(purged, list):
            raise Cloud66Error(f"{PREFIX}purge must be a list of kinds: {', '.join(able)}.")
        for name in purged:
            if name not in able:
                advice = did_you_mean(str(name), able, f"Possible: {', '.join(able)}.")
                raise Cloud66Error(f"{PREFIX}purge cannot contain {name!r}.{advice}")
        return purged


class FleetExportAction(AllHostsAction):
    """Runs c66_fleet_export."""

    module: FleetExportModule

    def _prepared(self, declared: list[Declared], variables: Mapping[str, Any]) -> FleetExportModule:
        folders = {host: os.path.join(folder, HOST_VARS) for host, folder in self._folders.items()}
        files = FleetFiles(folders, PREFIX, self._loader._vault, *_names(variables))
        return self.module.of(self.kinds, declared, files)

    def _read(self, host: str, variables: Variables) -> Declared:
        """Nothing but the stack: what is declared for it may be wrong, or refer to what is yet to be exported."""
        return Declared(host, *variables.stack())


def _names(variables: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The names of all hosts and of all groups of the inventory."""
    groups = variables.get("groups") or {}
    return list(groups.get("all", ())), list(groups)


# The variables besides those of the kinds.
OWN = ("stack", "purge", "deploy", "deployment")
WITH_LAYERS = ("deployment",)


class Variables:
    """The variables of a host. `evaluate` returns the value of one. Errors are Cloud66Error."""

    def __init__(self, variables: Mapping[str, Any], evaluate: Callable[[str], Any]) -> None:
        self._variables, self._evaluate = variables, evaluate
        self._ours = sorted(name for name in variables if name.startswith(PREFIX))

    def refuse_unknown(self, kinds: Iterable[str]) -> None:
        """Refuse variables that mean nothing: a typo would change nothing, silently."""
        layered = {*kinds, *WITH_LAYERS}
        known = {*kinds, *OWN}
        for variable in self._ours:
            name, layer, _label = variable.removeprefix(PREFIX).partition(LAYER)
            meant = next((one for one in layered if name.startswith(f"{one}_")), None)
            if name not in known and meant:
                rest = name.removeprefix(f"{meant}_")
                raise Cloud66Error(
                    f"There is no variable {variable}. A layer has two underscores: {PREFIX}{meant}{LAYER}{rest}."
                )
            if name not in known:
                advice = did_you_mean(name, known, f"There are {', '.join(sorted(known))}.", prefix=PREFIX)
                raise Cloud66Error(f"There is no variable {variable}.{advice}")
            if layer and name not in layered:
                raise Cloud66Error(f"{PREFIX}{name} has no layers, so there is no variable {variable}.")

    def value(self, name: str, default: Any) -> Any:
        return self._evaluate(PREFIX + name) if PREFIX + name in self._variables else default

    def layers(self, name: str) -> list[str]:
        """The variables that declare something, in the order of their layers. The one without a layer comes last."""
        own = PREFIX + name
        layers = [variable for variable in self._ours if variable.startswith(own + LAYER)]
        return [*layers, *([own] if own in self._variables else [])]

    def merged(self, name: str, form: type) -> Any:
        """What all layers declare together. Of two values for one key, that of the later layer counts."""
        found = [(variable, self._evaluate(variable)) for variable in self.layers(name)]
        for variable, value in found:
            if not isinstance(value, form):
                word = "a list" if form is list else "a dictionary"
                raise Cloud66Error(f"{variable} must be {word}.")
        if form is list:
            return [item for _variable, value in found for item in value]
        return {key: one for _variable, value in found for key, one in value.items()}

    def stack(self) -> tuple[str, dict[str, Any]]:
        """The UID or name of the host's stack, and what the inventory knows of it."""
        named = self.value("stack", None)
        if named is not None:
            return str(named), {}
        uid = self._variables.get("cloud66_uid")
        if uid is None:
            raise Cloud66Error(
                f"It is no stack: it has neither {PREFIX}stack, a name or UID, nor the variable cloud66_uid of the"
                " inventory plugin with `hosts: stacks`."
            )
        if self._variables.get("cloud66_stack_uid", uid) != uid:
            raise Cloud66Error("It is a server, not a stack. Use `hosts: cloud66_stacks` in the play.")
        row = {name: self._variables.get(f"cloud66_{name}") for name in KNOWN_FIELDS}
        return str(uid), as_sent(row) if row["name"] is not None else {}
