# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Between Ansible and the resources: what a module is, and one run of it, the same in both ways of running.

A module runs in a process of its own (`Module.main`) or inside Ansible's worker (plugin_utils/worker.py). Both
validate the parameters, call `execute`, and hand on the result that it returns.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values

from ..api import libraries
from ..api.client import Client, ignore
from ..api.credentials import find_token
from ..api.errors import Cloud66Error
from ..api.settings import OPTIONS, resolve
from ..version import VERSION

# Ansible hides a secret by its value wherever it stands. A short value would take ids and counts with it, so it is
# kept out of results by construction instead.
SHORTEST_CENSORED = 8
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
Result = dict[str, Any]
Arguments = Mapping[str, Any]


def connection_arguments() -> dict[str, dict[str, Any]]:
    """The argument spec of the connection options. Their defaults wait for the environment (see api/settings.py)."""
    return {name: _argument(option) for name, option in OPTIONS.items()}


def _argument(option: Any) -> dict[str, Any]:
    spec: dict[str, Any] = {"type": option.type}
    if option.aliases:
        spec["aliases"] = list(option.aliases)
    if option.secret:
        spec["no_log"] = True
    return spec


def connection_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Connection options that no module's argument spec has seen, by their names and with their types."""
    checked = ArgumentSpecValidator(connection_arguments()).validate(given)
    if checked.error_messages:
        raise Cloud66Error(" ".join(f"{message.rstrip('.')}." for message in checked.error_messages))
    return {name: checked.validated_parameters[name] for name in OPTIONS}


class Run:
    """One run of a module: its parameters and modes, the client, and what is to be told and to be hidden.

    `log` shows progress to a user who wants to see it (-v), `notify` shows what nobody must miss.
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
    ) -> None:
        self.params = params
        self.check_mode = check_mode
        self.diff = diff
        self.log = log
        self.notify = notify
        self.warnings: list[str] = []
        self.secrets: set[str] = set()
        self.agent = f"cloud66.cloud/{VERSION} ansible-core/{ansible_version}"
        self.settings = resolve(params, os.environ)
        self.hide(self.settings.secrets)
        self.token_source = ""
        self._client: Client | None = None
        if not self.settings.validate_certs:
            self.warn(f"TLS certificates of {self.settings.origin} are not verified (validate_certs is false).")

    @property
    def client(self) -> Client:
        """The client with the user's token. Raises Cloud66Error when there is no token."""
        if self._client is None:
            token = find_token(self.params, os.environ)
            self.hide(token.secrets)
            if token.warning:
                self.warn(token.warning)
            self.token_source = token.source
            self._client = Client(self.settings, token, self.agent, log=self.log, warn=self.warn)
        return self._client

    @property
    def fingerprint(self) -> str:
        """A trace of the token, from which it cannot be had again. Raises Cloud66Error when there is no token."""
        token = find_token(self.params, os.environ).value
        return hashlib.pbkdf2_hmac("sha256", token.encode(), b"cloud66.cloud", 1000).hex()[:32]

    def clients(self, accounts: Iterable[int]) -> list[Client]:
        """A client for each account, which share the hourly limit; the one client where no account is given."""
        return [self.client.for_account(account) for account in accounts] or [self.client]

    def warn(self, text: str) -> None:
        """Tell the user once, as a warning of the task."""
        if text not in self.warnings:
            self.warnings.append(text)

    def hide(self, secrets: Iterable[str]) -> None:
        """Register secrets, to be censored wherever they stand in this run's output."""
        self.secrets.update(secret for secret in secrets if len(secret) >= SHORTEST_CENSORED)

    @property
    def usage(self) -> dict[str, Any] | None:
        """What the calls cost, None where there was no client."""
        return self._client.usage.facts() if self._client else None


class Module:
    """What a module is: the arguments that it takes beside the connection's, and what it does (`work`).

    `constraints` are AnsibleModule's own: required_if, mutually_exclusive and the like. `reveals` names the options
    that put a secret into the result, which is then hidden from every output but `register`.
    """

    def __init__(self, arguments: Arguments, reveals: Iterable[str] = (), **constraints: Any) -> None:
        self.argument_spec = {**connection_arguments(), **arguments}
        self.reveals = tuple(reveals)
        self.constraints = constraints

    def work(self, run: Run) -> Result:
        """Do it. Returns what the module returns; raises Cloud66Error."""
        raise NotImplementedError

    def main(self) -> None:
        """Run as an ordinary module, in a process of its own."""
        module = _PlainModule(self)
        if libraries.MISSING:
            module.fail_json(msg=missing_required_lib(libraries.MISSING), exception=str(libraries.MISSING_ERROR))
        result, secrets, warnings = execute(
            self,
            module.params,
            check_mode=module.check_mode,
            diff=module._diff,
            ansible_version=module.ansible_version,
        )
        module.no_log_values |= secrets
        for warning in warnings:
            module.warn(warning)
        if result.pop("failed", False):
            module.fail_json(**result)
        module.exit_json(**result)


def execute(module: Module, params: Mapping[str, Any], **modes: Any) -> tuple[Result, set[str], list[str]]:
    """Run a module with validated parameters. Returns its result, the secrets to censor in it, and its warnings.

    A failure is a result too, with `failed` and `msg`.
    """
    run: Run | None = None
    try:
        run = Run(params, **modes)
        result = module.work(run)
    except Cloud66Error as error:
        result = {"failed": True, "msg": str(error), **error.also, **error.facts()}
    result.setdefault("changed", False)
    if run is None:
        return result, set(), []
    if run.usage:
        result["api"] = run.usage
    return result, run.secrets, run.warnings


def invocation(params: Mapping[str, Any], argument_spec: Arguments) -> Result:
    """The parameters as they may be shown: a secret one is hidden whatever its value, by each of its names."""
    secret = {name for name, spec in argument_spec.items() if spec.get("no_log")}
    secret |= {alias for name in secret for alias in argument_spec[name].get("aliases", ())}
    shown = {name: HIDDEN if name in secret and value is not None else value for name, value in params.items()}
    if shown.get("proxy"):
        # Its password may be too short to be censored by value.
        shown["proxy"] = re.sub(r"(^|//)[^/]*@", r"\1", shown["proxy"])
    return {"module_args": shown}


def censored(result: Result, secrets: Iterable[str]) -> Result:
    """A result in which no secret stands, neither whole nor as a part of another text."""
    clean: Result = remove_values(result, {secret for secret in secrets if len(secret) >= SHORTEST_CENSORED})
    return clean


class _PlainModule(AnsibleModule):
    """AnsibleModule, except that short secrets are hidden by name and not by value (see SHORTEST_CENSORED)."""

    ansible_version: str

    def __init__(self, module: Module) -> None:
        super().__init__(module.argument_spec, supports_check_mode=True, **module.constraints)

    def exit_json(self, **result: Any) -> NoReturn:
        super().exit_json(**self._prepared(result))

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        super().fail_json(msg, **self._prepared(result))

    def _prepared(self, result: Result) -> Result:
        self.no_log_values = {value for value in self.no_log_values if len(value) >= SHORTEST_CENSORED}
        result.setdefault("invocation", invocation(self.params, self.argument_spec))
        return result
