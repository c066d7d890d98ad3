# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment variables of a stack."""

from __future__ import annotations

from typing import Any

from ..api.errors import Cloud66Error
from .base import Resource, Row, Rows, Secret
from .stack import the_stack


class EnvVar(Resource):
    """An environment variable. Every value may be a password. Source: list_environment_variables."""

    noun = "env_var"
    plural = "env_vars"
    scope = "admin"
    key = "key"
    fields = {"value": Secret(), "history": Rows({"value": Secret()})}

    def all(self) -> list[Row]:
        self.stack = the_stack(self.api, self.params)
        api = self.api.about(f"the environment variables of stack {self.stack['name']}", self.scope)
        return api.list("stacks", self.stack["uid"], "environments")

    def value(self, key: str) -> Any:
        """The value of a variable. Raises Cloud66Error when there is no such variable."""
        found = self.find(key)
        if not found:
            raise Cloud66Error(f"There is no environment variable {key} in stack {self.stack['name']}.")
        return found[0]["value"]
