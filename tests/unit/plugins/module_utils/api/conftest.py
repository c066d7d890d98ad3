# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of the simulator, and small HTTP servers."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api.client import Client
from ansible_collections.cloud66.cloud.plugins.module_utils.api.credentials import Token
from ansible_collections.cloud66.cloud.plugins.module_utils.api.settings import Settings, resolve
from unit.fixtures.programs import HANG

AGENT = "cloud66.cloud/test"


class Messages:
    """The log messages and the warnings of a client."""

    def __init__(self) -> None:
        self.logs: list[str] = []
        self.warnings: list[str] = []


@pytest.fixture
def messages() -> Messages:
    return Messages()


@pytest.fixture
def make_settings(sim) -> Callable[..., Settings]:
    """Settings for the simulator; api_timeout may be a fraction of a second."""

    def make(**options: Any) -> Settings:
        timeout = options.pop("api_timeout", HANG)
        return resolve({"api_url": sim.url, **options}, {})._replace(api_timeout=timeout)

    return make


@pytest.fixture
def make_client(sim, messages: Messages, make_settings: Callable[..., Settings]) -> Callable[..., Client]:
    """A client of the simulator with connection options. `messages` records what it logs."""

    def make(token: str = sim.token, **options: Any) -> Client:
        return Client(
            make_settings(**options),
            Token(token, "the test", frozenset({token})),
            AGENT,
            log=messages.logs.append,
            warn=messages.warnings.append,
        )

    return make


@dataclass
class ReceivedRequest:
    """A request received by a LocalServer. `path` is the whole request target."""

    method: str
    path: str
    headers: Any
    body: bytes


@dataclass
class LocalServer:
    """Records every request, and answers with the next of `answers`: (status, headers, body)."""

    origin: str = ""
    requests: list[ReceivedRequest] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        self.requests.append(ReceivedRequest(handler.command, handler.path, handler.headers, body))
        status, headers, text = self.answers.pop(0) if self.answers else (200, {}, b'{"response": {}}')
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(text)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(text)


@pytest.fixture
def local_server() -> Iterator[Callable[..., LocalServer]]:
    """Start a LocalServer, with TLS if a trustme certificate is given."""
    started: list[ThreadingHTTPServer] = []

    def start(certificate: Any = None) -> LocalServer:
        local = LocalServer()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_args: Any) -> None:
                """Log nothing."""

        def answer(handler: Handler) -> None:
            local.answer(handler)

        for method in ("GET", "POST", "PUT", "DELETE", "CONNECT"):
            setattr(Handler, f"do_{method}", answer)
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        # Tests refuse certificates on purpose.
        server.handle_error = lambda *_args: None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        started.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        local.origin = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_address[1]}"
        return local

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port on which nothing listens, reserved for the test."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
