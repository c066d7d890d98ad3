# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OAuth flow for command line tools: a page that shows a code, and the exchange of the code for a token."""

from __future__ import annotations

import base64
import binascii
import html
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote_plus

from .access import Code
from .answers import Answer
from .api import Request
from .seed import SCOPES
from .world import World

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
CODE_SECONDS = 600
# The page approves every request as this user.
USER_ID = 1


def answer(world: World, request: Request) -> Answer:
    """Answer a request below /oauth."""
    if (request.method, request.path) == ("GET", "/oauth/authorize"):
        return _authorize(world, _fields(request.query))
    if (request.method, request.path) == ("POST", "/oauth/token"):
        return _token(world, request)
    return Answer.html("<h1>404 Not Found</h1>", 404)


def _authorize(world: World, fields: Mapping[str, str]) -> Answer:
    scopes = frozenset(fields.get("scope", "").split()) or frozenset({"public"})
    problem = _authorize_problem(world, fields, scopes)
    if problem:
        return Answer.html(f"<h1>An error has occurred</h1><p>{problem}</p>", 400)
    code = secrets.token_hex(16)
    expires = world.now() + CODE_SECONDS
    world.codes[code] = Code(fields["client_id"], fields["redirect_uri"], scopes, expires)
    name = html.escape(fields["client_id"])
    return Answer.html(f'<h1>{name} may use your account</h1><p>Your code:</p><code id="code">{code}</code>')


def _authorize_problem(world: World, fields: Mapping[str, str], scopes: frozenset[str]) -> str | None:
    if fields.get("client_id") not in world.apps:
        return "The client is not known."
    if fields.get("redirect_uri") != OUT_OF_BAND:
        return "The redirect URI is not the client's."
    if fields.get("response_type") != "code":
        return "The response type is not supported."
    if not scopes <= SCOPES:
        return "The requested scope is not known."
    return None


def _token(world: World, request: Request) -> Answer:
    fields = _fields(request.body.decode(errors="replace"))
    client_id, secret = _client(request, fields)
    if client_id not in world.apps or not secrets.compare_digest(world.apps[client_id].encode(), secret.encode()):
        challenge = {"WWW-Authenticate": 'Basic realm="Cloud 66"'}
        return _error("invalid_client", "The client is not known or its secret is wrong.", 401, challenge)
    if "grant_type" not in fields:
        return _error("invalid_request", "The parameter grant_type is missing.")
    if fields["grant_type"] != "authorization_code":
        return _error("unsupported_grant_type", "The grant type is not supported.")
    if "code" not in fields:
        return _error("invalid_request", "The parameter code is missing.")
    return _exchange(world, client_id, fields)


def _exchange(world: World, client_id: str, fields: Mapping[str, str]) -> Answer:
    """Exchange a code, which is valid once, for its client and redirect URI, and for a short time."""
    code = world.codes.get(fields["code"])
    valid = code is not None and code.client_id == client_id and code.redirect_uri == fields.get("redirect_uri")
    if code is None or not valid or code.expires < world.now():
        return _error("invalid_grant", "The code is not valid, was used already, or belongs to another client.")
    del world.codes[fields["code"]]
    token = world.add_token(USER_ID, code.scopes)
    scope = " ".join(sorted(code.scopes))
    body = {"access_token": token, "token_type": "bearer", "scope": scope, "created_at": int(world.now())}
    return Answer.json(body, headers={"Cache-Control": "no-store"})


def _client(request: Request, fields: Mapping[str, str]) -> tuple[str, str]:
    """Return the client's id and secret, from HTTP Basic (as Ruby's oauth2 sends them) or from the body."""
    scheme, _separator, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return fields.get("client_id", ""), fields.get("client_secret", "")
    try:
        name, _separator, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def _fields(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True))


def _error(error: str, description: str, status: int = 400, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer.json({"error": error, "error_description": description}, status, headers)
