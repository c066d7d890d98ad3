# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module that calls any endpoint."""

from __future__ import annotations

from .api.errors import Cloud66Error
from .resources import endpoint
from .run import HIDDEN, Module, Result, Run


class EndpointModule(Module):
    """Reads what a GET answers; sends anything else as a change, which check mode leaves out."""

    def work(self, run: Run) -> Result:
        params = run.params
        reads = params["method"] == "GET"
        if reads and params["body"] is not None:
            raise Cloud66Error("A GET has no body: give filters by the option query.")
        if params["paginate"] and not reads:
            raise Cloud66Error(f"paginate goes with GET only, not with {params['method']}.")
        endpoint.segments_of(params["path"])
        return {"changed": not reads, "response": self._response(run, reads)}

    def _response(self, run: Run, reads: bool) -> object:
        params = run.params
        if reads:
            response = endpoint.read(run.client, params["path"], params["query"], params["paginate"])
        elif run.check_mode:
            return None
        else:
            response = endpoint.write(run.client, params["method"], params["path"], params["query"], params["body"])
        if params["include_secrets"]:
            return response
        run.hide(endpoint.secrets_in(response))
        return endpoint.without_secrets(response, HIDDEN)
