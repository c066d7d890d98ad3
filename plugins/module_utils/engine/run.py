# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layer between Ansible and the resources: modules, and their runs.

A module runs in a process of its own (`Module.main`) or inside Ansible's worker (plugin_utils/worker.py). Both
validate the parameters, call `execute`, and return its result.
"""

from __future__ import annotations

import copy
import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..api import libraries
from ..api.broken import without_user
from ..api.client import Client, Memory, ignore
from ..api.credentials import find_token
from ..api.errors import Cloud66Error
from ..api.settings import NAMES, OPTIONS, resolve
from ..version import VERSION
from . import censor as censoring
from .censor import Censor
from .options import strict

Result = dict[str, Any]
Arguments = Mapping[str, Any]


def connection_arguments() -> dict[str, dict[str, Any]]:
    """The argument spec of the connection options. It has no defaults, which apply only after the environment."""
    return {name: _argument(option) for name, option in OPTIONS.items()}


def _argument(option: Any) -> dict[str, Any]:
    spec: dict[str, Any] = {"type": option.type}
    if option.aliases:
        spec["aliases"] = list(option.aliases)
    if option.secret:
        spec["no_log"] = True
    return spec


def spec_for_ansible(argument_spec: Arguments) -> dict[str, dict[str, Any]]:
    """An argument spec as ansible-core validates by it: see censor.py and options.py."""
    return strict(censoring.without_no_log(argument_spec))


def connection_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Validated connection options for plugins that have no argument spec, with aliases resolved."""
    checked = ArgumentSpecValidator(spec_for_ansible(connection_arguments())).validate(given)
    if checked.error_messages:
        raise Cloud66Error(" ".join(f"{message.rstrip('.')}." for message in checked.error_messages))
    return {name: checked.validated_parameters[name] for name in OPTIONS}


class Run:
    """One run of a module: its parameters and modes, the client, its messages and its secrets.

    With `registers`, credentials are registered with ansible-core's masker, which hides them for as long as Ansible
    runs.
    """

    def __init__(
        self,
        params: Mapping[str, Any],
        *,
        check_mode: bool = False,
        diff: bool = False,
        ansible_version: str = "",
        log: Callable[[str], None] = ignore,
        notify: Callable[[str], None] = ignore,
        censor: Censor | None = None,
        registers: bool = True,
    ) -> None:
        self.params = params
        self.check_mode = check_mode
        self.diff = diff
        self.censor = censor or Censor.of(params, connection_arguments(), NAMES)
        self._log = log
        self._notify = notify
        self.warnings: list[str] = []
        self._registers = registers
        self.ansible_version = ansible_version
        self.agent = f"cloud66.cloud/{VERSION} ansible-core/{ansible_version}"
        self.settings = resolve(params, os.environ)
        self._register(self.settings.secrets)
        self.token_source = ""
        self._client: Client | None = None
        if not self.settings.validate_certs:
            self.warn(f"TLS certificates of {self.settings.origin} are not verified (validate_certs is false).")

    def log(self, text: str) -> None:
        """Show progress with -v."""
        self._log(self.censor.text(text))

    def notify(self, text: str) -> None:
        """Show progress always."""
        self._notify(self.censor.text(text))

    def part(self, params: Mapping[str, Any], memory: Memory, censor: Censor, *, check_mode: bool) -> Run:
        """A run of another module as a part of this one, with its connection, but secrets and warnings of its own.

        Its progress is only shown with -v.
        """
        part = copy.copy(self)
        part.params, part.check_mode, part.censor, part.warnings = params, check_mode, censor, []
        part._notify = self._log
        part._client = self.client.part(memory, log=part.log, warn=part.warn)
        return part

    @property
    def client(self) -> Client:
        """The client with the user's token. Raises Cloud66Error if there is no token."""
        if self._client is None:
            token = find_token(self.params, os.environ)
            self._register(token.secrets)
            if token.warning:
                self.warn(token.warning)
            self.token_source = token.source
            self._client = Client(self.settings, token, self.agent, log=self.log, warn=self.warn)
        return self._client

    @property
    def fingerprint(self) -> str:
        """A hash of the token, from which it cannot be recovered. Raises Cloud66Error if there is no token."""
        token = find_token(self.params, os.environ).value
        return hashlib.pbkdf2_hmac("sha256", token.encode(), b"cloud66.cloud", 1000).hex()[:32]

    def clients(self, accounts: Iterable[int]) -> list[Client]:
        """A client for each account, all sharing the hourly limit. If no account is given, the run's only client."""
        return [self.client.for_account(account) for account in accounts] or [self.client]

    def warn(self, text: str) -> None:
        """Add a warning to the task, once for each text."""
        if text not in self.warnings:
            self.warnings.append(text)

    def hide(self, secrets: Iterable[str]) -> None:
        """Keep secrets out of every message of this run."""
        self.censor.hide(secrets)

    def _register(self, secrets: Iterable[str]) -> None:
        """Hide credentials, and let ansible-core mask them in all later output."""
        self.censor.guard(secrets)
        if self._registers:
            censoring.register(secrets)

    @property
    def usage(self) -> dict[str, Any] | None:
        """The usage of the API; None if there was no client."""
        return self._client.usage.facts() if self._client else None


class Module:
    """A module: its arguments besides the connection options, and its work.

    A secret option has `no_log` (censor.py describes how it is handled). `constraints` are those of AnsibleModule, such
    as required_if and mutually_exclusive. `reveals` maps an option to the secret field or fields that it adds to the
    result. Such a result is hidden from all output and is only available through `register`. `identifying`: the options
    that identify something, as required ones do; they cannot be blank or less than 1. `needs_libraries`: the module
    cannot run without the libraries of the client. `has_own_action`: its action file is not generated. `scope` says in
    words which OAuth scope it needs, for a module without a resource, and `subject` under which heading the
    documentation lists it.
    """

    needs_libraries = True
    has_own_action = False
    scope = ""
    subject = ""

    def __init__(
        self,
        arguments: Arguments,
        reveals: Mapping[str, str | Iterable[str]] | None = None,
        identifying: Iterable[str] = (),
        **constraints: Any,
    ) -> None:
        self.argument_spec = {**connection_arguments(), **arguments}
        required = [name for name, spec in arguments.items() if spec.get("required")]
        # Other numbers are counts, of which 0 may be one.
        ids = [name for name in required if arguments[name].get("type") != "int" or name.endswith("id")]
        self.identifying = (*ids, *identifying)
        self.reveals = {
            option: frozenset([fields] if isinstance(fields, str) else fields)
            for option, fields in (reveals or {}).items()
        }
        self.constraints = constraints

    def work(self, run: Run) -> Result:
        """Do the module's work and return its result. Raises Cloud66Error."""
        raise NotImplementedError

    def main(self) -> None:
        """Run as an ordinary module, in a process of its own."""
        module = _PlainModule(self)
        if libraries.MISSING and self.needs_libraries:
            module.fail_json(msg=libraries.advice(), exception=str(libraries.MISSING_ERROR))
        result, _secrets, warnings = execute(
            self,
            module.params,
            censor=module.censor,
            check_mode=module.check_mode,
            diff=module._diff,
            ansible_version=module.ansible_version,
            # The secrets that an asynchronous module registers would be stored in its result file.
            registers="ANSIBLE_ASYNC_DIR" not in os.environ,
        )
        for warning in warnings:
            module.warn(warning)
        if result.pop("failed", False):
            module.fail_json(**result)
        module.exit_json(**result)


def execute(
    module: Module, params: Mapping[str, Any], censor: Censor | None = None, **modes: Any
) -> tuple[Result, set[str], list[str]]:
    """Run a module with validated parameters. Returns its censored result, the secrets, and the censored warnings.

    A failure is also returned as a result, with `failed` and `msg`.
    """
    censor = censor or censor_of(params, module.argument_spec)
    try:
        run = Run(params, censor=censor, **modes)
    except Cloud66Error as error:
        return censor.result(_failure(error)), censor.secrets, []
    result = outcome(module, run, module.work)
    if run.usage:
        result["api"] = run.usage
    return censor.result(result), censor.secrets, [censor.text(warning) for warning in run.warnings]


def outcome(module: Module, run: Run, work: Callable[[Run], Result]) -> Result:
    """The result of a module's work, or of its failure, as it is: see Censor.result."""
    try:
        _refuse_blank(module.identifying, run.params)
        result = work(run)
    except Cloud66Error as error:
        result = _failure(error)
    result.setdefault("changed", False)
    return result


def _failure(error: Cloud66Error) -> Result:
    return {"failed": True, "msg": str(error), "changed": False, **error.also, **error.facts()}


def validated(module: Module, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a module, checked and complete. Raises Cloud66Error."""
    spec = spec_for_ansible(module.argument_spec)
    checked = ArgumentSpecValidator(spec, **module.constraints).validate(given)
    if checked.error_messages:
        raise Cloud66Error(" ".join(f"{message.rstrip('.')}." for message in checked.error_messages))
    return dict(checked.validated_parameters)


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def _refuse_blank(names: Iterable[str], params: Mapping[str, Any]) -> None:
    """Raise Cloud66Error if one of these options is blank, contains a blank string, or is a number less than 1."""
    for name in names:
        value = params.get(name)
        if _is_blank(value):
            raise Cloud66Error(f"The option {name} is empty.")
        if isinstance(value, list) and any(map(_is_blank, value)):
            raise Cloud66Error(f"The option {name} contains an empty string.")
        if isinstance(value, int) and value < 1:
            raise Cloud66Error(f"{name} must be at least 1, not {value}.")


def censor_of(params: Mapping[str, Any], argument_spec: Arguments) -> Censor:
    """The censor of a task."""
    return Censor.of(params, argument_spec, NAMES)


def invocation(params: Mapping[str, Any], argument_spec: Arguments, censor: Censor | None = None) -> Result:
    """The parameters to show, without secrets."""
    shown = (censor or censor_of(params, argument_spec)).params(params, argument_spec)
    if shown.get("proxy"):
        # Its password may be too short to be censored by value.
        shown["proxy"] = without_user(shown["proxy"])
    return {"module_args": shown}


class _PlainModule(AnsibleModule):
    """AnsibleModule without its own handling of secrets (see censor.py) and of texts (see options.py)."""

    ansible_version: str

    def __init__(self, module: Module) -> None:
        self._declared = module.argument_spec
        plain = censoring.without_no_log(module.argument_spec)
        super().__init__(plain, supports_check_mode=True, **module.constraints)

    def _load_params(self) -> None:
        super()._load_params()
        # From here on it is validated by. ansible-test, which reads the spec before that, knows only types with a name.
        self.argument_spec = strict(self.argument_spec)

    def exit_json(self, **result: Any) -> NoReturn:
        super().exit_json(**self._prepared(result))

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        # The message may come from AnsibleModule itself, about invalid options.
        super().fail_json(self.censor.text(msg), **self._prepared(result))

    @cached_property
    def censor(self) -> Censor:
        return censor_of(self.params, self._declared)

    def _prepared(self, result: Result) -> Result:
        result.setdefault("invocation", invocation(self.params, self._declared, self.censor))
        return result

    def _log_invocation(self) -> None:
        """Write the options to the system log, without the values of secret ones."""
        plain = self.argument_spec
        self.argument_spec = {
            name: {**spec, "no_log": True} if censoring.is_private_key(self.params.get(name)) else spec
            for name, spec in self._declared.items()
        }
        try:
            super()._log_invocation()
        finally:
            self.argument_spec = plain
