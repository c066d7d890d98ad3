# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single HTTP requests: sessions, TLS, proxies, redirects, and the meaning of broken connections."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from .broken import BrokenError, broken
from .errors import Cloud66Error
from .libraries import requests, urllib3
from .settings import Settings, origin_of

REDIRECTS = (301, 302, 303, 307, 308)
MAX_REDIRECTS = 5
CHECK_URL = "Check api_url."
# The most threads that read in parallel.
MAX_CONNECTIONS = 64

_sessions: dict[tuple[int, Settings], Any] = {}


class Unshown(str):
    """A secret path segment, which errors and results do not show."""

    __slots__ = ()


# Texts that no path can have as a segment: HTTP libraries resolve them like parts of a file path.
UNUSABLE = ("", ".", "..")


class Dotless(str):
    """A path segment whose dots are percent-encoded, because the API would read the text after a dot as a format."""

    __slots__ = ()


class Answer(NamedTuple):
    """A complete answer. Header names are case-insensitive."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Sends requests to one API with one token, over keep-alive connections that the whole process shares."""

    def __init__(self, settings: Settings, token: str | None, agent: str) -> None:
        self.settings = settings
        self.token = token
        self.headers = {"Accept": "application/json", "User-Agent": agent}
        if settings.account_id is not None:
            self.headers["X-Account"] = str(settings.account_id)

    def with_settings(self, settings: Settings) -> Transport:
        """A transport with the same token and agent, but other settings."""
        return Transport(settings, self.token, self.headers["User-Agent"])

    def url(self, segments: tuple[Any, ...]) -> str:
        """The URL of a path, each segment percent-encoded."""
        return "/".join([self.settings.api_url, *(_encoded(segment) for segment in segments)])

    def shown_url(self, segments: tuple[Any, ...]) -> str:
        """The URL to show, without secrets."""
        return self.url(tuple("***" if isinstance(segment, Unshown) else segment for segment in segments))

    def send(self, method: str, url: str, request_id: str, **content: Any) -> Answer:
        """Send one request; `content` is `params`, `json` or `data`. Raises BrokenError or Cloud66Error.

        A redirect is followed only for a GET within the API's origin: the token is not sent anywhere else.
        """
        for _step in range(MAX_REDIRECTS):
            answer = self._send_once(method, url, request_id, **content)
            if answer.status not in REDIRECTS:
                return answer
            url = self._next_url(method, url, answer)
            content.pop("params", None)
        raise Cloud66Error(f"{urlsplit(url).hostname} redirects in a loop. {CHECK_URL}", status=answer.status)

    def _next_url(self, method: str, url: str, answer: Answer) -> str:
        try:
            target = urljoin(url, answer.headers.get("Location", ""))
            origin = origin_of(target)
        except ValueError:
            origin = "an invalid address"
        if origin != self.settings.origin:
            raise Cloud66Error(
                f"{self.settings.origin} redirects to {origin}, which must not get the token. {CHECK_URL}",
                status=answer.status,
            )
        if method != "GET":
            raise Cloud66Error(
                f"{self.settings.origin} redirects a {method}, which is not followed. {CHECK_URL}",
                status=answer.status,
            )
        return target

    def _send_once(self, method: str, url: str, request_id: str, **content: Any) -> Answer:
        settings = self.settings
        verify = (settings.ca_path or True) if settings.validate_certs else False
        proxies = {"http": settings.proxy, "https": settings.proxy} if settings.proxy else None
        try:
            response = session(settings).request(
                method,
                url,
                headers={**self.headers, "X-Request-Id": request_id},
                auth=partial(self._sign, url),
                timeout=settings.api_timeout,
                allow_redirects=False,
                verify=verify,
                proxies=proxies,
                **content,
            )
        except (OSError, urllib3.exceptions.LocationParseError) as error:
            # requests does not wrap files that it cannot read, nor an invalid host.
            raise broken(error, settings) from None
        _check_length(response)
        return Answer(response.status_code, response.headers, response.content)

    def _sign(self, url: str, request: Any) -> Any:
        """Add the token. Having an auth function also keeps requests from sending a password from ~/.netrc."""
        if "%2E" in url:
            # requests has decoded %2E.
            _path, mark, query = request.url.partition("?")
            request.url = url + mark + query
        if self.token is not None:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def session(settings: Settings) -> Any:
    """The session of this process for these settings. A session is never used in a forked process."""
    key = (os.getpid(), settings)
    if key not in _sessions:
        new: Any = requests.Session()
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=MAX_CONNECTIONS)
        new.mount("https://", adapter)
        new.mount("http://", adapter)
        # Threads must not share cookies.
        new.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # Transport follows redirects. requests would still parse their targets, and fail on invalid ones.
        new.get_redirect_target = lambda _response: None
        if not settings.validate_certs:
            # The task itself warns the user.
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        _sessions[key] = new
    return _sessions[key]


def new_request_id() -> str:
    """A new id for X-Request-Id."""
    return str(uuid.uuid4())


def _encoded(segment: Any) -> str:
    text = str(segment)
    if text in UNUSABLE:
        raise Cloud66Error(f"{text!r} cannot be used in the path of a URL.")
    encoded = quote(text, safe="*")
    return encoded.replace(".", "%2E") if isinstance(segment, Dotless) else encoded


def _check_length(response: Any) -> None:
    """Raise BrokenError if the body is shorter than announced, which urllib3 1 does not notice."""
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and response.request.method != "HEAD" and response.raw.tell() < int(announced):
        raise BrokenError("the answer was cut off", sent=True)
