# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that read: whole lists, filtered, with words beside the codes."""

from __future__ import annotations

from typing import Any

from ..resources.base import Resource, described, secrets_in
from .run import Arguments, Module, Result, Run
from .wait import Patience, wait_for_actions


class InfoModule(Module):
    """Returns the rows of a resource that the options ask for, under its plural; actions when they have ended."""

    def __init__(
        self,
        resource: type[Resource],
        arguments: Arguments,
        waits: bool = False,
        **constraints: Any,
    ) -> None:
        super().__init__(arguments, reveals=resource.reveals, **constraints)
        self.resource = resource
        self.waits = waits

    def work(self, run: Run) -> Result:
        resource = self.resource(run.client, run.params)
        rows = resource.read()
        if self.waits and run.params["wait"]:
            rows = wait_for_actions(run, rows, Patience.of(run.params))
        shown = {field for option, field in resource.reveals.items() if run.params[option]}
        run.hide(secrets_in(rows, resource.fields, shown))
        return {resource.plural: [described(row, resource.fields, shown) for row in rows], **resource.also}
