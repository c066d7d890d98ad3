# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules whose option `state` decides what kind of work a task is: to set something, or to run a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..resources.base import Resource
from . import wait
from .run import Arguments, Run
from .write import Task, WritingModule

PRESENT = "present"


class ByStateModule(WritingModule):
    """For each state the class of its runs, and their resource. `present` is the default; without it, there is none.

    All resources have the same parent. `resource` is that of the first state.
    """

    def __init__(
        self,
        states: Mapping[str, tuple[Callable[[Run, Any], Task], type[Resource]]],
        arguments: Arguments,
        **constraints: Any,
    ) -> None:
        self.states = states
        resources = [resource for _task, resource in states.values()]
        self.resource = resources[0]
        otherwise = {"default": PRESENT} if PRESENT in states else {"required": True}
        state = {"state": {"type": "str", "choices": list(states), **otherwise}}
        arguments = {**self.resource.parent.arguments, **arguments, **state, **wait.ARGUMENTS}
        identifying = [name for resource in resources for name in resource.identifying()]
        super().__init__(arguments, identifying=identifying, **constraints)

    def task(self, run: Run) -> Task:
        task, resource = self.states[run.params["state"]]
        return task(run, resource(run.client, run.params))
