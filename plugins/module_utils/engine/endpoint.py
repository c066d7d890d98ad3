# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module that calls any endpoint of the API, including those without a resource."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from ..api.client import Client
from ..api.errors import Cloud66Error
from .censor import HIDDEN
from .run import Module, Result, Run

# All fields in the contract that hold a secret.
SECRETS = frozenset(
    (
        "access_token",
        "jwt",
        "otp",
        "password",
        "public_url",
        "redeploy_hook",
        "server_registration_script",
        "ssh_private_key",
        "token",
    )
)


def segments_of(path: str) -> tuple[str, ...]:
    """The segments of a path below the API's URL, in which the user may have percent-encoded some characters.

    Raises Cloud66Error for an absolute URL, a query in the path, and `.` or `..`.
    """
    if "://" in path or path.startswith("//"):
        raise Cloud66Error(f"path {path!r} must be a path below api_url, such as /stacks, not a URL.")
    if "?" in path or "#" in path:
        raise Cloud66Error(f"path {path!r} must not contain a query: use the option query.")
    segments = tuple(unquote(part) for part in path.split("/") if part)
    if not segments or any(part in (".", "..") for part in segments):
        raise Cloud66Error(f"path {path!r} is not a valid path below api_url.")
    return segments


def read(client: Client, path: str, query: dict[str, Any] | None, paginate: bool) -> Any:
    """The answer to a GET: the whole list with `paginate`, or else the `response` of one answer."""
    segments = segments_of(path)
    client = client.labelled(path)
    if paginate:
        return client.list(*segments, **{str(name): value for name, value in (query or {}).items()})
    answered = client.call("GET", segments, query=query)
    return answered.get("response", answered) if isinstance(answered, dict) else answered


def write(client: Client, method: str, path: str, query: dict[str, Any] | None, body: Any) -> Any:
    """The answer to another method. The endpoint is unknown, so a call that may have been applied is not retried."""
    segments = segments_of(path)
    # YAML has dates, but JSON does not.
    body = json.loads(json.dumps(body, default=str))
    answered = client.labelled(path).call(method, segments, query=query, body=body, retry=False)
    return answered.get("response", answered) if isinstance(answered, dict) else answered


def secrets_in(answered: Any) -> set[str]:
    """The texts in an answer, at any depth, in fields that are known to hold secrets."""
    if isinstance(answered, list):
        return {secret for one in answered for secret in secrets_in(one)}
    if not isinstance(answered, dict):
        return set()
    own = {value for name, value in answered.items() if name in SECRETS and isinstance(value, str)}
    return own.union(*(secrets_in(value) for value in answered.values()))


def without_secrets(answered: Any, instead: str) -> Any:
    """An answer with each of its secrets replaced by another text."""
    if isinstance(answered, list):
        return [without_secrets(one, instead) for one in answered]
    if not isinstance(answered, dict):
        return answered
    return {
        name: instead if name in SECRETS and isinstance(value, str) else without_secrets(value, instead)
        for name, value in answered.items()
    }


class EndpointModule(Module):
    """Returns the answer to a GET. Any other method is a change, which is not sent in check mode."""

    scope = "that of the endpoint"

    def work(self, run: Run) -> Result:
        params = run.params
        reads = params["method"] == "GET"
        if reads and params["body"] is not None:
            raise Cloud66Error("A GET request has no body: use the option query for filters.")
        if params["paginate"] and not reads:
            raise Cloud66Error(f"paginate is only for GET, not for {params['method']}.")
        segments_of(params["path"])
        return {"changed": not reads, "response": self._response(run, reads)}

    def _response(self, run: Run, reads: bool) -> object:
        params = run.params
        if reads:
            response = read(run.client, params["path"], params["query"], params["paginate"])
        elif run.check_mode:
            return None
        else:
            response = write(run.client, params["method"], params["path"], params["query"], params["body"])
        if params["include_secrets"]:
            return response
        run.hide(secrets_in(response))
        return without_secrets(response, HIDDEN)
