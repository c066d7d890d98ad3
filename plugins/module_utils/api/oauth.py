# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OAuth flow of command line tools: an address to open, a code to bring back, a token for it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from .errors import Cloud66Error
from .libraries import oauth2
from .settings import Settings
from .transport import BrokenError, Transport, new_request_id

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
SCOPES = ("public", "redeploy", "jobs", "users", "admin")


def authorize_url(settings: Settings, app_id: str, scopes: list[str]) -> str:
    """Where the user allows the application and is shown a code."""
    scheme, _colon, place = settings.origin.partition("://")
    # oauthlib refuses plain http anywhere; where it is allowed, the settings have decided.
    made = oauth2.WebApplicationClient(app_id).prepare_request_uri(
        f"https://{place}/oauth/authorize", redirect_uri=OUT_OF_BAND, scope=" ".join(scopes)
    )
    return f"{scheme}{made[len('https') :]}"


def exchange(settings: Settings, agent: str, app_id: str, app_secret: str, code: str) -> dict[str, Any]:
    """The token for a code: {access_token, scope, ...}. Raises Cloud66Error.

    A code works once, so the exchange is never sent a second time when its answer is lost.
    """
    client = oauth2.WebApplicationClient(app_id)
    form = client.prepare_request_body(code, redirect_uri=OUT_OF_BAND, include_client_id=True, client_secret=app_secret)
    url = f"{settings.origin}/oauth/token"
    try:
        answer = Transport(settings, None, agent).send("POST", url, new_request_id(), data=dict(parse_qsl(form)))
    except BrokenError as broken:
        hint = " The code may be used up: get a new one from the authorize_url." if broken.sent else ""
        raise Cloud66Error(f"Cannot exchange the code for a token: {broken.reason}.{hint}", url=url) from None
    said = _json_object(answer.body)
    problem: str | None = None
    try:
        token = client.parse_request_body_response(json.dumps(said)) if said else {}
    except oauth2.OAuth2Error as error:
        problem = str(said.get("error_description") or error.description or error.error).rstrip(".")
    except ValueError:
        problem = "the answer makes no sense"
    if not said:
        problem = f"the answer is no JSON object (status {answer.status})"
    if problem or answer.status != 200:
        raise Cloud66Error(
            f"Cannot exchange the code for a token: {problem or answer.status}. A code works once and for a short time"
            " only: get a new one from the authorize_url, and check app_id and app_secret.",
            status=answer.status,
            url=url,
        )
    return dict(token)


def _json_object(body: bytes) -> dict[str, Any]:
    """What a body holds, {} where it is no JSON object."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
