# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A raw HTTP client that shares nothing with the collection's, and the contract as a check of its answers."""

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
    """What came back: status, headers with names in lower case, and the body."""

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
    """Sends requests as they are written, without encoding, retrying or following anything."""

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
        """Request a path below /api/3, one below the origin when it begins with two slashes, or a whole URL."""
        whole = path.startswith("http")
        target = path if whole else path[1:] if path.startswith("//") else "/api/3" + path
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            body = form if isinstance(form, str) else urlencode(form)
        elif body is not None and not isinstance(body, bytes):
            sent["Content-Type"] = "application/json"
            body = json.dumps(body)
        connection = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=timeout)
        try:
            connection.request(method, target, body, {**sent, **(headers or {})})
            answer = connection.getresponse()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()


@pytest.fixture
def call(sim: Running) -> Client:
    return Client(sim.origin)


@pytest.fixture(scope="session")
def conforms(contract: dict[str, Any]) -> Callable[[str, Reply], Any]:
    """A check that a reply is one that the contract allows for an operationId. Returns its JSON."""
    from jsonschema import Draft202012Validator, FormatChecker

    calls = {call["operationId"]: call for item in contract["paths"].values() for call in item.values()}

    def check(operation_id: str, reply: Reply) -> Any:
        response = calls[operation_id]["responses"][str(reply.status)]
        while "$ref" in response:
            response = contract["components"]["responses"][response["$ref"].rpartition("/")[2]]
        schema = {**response["content"]["application/json"]["schema"], "components": contract["components"]}
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(reply.json)
        return reply.json

    return check
