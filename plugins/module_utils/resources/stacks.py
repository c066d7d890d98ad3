# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Things of one, several or all stacks, which are read side by side."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ..api.errors import Cloud66Error, ThrottledError, UnauthorizedError
from ..api.parallel import check_workers, side_by_side
from .base import Arguments, Resource
from .fields import Row
from .stack import Stack, place_of

# The number of stacks on a page of their list.
PAGE = 30
OF_STACKS: Mapping[str, Mapping[str, Any]] = {
    "stack": {"type": "list", "elements": "str"},
    "environment": {"type": "str"},
    "workers": {"type": "int", "default": 8},
    "skip_failed": {"type": "bool", "default": False},
}


class OfStacks(Resource):
    """Things of the stacks that the options name, by default of all. Source: list_stacks, get_stack."""

    options: Arguments = OF_STACKS

    def read_all(self) -> tuple[list[Row], dict[str, Any]]:
        check_workers(self.params["workers"])
        if len(self.stacks) > 1:
            self.client.log(f"Reading the {self.titles} of {len(self.stacks)} stacks")
        parts = side_by_side(self._of_stack, self.stacks, self.params["workers"])
        rows = [row for part in parts if isinstance(part, list) for row in part]
        return rows, {"failed_stacks": [part for part in parts if isinstance(part, dict)]}

    @cached_property
    def stacks(self) -> list[Row]:
        """The stacks that the options name, each once, in the order they were named."""
        every = Stack(self.client, self.params)
        wanted, environment = self.params["stack"], self.params["environment"]
        if wanted is None:
            return every.of_environment(every.all(), environment)
        # One page of the list costs as much as a request for one stack.
        listed = {row["uid"]: row for row in every.all()} if len(wanted) > PAGE else {}
        found = [listed.get(name) or every.named(name, environment) for name in wanted]
        return list({row["uid"]: row for row in found}.values())

    def _of_stack(self, stack: Row) -> list[Row] | Row:
        """The rows of a stack, or the entry for failed_stacks if the stack is skipped."""
        title = f"{stack['name']} ({stack.get('environment')}, {stack['uid']})"
        there = type(self)(self.client, self.params)
        there.place = place_of(stack)._replace(label=f"stack {title}")
        try:
            return there.read()
        except Cloud66Error as error:
            if not self.params["skip_failed"] or isinstance(error, (UnauthorizedError, ThrottledError)):
                raise
            self.client.warn(f"The {self.titles} of stack {title} were skipped: {error}")
            return {**there.with_place({}), "msg": str(error)}
