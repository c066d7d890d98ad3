# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls below /api/3. Every operation handles requests in the same way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from .access import Token
from .answers import Answer, ApiError, not_implemented, page_of, retry_later
from .contract import Contract, Invalid, Operation
from .faults import Fault
from .operations import EMPTY, GROWERS, HANDLERS, Call
from .world import World

BASE = "/api/3"
FORM = "application/x-www-form-urlencoded"


@dataclass
class Request:
    """A request as received. `path` is percent-encoded and without the query; header names are in lower case.

    `caller` is the client's address.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    caller: str = ""


@dataclass
class Outcome:
    """What the request log records about an answer."""

    operation_id: str | None = None
    applied: bool = False
    notes: dict[str, Any] = field(default_factory=dict)


class Api:
    """Answers requests as the contract says, from the state of the world."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        unknown = (set(HANDLERS) | set(GROWERS)) - set(contract.operations)
        if unknown:
            raise LookupError(f"no such operations in the contract: {', '.join(sorted(unknown))}")

    def answer(self, world: World, request: Request, outcome: Outcome, fault: Fault | None = None) -> Answer:
        """Answer a request. `fault` may change how a list is paged (see Fault.before)."""
        world.settle()
        headers: dict[str, str] = {}
        try:
            operation, raw_path = self._route(request)
            outcome.operation_id = operation.id
            token = self._admit(world, operation, request, headers)
            call = self._call(world, operation, raw_path, request, token)
            answer = self._run(world, call, fault)
            outcome.applied, outcome.notes = operation.method != "GET", call.notes
        except Invalid as problem:
            answer = ApiError(400, str(problem)).answer(self.contract.errors)
        except ApiError as error:
            answer = error.answer(self.contract.errors)
        answer.headers.update(headers)
        if world.settings.warning is not None and answer.status < 300:
            answer.headers["X-Cloud66-Warning"] = world.settings.warning
        return answer

    def _route(self, request: Request) -> tuple[Operation, dict[str, str]]:
        """Find the operation for a path. A `.json` suffix and repeated slashes are ignored."""
        segments = [segment for segment in request.path[len(BASE) :].split("/") if segment]
        if segments and segments[-1].endswith(".json"):
            segments[-1] = segments[-1][: -len(".json")]
        found = self.contract.find(request.method, segments)
        if found is None:
            raise ApiError(404, "No such path")
        return found

    def _admit(self, world: World, operation: Operation, request: Request, headers: dict[str, str]) -> Token | None:
        """Check the token, the hourly limit and the scopes, and add the limit's headers. Returns the token."""
        if not operation.scopes:
            return None
        scheme, _separator, value = request.headers.get("authorization", "").partition(" ")
        if not value:
            raise ApiError(401)
        token = world.tokens.get(value.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise ApiError(401, description="The authentication token is not valid")
        settings = world.settings
        left = world.budget.spend(token.user_id, settings.limit, world.now())
        headers.update({"X-RateLimit-Limit": str(settings.limit), "X-RateLimit-Remaining": str(max(left, 0))})
        if left < 0:
            raise ApiError(503, headers=retry_later(settings.retry_after))
        if not any(scopes <= token.scopes for scopes in operation.scopes):
            raise ApiError(403)
        return token

    def _call(
        self, world: World, operation: Operation, raw_path: dict[str, str], request: Request, token: Token | None
    ) -> Call:
        if operation.id not in HANDLERS:
            raise not_implemented()
        call = Call(operation, caller=request.caller, host=request.headers.get("host", ""), raw_path=raw_path)
        if token:
            call.user_id, call.scopes = token.user_id, token.scopes
        try:
            path = {name: _decoded(value) for name, value in raw_path.items()}
            call.path = self.contract.check_parameters(operation, "path", path)
        except Invalid as problem:
            raise ApiError(404, str(problem)) from problem
        call.account_id = _account(world, request.headers.get("x-account"))
        fields = self._body(operation, request)
        query = _pairs(request.query)
        if request.method == "GET":
            query = {**{name: str(value) for name, value in fields.items()}, **query}
        elif operation.body_schema and (request.body or operation.body_required):
            self.contract.check_body(operation, fields)
            call.body = fields
        call.query = self.contract.check_parameters(operation, "query", query)
        return call

    def _body(self, operation: Operation, request: Request) -> Any:
        """Return the body with the contract's types, from JSON or a form; {} if the call takes none."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not request.body or not (operation.body_schema or request.method == "GET"):
            return {}
        if kind == "application/json":
            body = _json(request.body)
            if request.method == "GET" and not isinstance(body, dict):
                raise Invalid("The body is not an object")
            return body
        if kind == FORM:
            return self.contract.typed_form(operation, _pairs(_text(request.body)))
        raise Invalid(f"The body must be JSON or a form, not {kind or 'of no type'}")

    def _run(self, world: World, call: Call, fault: Fault | None) -> Answer:
        page = call.query.get("page", 1)
        if fault is not None and call.operation.paginated:
            page = fault.before(world, call, page)
        result = HANDLERS[call.operation.id](world, call)
        if result is EMPTY:
            return Answer()
        # An export of a list is not a list.
        if not call.operation.paginated or not isinstance(result, list):
            return Answer.json({"response": result})
        envelope = page_of(result, page, world.settings.per_page)
        if fault is not None:
            fault.after(call.query.get("page", 1), envelope)
        return Answer.json(envelope)


def _account(world: World, header: str | None) -> int | None:
    """Return the account that X-Account selects. Cloud 66's own client sends it with every call."""
    if header is None:
        return None
    if not header.isascii() or not header.isdigit():
        raise Invalid("X-Account is not a number")
    if not any(str(account["id"]) == header for account in world.accounts):
        raise ApiError(403, "X-Account is not one of your accounts")
    return int(header)


def _decoded(segment: str) -> str:
    try:
        return unquote(segment, errors="strict")
    except UnicodeDecodeError as problem:
        raise Invalid("The path is not UTF-8") from problem


def _pairs(text: str) -> dict[str, str]:
    """Parse a query or a form. If a field is repeated, the last one counts."""
    try:
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError as problem:
        raise Invalid("The fields are not UTF-8") from problem


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as problem:
        raise Invalid("The body is not UTF-8") from problem


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw, parse_constant=_reject_constant)
    except (ValueError, RecursionError) as problem:
        raise Invalid("The body is not JSON") from problem


def _reject_constant(name: str) -> None:
    raise ValueError(name)
