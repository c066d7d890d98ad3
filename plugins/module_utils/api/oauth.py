# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OAuth flow of command line tools: a URL to open, a code to enter, and a token in exchange for it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from .broken import BrokenError
from .errors import Cloud66Error
from .libraries import oauth2
from .settings import Settings
from .transport import Answer, Transport, new_request_id

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
SCOPES = ("public", "redeploy", "jobs", "users", "admin")


def authorize_url(settings: Settings, app_id: str, scopes: list[str]) -> str:
    """The URL where the user authorizes the application and gets a code."""
    scheme, _colon, host = settings.origin.partition("://")
    # oauthlib always refuses plain http, but the settings may allow it.
    url = oauth2.WebApplicationClient(app_id).prepare_request_uri(
        f"https://{host}/oauth/authorize", redirect_uri=OUT_OF_BAND, scope=" ".join(scopes)
    )
    return url.replace("https", scheme, 1)


def exchange(settings: Settings, agent: str, app_id: str, app_secret: str, code: str) -> dict[str, Any]:
    """The token for a code: {access_token, scope, ...}. Raises Cloud66Error.

    A code can be used only once, so the exchange is never retried after a lost answer.
    """
    client = oauth2.WebApplicationClient(app_id)
    form = client.prepare_request_body(code, redirect_uri=OUT_OF_BAND, include_client_id=True, client_secret=app_secret)
    url = f"{settings.origin}/oauth/token"
    try:
        answer = Transport(settings, None, agent).send("POST", url, new_request_id(), data=dict(parse_qsl(form)))
    except BrokenError as broken:
        hint = " The code may be used up: get a new one from the authorize_url." if broken.sent else ""
        raise Cloud66Error(f"Cannot exchange the code for a token: {broken.reason}.{hint}", url=url) from None
    token, problem = _token(client, answer)
    if problem or answer.status != 200:
        raise Cloud66Error(
            f"Cannot exchange the code for a token: {problem or answer.status}. A code works once and only for a short"
            " time: get a new one from the authorize_url, and check app_id and app_secret.",
            status=answer.status,
            url=url,
        )
    return token


def _token(client: Any, answer: Answer) -> tuple[dict[str, Any], str | None]:
    """The token in an answer, or why there is none."""
    body = _json_object(answer.body)
    if not body:
        return {}, f"the answer is not a JSON object (status {answer.status})"
    try:
        return dict(client.parse_request_body_response(json.dumps(body))), None
    except oauth2.OAuth2Error as error:
        return {}, str(body.get("error_description") or error.description or error.error).rstrip(".")
    except ValueError:
        return {}, "the answer contains no valid token"


def _json_object(body: bytes) -> dict[str, Any]:
    """A JSON object; {} if the body is anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
