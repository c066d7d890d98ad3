# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules whose option `state` decides what kind of work a task is: to set something, or to run a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..resources.base import Resource
from . import wait
from .run import Arguments, Module, Result, Run
from .write import Task


class ByStateModule(Module):
    """For each state the class of its runs, and their resource. The first state is the default.

    All resources have the same parent. `resource` is that of the first state.
    """

    def __init__(
        self,
        states: Mapping[str, tuple[Callable[[Run, Any], Task], type[Resource]]],
        arguments: Arguments,
        **constraints: Any,
    ) -> None:
        first, *_others = states
        self.states = states
        self.resource = states[first][1]
        state = {"state": {"type": "str", "choices": list(states), "default": first}}
        super().__init__({**self.resource.parent.arguments, **arguments, **state, **wait.ARGUMENTS}, **constraints)

    def work(self, run: Run) -> Result:
        task, resource = self.states[run.params["state"]]
        return task(run, resource(run.client, run.params)).completed()
