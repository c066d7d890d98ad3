# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that read: complete lists, filtered, with words for codes."""

from __future__ import annotations

from typing import Any

from ..resources.base import Resource, did_you_mean
from ..resources.fields import Row, described, secrets_in
from .run import Module, Result, Run
from .wait import ARGUMENTS, Patience, wait_for_actions

FIELDS = {"fields": {"type": "list", "elements": "str"}}


class InfoModule(Module):
    """Returns the rows of a resource that the options ask for, under its plural. With `waits`, it can wait for actions.

    All options are derived from the resource: its place, its filters, and the secrets that it can reveal.
    """

    def __init__(self, resource: type[Resource], waits: bool = False, **constraints: Any) -> None:
        reveals = {option: {"type": "bool", "default": False, "no_log": False} for option in resource.reveals}
        filters = {option: each.argument for option, each in resource.filters.items()}
        waiting = {**ARGUMENTS, "wait": {"type": "bool", "default": False}} if waits else {}
        one = {resource.by_identity[0]: {"type": resource.by_identity[1]}} if resource.by_identity else {}
        details = {option: {"type": "bool", "default": False} for option in resource.details}
        options = {**filters, **resource.options, **details, **reveals}
        arguments = {**resource.parent.arguments, **one, **options, **waiting, **FIELDS}
        super().__init__(
            arguments, reveals=resource.reveals, identifying=(*one, *resource.identifying()), **constraints
        )
        self.resource = resource
        self.waits = waits

    def work(self, run: Run) -> Result:
        resource = self.resource(run.client, run.params)
        rows, more = resource.read_all()
        if self.waits and run.params["wait"]:
            rows = wait_for_actions(run, rows, Patience.of(run.params), place=resource.place.label)
        shown = {field for option, fields in self.reveals.items() if run.params[option] for field in fields}
        run.hide(secrets_in(rows, resource.fields, shown))
        result = [described(row, resource.fields, shown) for row in rows]
        return {resource.plural: _with_only(run, result, run.params["fields"]), **more}


def _with_only(run: Run, rows: list[Row], fields: list[str] | None) -> list[Row]:
    """The rows with these fields only. Warns about fields that no row has."""
    if fields is None or not rows:
        return rows
    known = {name for row in rows for name in row}
    for field in fields:
        if field not in known:
            advice = did_you_mean(field, known, f"The fields are {', '.join(sorted(known))}.")
            run.warn(f"No row has the field {field}.{advice}")
    return [{name: value for name, value in row.items() if name in fields} for row in rows]
