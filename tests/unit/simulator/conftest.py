# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A raw HTTP client that shares no code with the collection's, and the contract as a check of its answers."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from unit.fixtures.programs import HANG

pytest.importorskip("aiohttp", reason="the simulator needs tests/simulator/requirements.txt")
pytest.importorskip("jsonschema", reason="the simulator needs tests/simulator/requirements.txt")

from simulator import Running

DEMO_TOKEN = "4c9c9b1111"


@dataclass
class Reply:
    """An answer: its status, its headers with names in lower case, and its body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        return self.json["error"]


class Client:
    """Sends requests exactly as given: no encoding, no retries, no redirects."""

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def __call__(
        self,
        method: str,
        path: str,
        *,
        token: str | None = DEMO_TOKEN,
        body: Any = None,
        form: Any = None,
        headers: dict[str, str] | None = None,
        timeout: float = HANG,
    ) -> Reply:
        """Send a request to a path below /api/3, to one below the origin (with two leading slashes), or to a URL."""
        is_url = path.startswith("http")
        target = path if is_url else path[1:] if path.startswith("//") else "/api/3" + path
        own_headers = {"Authorization": f"Bearer {token}"} if token else {}
        if form is not None:
            own_headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = form if isinstance(form, str) else urlencode(form)
        elif body is not None and not isinstance(body, bytes):
            own_headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        connection = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=timeout)
        try:
            connection.request(method, target, body, {**own_headers, **(headers or {})})
            answer = connection.getresponse()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()


@pytest.fixture
def call(sim: Running) -> Client:
    return Client(sim.origin)


@pytest.fixture(scope="session")
def conforms(contract: dict[str, Any]) -> Callable[[str, Reply], Any]:
    """A function that checks a reply against the contract of an operationId and returns its JSON."""
    from jsonschema import Draft202012Validator, FormatChecker

    operations = {call["operationId"]: call for item in contract["paths"].values() for call in item.values()}

    def check(operation_id: str, reply: Reply) -> Any:
        response = operations[operation_id]["responses"][str(reply.status)]
        while "$ref" in response:
            response = contract["components"]["responses"][response["$ref"].rpartition("/")[2]]
        schema = {**response["content"]["application/json"]["schema"], "components": contract["components"]}
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(reply.json)
        return reply.json

    return check
