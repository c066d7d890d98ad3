# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One request over the wire: sessions, TLS, proxies, redirects, and what a broken connection means."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from .errors import Cloud66Error
from .libraries import requests, urllib3
from .settings import Settings, origin_of

REDIRECTS = (301, 302, 303, 307, 308)
MAX_REDIRECTS = 5
IS_IT_RIGHT = "Is api_url right?"
# More threads than this never read side by side.
MAX_CONNECTIONS = 64

_sessions: dict[tuple[int, Settings], Any] = {}


class Unshown(str):
    """A segment of a path that is a secret, so that no error and no result shows it."""

    __slots__ = ()


class Dotless(str):
    """A segment of a path in which dots are encoded, since the API would take what follows one for a format."""

    __slots__ = ()


class Answer(NamedTuple):
    """An answer that came whole. Header names are looked up without case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class BrokenError(Exception):
    """No whole answer came. `sent`: Cloud 66 may have got the request. `retry`: another try makes sense."""

    def __init__(self, reason: str, sent: bool, retry: bool = True) -> None:
        super().__init__(reason)
        self.reason, self.sent, self.retry = reason, sent, retry


class Transport:
    """Sends requests to one API with one token, over kept-alive connections that the whole process shares."""

    def __init__(self, settings: Settings, token: str | None, agent: str) -> None:
        self.settings = settings
        self.token = token
        self.headers = {"Accept": "application/json", "User-Agent": agent}
        if settings.account_id is not None:
            self.headers["X-Account"] = str(settings.account_id)

    def with_settings(self, settings: Settings) -> Transport:
        """The same token and agent with other settings."""
        return Transport(settings, self.token, self.headers["User-Agent"])

    def url(self, segments: tuple[Any, ...]) -> str:
        """The URL of a path, each segment percent-encoded."""
        return "/".join([self.settings.api_url, *(_encoded(segment) for segment in segments)])

    def shown_url(self, segments: tuple[Any, ...]) -> str:
        """The same for people, without the secrets."""
        return self.url(tuple("***" if isinstance(segment, Unshown) else segment for segment in segments))

    def send(self, method: str, url: str, request_id: str, **content: Any) -> Answer:
        """Send one request; `content` is `params`, `json` or `data`. Raises BrokenError or Cloud66Error.

        A redirect is followed for a GET that stays where the API is. Anywhere else the token does not go.
        """
        for _step in range(MAX_REDIRECTS):
            answer = self._send_once(method, url, request_id, **content)
            if answer.status not in REDIRECTS:
                return answer
            url = self._next_url(method, url, answer)
            content.pop("params", None)
        raise Cloud66Error(f"{urlsplit(url).hostname} redirects in circles. {IS_IT_RIGHT}", status=answer.status)

    def _next_url(self, method: str, url: str, answer: Answer) -> str:
        try:
            target = urljoin(url, answer.headers.get("Location", ""))
            origin = origin_of(target)
        except ValueError:
            origin = "an address that makes no sense"
        if origin != self.settings.origin:
            raise Cloud66Error(
                f"{self.settings.origin} redirects to {origin}, where the token must not go. {IS_IT_RIGHT}",
                status=answer.status,
            )
        if method != "GET":
            raise Cloud66Error(
                f"{self.settings.origin} redirects a {method}, which is not followed. {IS_IT_RIGHT}",
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
        except (requests.RequestException, urllib3.exceptions.LocationParseError) as problem:
            # The latter comes through requests as it is, for a host that cannot be.
            raise _broken(problem, settings) from None
        _check_length(response)
        return Answer(response.status_code, response.headers, response.content)

    def _sign(self, url: str, request: Any) -> Any:
        """As an auth function it also keeps requests from sending a password of ~/.netrc instead."""
        if "%2E" in url:
            # requests has decoded it.
            request.url = url + request.url[len(request.url.partition("?")[0]) :]
        if self.token is not None:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def session(settings: Settings) -> Any:
    """The session of this process for these settings. One that was made before a fork is never used after it."""
    key = (os.getpid(), settings)
    if key not in _sessions:
        made: Any = requests.Session()
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=MAX_CONNECTIONS)
        made.mount("https://", adapter)
        made.mount("http://", adapter)
        # Cookies would tie the requests of several threads together.
        made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # Redirects are Transport's. requests would look where they lead all the same, and trip over nonsense.
        made.get_redirect_target = lambda _response: None
        if not settings.validate_certs:
            # The user is told by a warning of the task.
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        _sessions[key] = made
    return _sessions[key]


def new_request_id() -> str:
    """A fresh id for X-Request-Id."""
    return str(uuid.uuid4())


def _encoded(segment: Any) -> str:
    text = str(segment)
    if text in ("", ".", ".."):
        # Every HTTP library on the way would take them for steps between folders.
        raise Cloud66Error(f"{text!r} cannot be the name of anything in a path.")
    encoded = quote(text, safe="*")
    return encoded.replace(".", "%2E") if isinstance(segment, Dotless) else encoded


def _check_length(response: Any) -> None:
    """urllib3 1 does not notice a body that is shorter than was promised."""
    promised = response.headers.get("Content-Length", "")
    if promised.isdecimal() and response.request.method != "HEAD" and response.raw.tell() < int(promised):
        raise BrokenError("the answer was cut off", sent=True)


def _broken(problem: Any, settings: Settings) -> BrokenError:
    """What became of a request that got no whole answer."""
    errors = requests.exceptions
    if isinstance(problem, errors.SSLError):
        return BrokenError(
            f"the TLS certificate was not accepted ({_root(problem)}); see ca_path", sent=False, retry=False
        )
    if isinstance(problem, errors.ProxyError):
        return BrokenError(f"the proxy did not let it pass ({_root(problem)})", sent=False)
    if isinstance(problem, errors.ConnectTimeout):
        return BrokenError(f"no connection within {settings.api_timeout} seconds", sent=False)
    if isinstance(problem, errors.Timeout):
        return BrokenError(f"no answer within {settings.api_timeout} seconds", sent=True)
    if isinstance(problem, (errors.ChunkedEncodingError, errors.ContentDecodingError)):
        return BrokenError("the answer was cut off", sent=True)
    if isinstance(problem, errors.ConnectionError):
        return _connection_broken(problem, settings)
    return BrokenError(f"the request could not be made ({_root(problem)})", sent=False, retry=False)


def _connection_broken(problem: Any, settings: Settings) -> BrokenError:
    cause = getattr(problem.args[0], "reason", problem.args[0]) if problem.args else problem
    if isinstance(cause, urllib3.exceptions.ReadTimeoutError):
        return BrokenError(f"no answer within {settings.api_timeout} seconds", sent=True)
    if isinstance(cause, urllib3.exceptions.NewConnectionError):
        return BrokenError(f"there is no connection to {settings.origin} ({_root(problem)})", sent=False)
    return BrokenError(f"the connection was lost ({_root(problem)})", sent=True)


def _root(problem: BaseException) -> str:
    """The first cause in the system's words, without the URL that requests puts into its texts."""
    seen: list[BaseException] = []
    queue: list[Any] = [problem]
    while queue:
        one = queue.pop(0)
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            queue += [getattr(one, "reason", None), one.__cause__, one.__context__, *one.args]
    for one in seen:
        if isinstance(one, OSError) and one.strerror and not isinstance(one, requests.RequestException):
            return one.strerror
    return type(seen[-1]).__name__
