# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module that checks the connection and the token."""

from __future__ import annotations

from .resources import ping
from .run import Module, Result, Run


class PingModule(Module):
    """Fails unless the API answers and takes the token; tells the scopes when asked for them."""

    def work(self, run: Run) -> Result:
        ping.ping(run.client)
        result: Result = {"api_url": run.settings.api_url, "token_source": run.token_source}
        if run.params["probe"]:
            result["scopes"] = ping.scopes(run.client)
        return result
