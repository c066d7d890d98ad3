# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the connection and the token."""

from __future__ import annotations

from ..api.client import Client
from ..api.errors import Cloud66Error
from ..api.oauth import SCOPES
from .run import Module, Result, Run

# Reads that require exactly this scope, to check whether the token has it. No such read is known for `jobs`.
PROBES = {"public": "stacks", "redeploy": "clouds", "users": "accounts", "admin": "image_repositories"}
YES, NO, UNKNOWN = "yes", "no", "unknown"


def ping(client: Client) -> None:
    """Raise Cloud66Error unless the API answers and accepts the token. Source: ping, ping_auth."""
    client.labelled("the status of the API").get("ping")
    client.labelled("the status of the token").get("ping", "auth")


def scopes(client: Client) -> dict[str, str]:
    """Whether the token has each scope: yes, no or unknown. Sends one request for each known probe."""
    return {scope: _probe(client, scope) for scope in SCOPES}


def _probe(client: Client, scope: str) -> str:
    if scope not in PROBES:
        return UNKNOWN
    try:
        client.labelled(f"the scope {scope} of the token", scope).call("GET", (PROBES[scope],))
    except Cloud66Error as error:
        return NO if error.status == 403 else UNKNOWN
    return YES


class PingModule(Module):
    """Fails unless the API answers and accepts the token; with `probe`, returns the scopes."""

    scope = "none: any valid token"

    def work(self, run: Run) -> Result:
        ping(run.client)
        result: Result = {"api_url": run.settings.api_url, "token_source": run.token_source}
        if run.params["probe"]:
            result["scopes"] = scopes(run.client)
        return result
