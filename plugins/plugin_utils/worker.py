# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the modules inside Ansible's worker, which takes a tenth of the time of running them in separate processes.

Each file in plugins/action passes its module to this action plugin. The strategy loads the file before it forks the
workers, so the module is imported once per run instead of once per task. If a separate process would run under other
conditions (host, user or interpreter), the module is run as an ordinary module.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.release import __version__ as ansible_version
from ansible_collections.cloud66.cloud.plugins.module_utils.api import libraries
from ansible_collections.cloud66.cloud.plugins.module_utils.api.client import ignore
from ansible_collections.cloud66.cloud.plugins.module_utils.api.credentials import NO_TOKEN
from ansible_collections.cloud66.cloud.plugins.module_utils.api.settings import NAMES
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.censor import (
    names_in,
    secrets_in,
    texts_under,
)
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.run import (
    Module,
    Result,
    censor_of,
    execute,
    invocation,
    spec_for_ansible,
)

from . import progress, source
from .masking import mask

SWITCH = "cloud66_in_worker"


class Cloud66Action(ActionBase):
    """Runs `module` in this process if that makes no difference, or else as an ordinary module."""

    module: Module
    # The process id of Ansible, once Ctrl-C was pressed.
    _interrupted_by = 0
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        module = self.module
        reveals = any(boolean(self._task.args.get(option) or False, strict=False) for option in module.reveals)
        if reveals and self._task.async_val:
            raise AnsibleActionFail(
                f"{' and '.join(module.reveals)} cannot be used with async: the result file of an asynchronous"
                " task would contain the secret."
            )
        if self._is_ours(task_vars or {}):
            result.update(self._run_here(module, task_vars or {}))
        else:
            result.update(self._run_as_module(module, task_vars or {}))
        if reveals and not result.get("failed"):
            mask(texts_under(frozenset().union(*module.reveals.values()), result), task_vars or {})
            # Outputs and logs do not show such a result, but `register` still gets it. The task is marked too, because
            # callbacks also receive the combined result of a loop.
            result["_ansible_no_log"] = True
            self._task.no_log = True
        return result

    def _is_ours(self, task_vars: Mapping[str, Any]) -> bool:
        """Whether a separate process would see the same as this one: host, user, Python and environment."""
        return (
            self._connection.transport == "local"
            and not self._connection.become
            and not self._task.async_val
            and not libraries.MISSING
            and self._is_switched_on(task_vars)
            and self._is_this_python(task_vars)
        )

    def _is_switched_on(self, task_vars: Mapping[str, Any]) -> bool:
        return boolean(self._templar.template(task_vars.get(SWITCH, True)), strict=False)

    def _is_this_python(self, task_vars: Mapping[str, Any]) -> bool:
        delegated = task_vars.get("ansible_delegated_vars", {}).get(self._task.delegate_to)
        variables = task_vars if delegated is None else delegated
        chosen = constants.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
        chosen = self._templar.template(chosen)
        return not chosen or chosen.startswith("auto") or _place(chosen) == _place(sys.executable)

    def _run_here(self, module: Module, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        with _environment(self._environment()), self._interruptible():
            checked = self._checked(module, task_vars)
            params = checked.validated_parameters
            warnings = [
                f"Both option {one['option']} and its alias {one['alias']} are set." for one in checked._warnings
            ]
            censor = censor_of(params, module.argument_spec)
            if checked.error_messages:
                message = censor.text(self._refusal(checked.errors))
                result: Result = {"failed": True, "changed": False, "msg": message}
            else:
                with source.opened(self, params) as opened:
                    result, _secrets, more = execute(
                        module,
                        opened,
                        censor=censor,
                        check_mode=self._task.check_mode,
                        diff=self._task.diff,
                        ansible_version=ansible_version,
                        log=ignore if self._task.no_log else self._log,
                        notify=ignore if self._task.no_log else self._notify,
                    )
                warnings += more
        if warnings:
            result["warnings"] = warnings
        if self._tells_invocation(task_vars):
            result["invocation"] = invocation(params, module.argument_spec, censor)
        return result

    def _checked(self, module: Module, task_vars: Mapping[str, Any]) -> Any:
        """The validated parameters. Registers their secrets with ansible-core's masker."""
        given = {name: as_sent(value) for name, value in self._task.args.items()}
        checked = ArgumentSpecValidator(spec_for_ansible(module.argument_spec), **module.constraints).validate(given)
        params, spec = checked.validated_parameters, module.argument_spec
        options = {name: one for name, one in spec.items() if name not in NAMES}
        mask(secrets_in(params, spec), task_vars, names_in(params, options))
        return checked

    def _tells_invocation(self, task_vars: Mapping[str, Any]) -> bool:
        """Whether results contain the parameters. From ansible-core 2.21 on, the user decides."""
        name = "INJECT_INVOCATION"
        config = constants.config
        known = name in config.get_configuration_definitions()
        return not known or bool(config.get_config_value(name, variables=task_vars))

    def _run_as_module(self, module: Module, task_vars: dict[str, Any]) -> dict[str, Any]:
        censor = censor_of(self._checked(module, task_vars).validated_parameters, module.argument_spec)
        wrap_async = self._task.async_val and not self._connection.has_native_async
        # If the module crashed, it has not censored its output.
        module_args = source.sent(self, {name: as_sent(value) for name, value in self._task.args.items()})
        done = self._execute_module(module_args=module_args, task_vars=task_vars, wrap_async=wrap_async)
        result = censor.result(done)
        if not wrap_async:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        if result.get("error") == NO_TOKEN and (self._connection.transport != "local" or self._connection.become):
            result["msg"] += (
                " This task did not run on the controller as the user who runs Ansible, so it does not see that user's"
                " variables and files:"
                " add `delegate_to: localhost`, `become: false` and, with several hosts, `run_once: true` to it."
            )
        return result

    def _refusal(self, errors: Any) -> str:
        """The message that AnsibleModule shows for invalid parameters."""
        if type(errors[0]).__name__ == "UnsupportedError":
            return f"Unsupported parameters for ({self._task.resolved_action}) module: {errors.msg}"
        return str(errors.msg)

    def _environment(self) -> dict[str, str]:
        """The variables that the keyword `environment:` sets."""
        found: dict[str, Any] = {}
        self._compute_environment_string(found)
        return {name: str(value) for name, value in found.items()}

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Let Ctrl-C raise KeyboardInterrupt, so that the task can say what continues in Cloud 66.

        From ansible-core 2.19 on, Ansible ends its workers with both signals. They still end, but not before that.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def interrupt(_number: int, _frame: Any) -> None:
            self._interrupted_by = self._interrupted_by or os.getppid()
            raise KeyboardInterrupt

        def terminate(number: int, frame: Any) -> None:
            if not self._interrupted_by:
                _handle(before[signal.SIGTERM], number, frame)

        handlers = {signal.SIGINT: interrupt, signal.SIGTERM: terminate}
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            if self._interrupted_by:
                _handle(before[signal.SIGINT], signal.SIGINT, None)

    def _notify(self, text: str) -> None:
        line = f"{self._task.resolved_action}: {text}"
        if self._interrupted_by:
            progress.show_last(line, self._interrupted_by)
        else:
            progress.notify(line)

    def _log(self, text: str) -> None:
        progress.log(f"{self._task.resolved_action}: {text}")


def as_sent(value: Any) -> Any:
    """A parameter as a separate process would receive it in JSON, where dates and keys are texts."""
    if isinstance(value, Mapping):
        return {_sent_key(key): as_sent(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_sent(one) for one in value]
    if getattr(value, "__ENCRYPTED__", False):
        # Before ansible-core 2.19, a `!vault` of the task itself.
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _sent_key(key: Any) -> Any:
    if isinstance(key, date):
        return key.isoformat()
    return key if isinstance(key, str) else json.dumps(key)


def _handle(handler: Any, number: int, frame: Any) -> None:
    """Do with a signal what its handler would do."""
    if callable(handler):
        handler(number, frame)
    elif handler == signal.SIG_DFL:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


@contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    """Change the environment of this process temporarily, and restore it afterwards."""
    before = dict(os.environ)
    os.environ.update(changes)
    try:
        yield
    finally:
        if changes:
            os.environ.clear()
            os.environ.update(before)


def _place(program: str) -> tuple[str, str]:
    """The real folder and file of a program. Two names in the same virtual environment are equal.

    The same program in two virtual environments is not.
    """
    folder, name = os.path.split(os.path.expanduser(program))
    return os.path.realpath(folder), os.path.realpath(os.path.join(folder, name))
