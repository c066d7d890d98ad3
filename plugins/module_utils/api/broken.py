# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Explains broken connections: what happened, which setting may be wrong, and where that setting comes from."""

from __future__ import annotations

import os
import re
import socket
import ssl
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .libraries import requests, urllib3
from .settings import CA_VARIABLES, Settings

# What OpenSSL says of a server that does not answer in TLS.
NO_TLS = re.compile(r"WRONG_VERSION_NUMBER|UNKNOWN_PROTOCOL|HTTP_REQUEST|RECORD_LAYER_FAILURE|PACKET_LENGTH_TOO_LONG")
UNKNOWN_ISSUER = re.compile(r"issuer|self.signed|certificate chain")
TUNNEL = re.compile(r"Tunnel connection failed: (?P<status>\d+)(?P<words>[^'\")]*)")


class BrokenError(Exception):
    """No complete answer arrived. `sent`: Cloud 66 may have received the request. `retry`: a retry may help."""

    def __init__(self, reason: str, sent: bool, retry: bool = True) -> None:
        super().__init__(reason)
        self.reason, self.sent, self.retry = reason, sent, retry


class Proxy(NamedTuple):
    """The proxy in use, without its user and password, and the option or variable that sets it."""

    url: str
    source: str

    def __str__(self) -> str:
        return f"the proxy {self.url} ({self.source})"


def proxy_of(settings: Settings) -> Proxy | None:
    """The proxy for requests to the API, from the option or from the environment."""
    url, source = settings.proxy, settings.named("proxy")
    if not url:
        url = requests.utils.select_proxy(settings.api_url, requests.utils.get_environ_proxies(settings.api_url))
        names = (name for name, value in os.environ.items() if name.lower().endswith("_proxy") and value == url)
        source = next(names, "from the system's settings")
    return Proxy(without_user(url), source) if url else None


def without_user(url: str) -> str:
    """A URL without a user and a password, which may be too short to be censored by value."""
    return re.sub(r"(^|//)[^/]*@", r"\1", url)


def certificates_of(settings: Settings) -> tuple[str, str] | None:
    """The setting that says which certificates to trust, and its value; None for the defaults of requests."""
    if settings.ca_path:
        return settings.named("ca_path"), settings.ca_path
    return next(((name, os.environ[name]) for name in CA_VARIABLES if os.environ.get(name)), None)


def broken(error: Any, settings: Settings) -> BrokenError:
    """Why a request got no complete answer, and whether Cloud 66 may have received it."""
    errors = requests.exceptions
    if isinstance(error, errors.SSLError):
        return BrokenError(_tls(error, settings), sent=False, retry=False)
    if isinstance(error, errors.ProxyError):
        return _proxy_broken(error, settings)
    if isinstance(error, errors.ConnectTimeout):
        return BrokenError(f"no connection within {settings.api_timeout} seconds: {_advice(settings)}", sent=False)
    if isinstance(error, errors.Timeout):
        return _no_answer(settings)
    if isinstance(error, (errors.ChunkedEncodingError, errors.ContentDecodingError)):
        return BrokenError("the answer was cut off", sent=True)
    if isinstance(error, errors.ConnectionError):
        return _connection_broken(error, settings)
    return BrokenError(_not_sent(error, settings), sent=False, retry=False)


def _tls(error: Any, settings: Settings) -> str:
    if NO_TLS.search(str(error).upper().replace(" ", "_")):
        return f"{settings.origin} does not speak TLS: check {settings.named('api_url')}, or use http://"
    reason, trusted = _root(error), certificates_of(settings)
    if trusted and "NO_CERTIFICATE" in reason:
        return f"there is no certificate in {trusted[1]}; check {trusted[0]}"
    message = f"the TLS certificate of {settings.origin} cannot be verified ({reason.rstrip('.')})"
    if not UNKNOWN_ISSUER.search(reason):
        return f"{message}: check {settings.named('api_url')} and this machine's clock"
    now = f" ({trusted[0]} is {trusted[1]})" if trusted else ""
    return f"{message}: if an authority of your own signed it, name that authority's certificate in ca_path{now}"


def _proxy_broken(error: Any, settings: Settings) -> BrokenError:
    proxy = proxy_of(settings)
    found = TUNNEL.search(str(error))
    if found is None:
        return BrokenError(f"{proxy or 'the proxy'} cannot be reached ({_root(error)})", sent=False)
    if found["status"] == "407":
        return BrokenError(f"{proxy} requires a user and a password in its URL", sent=False, retry=False)
    words = f"{found['status']}{found['words']}"
    return BrokenError(f"{proxy} refuses to connect to {settings.origin} ({words})", sent=False)


def _connection_broken(error: Any, settings: Settings) -> BrokenError:
    cause = getattr(error.args[0], "reason", error.args[0]) if error.args else error
    if isinstance(cause, urllib3.exceptions.ReadTimeoutError):
        return _no_answer(settings)
    if isinstance(cause, urllib3.exceptions.NewConnectionError):
        reason = f"cannot connect to {settings.origin} ({_root(error)})"
        if any(isinstance(one, socket.gaierror) for one in _causes(error)):
            host = urlsplit(settings.api_url).hostname
            return BrokenError(f"{reason}: check the name {host} ({settings.named('api_url')}) and the DNS", sent=False)
        return BrokenError(f"{reason}: {_advice(settings)}", sent=False)
    return BrokenError(f"the connection was lost ({_root(error)})", sent=True)


def _no_answer(settings: Settings) -> BrokenError:
    return BrokenError(f"no answer within {settings.api_timeout} seconds ({settings.named('api_timeout')})", sent=True)


def _not_sent(error: Any, settings: Settings) -> str:
    proxy = proxy_of(settings)
    if proxy and "SOCKS" in str(error):
        return f"{proxy} requires the library PySocks: run `{sys.executable} -m pip install PySocks`"
    reason = f"the request could not be sent ({_root(error)})"
    if isinstance(error, requests.RequestException):
        return f"{reason}; check {proxy}" if proxy else reason
    trusted = certificates_of(settings)
    return f"{reason}; check {trusted[0]}, which is {trusted[1]}" if trusted else reason


def _advice(settings: Settings) -> str:
    proxy = proxy_of(settings)
    if proxy:
        return f"check {settings.named('api_url')} and {proxy}"
    return f"check {settings.named('api_url')}, the firewall, and whether a proxy is needed"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and its causes, which requests and urllib3 nest in several ways."""
    seen: list[BaseException] = []
    queue: list[Any] = [error]
    while queue:
        cause = queue.pop(0)
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            yield cause
            queue += [getattr(cause, "reason", None), cause.__cause__, cause.__context__, *cause.args]


def _root(error: BaseException) -> str:
    """The operating system's message for the root cause, without the URL that requests adds."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        if isinstance(cause, OSError) and cause.strerror and not isinstance(cause, requests.RequestException):
            return cause.strerror
    return type(causes[-1]).__name__
