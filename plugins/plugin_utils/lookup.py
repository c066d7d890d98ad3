# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared by the lookups: options, runs and errors."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.release import __version__ as ansible_version
from ansible.utils.display import Display
from ansible_collections.cloud66.cloud.plugins.module_utils.api import libraries
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.run import Run, connection_options

from . import progress
from .unsafe import as_data
from .variables import CONNECTION_VARIABLES, given_connection

display = Display()


class Cloud66Lookup(LookupBase):
    """A lookup that returns one thing for each term."""

    def run(self, terms: list[Any], variables: Any = None, **options: Any) -> list[Any]:
        if libraries.MISSING:
            raise AnsibleLookupError(libraries.advice())
        self.variables = variables or {}
        given = given_connection(options, self.variables, self._rendered)
        # The variables are in `given`, rendered.
        self.set_options(var_options={}, direct={**options, **given})
        try:
            run = Run(connection_options(given), ansible_version=ansible_version, log=progress.log)
        except Cloud66Error as error:
            raise AnsibleLookupError(str(error)) from error
        try:
            return [as_data(self.find(str(term), run)) for term in terms]
        except Cloud66Error as error:
            # Without the cause, which Ansible would also show, uncensored.
            raise AnsibleLookupError(run.censor.text(str(error))) from None
        finally:
            for warning in run.warnings:
                display.warning(run.censor.text(warning))

    def _rendered(self, name: str, value: Any) -> Any:
        """The value of an option or a variable; Ansible has rendered the options of the call.

        A fact is refused: a host could send the token to another API.
        """
        if name not in CONNECTION_VARIABLES:
            return value
        if name in (self.variables.get("ansible_facts") or {}):
            raise AnsibleLookupError(f"{name} must not be a fact, which a host can change. Set a variable instead.")
        return self._templar.template(value) if self._templar else value

    def find(self, term: str, run: Run) -> Any:
        """The thing that a term names. Raises Cloud66Error."""
        raise NotImplementedError
