# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server: reads requests, gets answers from the API, applies faults, and keeps a log."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections import deque
from dataclasses import asdict, dataclass, field
from email.utils import formatdate
from typing import Any, TextIO
from urllib.parse import urlsplit

from aiohttp import web

from . import control, oauth, storage
from .answers import Answer, ApiError
from .api import BASE, Api, Outcome, Request
from .clock import Clock
from .contract import the_contract
from .faults import Fault, Faults
from .settings import Settings
from .world import World

MAX_LOGGED_REQUESTS = 20_000
# Closing a socket with this option set sends RST instead of FIN.
LINGER_ZERO = struct.pack("ii", 1, 0)


@dataclass
class Record:
    """A log entry: a request and its outcome.

    `status` is None until the request is answered, and stays None if the connection is reset. `applied` is true if a
    write changed the world. `notes` holds details that cannot be read back, such as the apply_strategy. Requests with
    the same `client_port` came over the same connection.
    """

    number: int
    time: float
    client_port: int
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: str
    status: int | None = None
    operation_id: str | None = None
    applied: bool = False
    fault: str | None = None
    notes: dict[str, Any] = field(default_factory=dict)


class Simulator:
    """A simulated Cloud 66: its world, its faults and its log, and the handler for its requests."""

    def __init__(self, stacks: int = 3, log: TextIO | None = None, hostile: bool = False, **settings: Any) -> None:
        self.api = Api(the_contract())
        self._stacks, self._hostile = stacks, hostile
        self._settings = settings
        self._log = log
        self.clock = Clock()
        self.reset()

    def reset(self) -> None:
        """Restore the seed data and the initial settings, and clear the faults and the log."""
        self.world = World(Settings(), self._stacks, self._hostile, self.clock)
        self.change_settings(**self._settings)
        self.faults = Faults()
        self.log: deque[Record] = deque(maxlen=MAX_LOGGED_REQUESTS)
        self._requests = 0

    def change_settings(self, **changes: Any) -> None:
        """Change settings of the world (see settings.Settings)."""
        world = self.world
        world.settings.change(**changes)
        if changes.get("remaining") is not None:
            world.budget.set_remaining(world.settings.remaining or 0, world.settings.limit, world.now())

    async def handle(self, incoming: web.BaseRequest) -> web.StreamResponse:
        """Answer a request for the API, the OAuth flow or the control API."""
        request = await _read(incoming)
        if request.path.startswith("/_sim/"):
            return _response(control.answer(self, request))
        record = self._record(incoming, request)
        try:
            return await self._answer(incoming, request, record)
        finally:
            if self._log:
                self._log.write(json.dumps(asdict(record)) + "\n")
                self._log.flush()

    async def _answer(self, incoming: web.BaseRequest, request: Request, record: Record) -> web.StreamResponse:
        fault = self.faults.pick(request.method, _below_base(request.path))
        record.fault = fault.kind if fault else None
        await self.world.clock.delay(self.world.settings.latency_ms / 1000)
        answer = self._compute(request, record, fault)
        answer.headers["Date"] = formatdate(self.world.now(), usegmt=True)
        if fault and fault.kind in ("reset", "reset_after"):
            return _reset(incoming)
        record.status = answer.status
        if fault and fault.kind == "cut":
            return await _cut(incoming, answer)
        if fault and fault.kind == "slow_headers":
            await asyncio.sleep(fault.options["seconds"])
        if fault and fault.kind == "slow_body":
            return await _slow_body(incoming, answer, fault.options["seconds"])
        return _response(answer)

    def _compute(self, request: Request, record: Record, fault: Fault | None) -> Answer:
        """Return the answer. A fault may replace it, or keep the request from changing the world."""
        answer = Answer()
        if fault is None or fault.applied:
            answer = self._regular_answer(request, record, fault)
        return (fault and fault.replacement(request.path, self.api.contract.errors)) or answer

    def _regular_answer(self, request: Request, record: Record, fault: Fault | None) -> Answer:
        if request.path.startswith("/oauth/"):
            return oauth.answer(self.world, request)
        if request.path.startswith(storage.BASE):
            return storage.answer(self.world, request.path, request.query, request.headers)
        if not (request.path + "/").startswith(BASE + "/"):
            return ApiError(404, "No such path").answer(self.api.contract.errors)
        outcome = Outcome()
        answer = self.api.answer(self.world, request, outcome, fault)
        record.operation_id, record.applied, record.notes = outcome.operation_id, outcome.applied, outcome.notes
        return answer

    def _record(self, incoming: web.BaseRequest, request: Request) -> Record:
        self._requests += 1
        peer = incoming.transport.get_extra_info("peername") if incoming.transport else None
        record = Record(
            number=self._requests,
            time=self.world.now(),
            client_port=peer[1] if peer else 0,
            method=request.method,
            path=request.path,
            query=request.query,
            headers=dict(request.headers),
            body=request.body.decode(errors="replace"),
        )
        self.log.append(record)
        return record


async def _read(incoming: web.BaseRequest) -> Request:
    """Read the request. An absolute URL, as for a proxy, is reduced to its path and query."""
    body = await incoming.read()
    target = incoming.raw_path
    if not target.startswith("/"):
        parts = urlsplit(target)
        target = parts.path + ("?" + parts.query if parts.query else "")
    path, _separator, query = target.partition("#")[0].partition("?")
    headers = {name.lower(): value for name, value in incoming.headers.items()}
    return Request(incoming.method, path, query, headers, body, incoming.remote or "")


def _below_base(path: str) -> str:
    """Return the path that faults are matched against."""
    path = "/" + "/".join(part for part in path.split("/") if part)
    return path[len(BASE) :].removesuffix(".json") if path.startswith(BASE + "/") else path


def _response(answer: Answer) -> web.Response:
    headers = {**answer.headers, "Content-Type": answer.content_type}
    return web.Response(status=answer.status, body=answer.body, headers=headers)


def _reset(incoming: web.BaseRequest) -> web.StreamResponse:
    """Abort the connection with RST, without an answer."""
    transport = incoming.transport
    if transport is not None:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
        transport.abort()
    return web.Response()


async def _begin(incoming: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    """Send headers for the whole body, and half of the body."""
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.headers["Content-Type"] = answer.content_type
    response.content_length = max(len(answer.body), 2)
    await response.prepare(incoming)
    await response.write(answer.body[: len(answer.body) // 2])
    return response


async def _cut(incoming: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    response = await _begin(incoming, answer)
    if incoming.transport is not None:
        incoming.transport.close()
    return response


async def _slow_body(incoming: web.BaseRequest, answer: Answer, seconds: float) -> web.StreamResponse:
    answer.body = answer.body or b"  "
    response = await _begin(incoming, answer)
    await asyncio.sleep(seconds)
    await response.write(answer.body[len(answer.body) // 2 :])
    await response.write_eof()
    return response


async def serve(simulator: Simulator, host: str, port: int) -> tuple[web.ServerRunner, int]:
    """Start listening. Returns the port, and the runner to call cleanup() on. Raises OSError if the port is in use."""
    runner = web.ServerRunner(web.Server(simulator.handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner, runner.addresses[0][1]
