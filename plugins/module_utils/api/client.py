# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The authenticated client: API calls with retries, the hourly limit, complete lists, and readable errors."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Mapping
from typing import Any

from . import clock, limits, pages
from .broken import BrokenError
from .credentials import Token
from .errors import AnswerLostError, Cloud66Error, NotFoundError, ThrottledError
from .failures import Call, Failure, parsed
from .limits import RateLimit
from .settings import Settings
from .transport import Answer, Transport, new_request_id


def ignore(text: str) -> None:
    """Discard a message."""


class Usage:
    """The requests sent, how many of them were retries, and the hourly limit as last reported."""

    def __init__(self) -> None:
        self.requests = 0
        self.retries = 0
        self.rate_limit = RateLimit()
        self.throttle_waited = 0.0
        self.clock_offset = 0.0
        self.lock = threading.Lock()

    def facts(self) -> dict[str, Any]:
        return {"requests": self.requests, "retries": self.retries, "rate_limit": self.rate_limit._asdict()}


class Memory:
    """Answers to reads, by path. With `grows`, every answer is kept, so that nothing is read twice."""

    def __init__(self, answers: Mapping[tuple[Any, ...], Any] | None = None, *, grows: bool = False) -> None:
        self.grows = grows
        self._answers = {_question(path, {}): answer for path, answer in (answers or {}).items()}
        self._known = dict(self._answers)

    def get(self, path: tuple[Any, ...], query: Any) -> Any:
        """The answer to a GET; None if it must be asked for."""
        return self._answers.get(_question(path, query)) if self._answers else None

    def keep(self, path: tuple[Any, ...], query: Any, answer: Any) -> None:
        if self.grows:
            self._answers[_question(path, query)] = answer

    def forget(self) -> None:
        """Forget the answers that were kept: they are old."""
        self._answers = dict(self._known)


def _question(path: tuple[Any, ...], query: Any) -> tuple[tuple[Any, ...], str]:
    return tuple(map(str, path)), str(sorted(_plain(query).items()))


class Client:
    """Calls the API. A path is given as segments: `client.get("stacks", uid, "servers")`.

    Errors name `label`, the thing being read or changed, and `scope`, the required OAuth scope (see `labelled`).
    `log` reports long waits; `warn` reports problems that do not make the call fail.
    """

    def __init__(
        self,
        settings: Settings,
        token: Token,
        agent: str,
        *,
        log: Callable[[str], None] = ignore,
        warn: Callable[[str], None] = ignore,
    ) -> None:
        self.settings = settings
        self.usage = Usage()
        self.log = log
        self.warn = warn
        self.label = "the API"
        self.scope: str | None = None
        self.memory = Memory()
        self._token = token
        self._transport = Transport(settings, token.value, agent)

    def now(self) -> float:
        """The time by Cloud 66's clock as last reported, in seconds since 1970."""
        return clock.now() + self.usage.clock_offset

    def pause(self, seconds: float) -> None:
        """Wait before the next request, whose answer may be another one."""
        clock.sleep(seconds)
        self.memory.forget()

    def labelled(self, label: str, scope: str | None = None) -> Client:
        """The same client, whose errors name `label` and the required scope."""
        view = copy.copy(self)
        view.label, view.scope = label, scope
        return view

    def part(self, memory: Memory, *, log: Callable[[str], None], warn: Callable[[str], None]) -> Client:
        """The same client with a memory, and with other reports."""
        view = copy.copy(self)
        view.memory, view.log, view.warn = memory, log, warn
        return view

    def for_account(self, account_id: int | None) -> Client:
        """The same client for another account, or for all that the token can see."""
        view = copy.copy(self)
        view.settings = self.settings._replace(account_id=account_id)
        view._transport = self._transport.with_settings(view.settings)
        return view

    def get(self, *path: Any, **query: Any) -> dict[str, Any]:
        """One thing: the `response` of the answer."""
        body = self.call("GET", path, query=query)
        thing = body.get("response", body) if isinstance(body, dict) else body
        if not isinstance(thing, dict):
            raise Cloud66Error(f"Cannot read {self.label}: Cloud 66's answer is not a JSON object.")
        return thing

    def list(self, /, *path: Any, **query: Any) -> list[dict[str, Any]]:
        """All rows of a list, from every page."""
        return self.stream(path, query, pages.ignore)

    def first_page(self, /, *path: Any, **query: Any) -> pages.Page:
        """The first page of a list."""
        try:
            return pages.page_of(self.call("GET", path, query=query), 1)
        except pages.ListError as error:
            raise self._unreadable_list(path, error) from None

    def stream(
        self,
        path: tuple[Any, ...],
        query: dict[str, Any],
        on_page: Callable[[pages.Page, pages.Rows], None],
    ) -> pages.Rows:
        """All rows of a list. `on_page` gets each page with its new rows as it arrives, to start work on them early."""

        def fetch(number: int) -> pages.Page:
            page_query = query if number == 1 else {**query, "page": number}
            if number > 1:
                self.log(f"Reading page {number} of {self.label}")
            return pages.page_of(self.call("GET", path, query=page_query), number)

        try:
            return pages.read_whole(fetch, self.warn, on_page)
        except pages.ListError as error:
            raise self._unreadable_list(path, error) from None

    def _unreadable_list(self, path: tuple[Any, ...], error: pages.ListError) -> Cloud66Error:
        url = self._transport.shown_url(path)
        return Cloud66Error(f"Cannot read {self.label} completely: {error}.", status=200, url=url)

    def post(self, *path: Any, body: Any = None) -> Any:
        """Start or add something. If the call may have been applied, it is not retried and raises AnswerLostError."""
        return self.write("POST", path, body, retry=False)

    def put(self, *path: Any, body: Any = None) -> Any:
        """Change something synchronously. Only for calls that can safely be repeated."""
        return self.write("PUT", path, body)

    def delete(self, *path: Any, body: Any = None) -> Any:
        """Remove something synchronously. A 404 on a retry means that it has been removed."""
        return self.write("DELETE", path, body)

    def write(self, method: str, path: tuple[Any, ...], body: Any = None, retry: bool = True, query: Any = None) -> Any:
        """The `response` of a write's answer; None if the answer is empty."""
        answer = self.call(method, path, query=query, body=body, retry=retry)
        return answer.get("response", answer) if isinstance(answer, dict) else answer

    def call(
        self, method: str, path: tuple[Any, ...], *, query: Any = None, body: Any = None, retry: bool = True
    ) -> Any:
        """The JSON of an answer; None for a write with an empty answer. Raises Cloud66Error.

        A write that failed but may have been applied raises AnswerLostError. Without `retry`, such a write is not sent
        again.
        """
        if method == "GET":
            known = self.memory.get(path, query)
            if known is not None:
                return known
        content = {"params": _plain(query), "json": body}
        start = clock.now()
        tries = 0
        applied = False
        while True:
            tries += 1
            result = self._try(method, path, content)
            if not isinstance(result, Failure):
                if method == "GET":
                    self.memory.keep(path, query, result)
                return result
            if method == "DELETE" and tries > 1 and isinstance(result.error, NotFoundError):
                return None
            applied = applied or (result.applied and method != "GET")
            wait = self._wait(result, tries) if retry or not result.applied else None
            if wait is None:
                error = _after(result.error, tries, clock.now() - start)
                if applied:
                    message = f"{error} The write may have been applied."
                    raise AnswerLostError(message, **error.facts()) from error
                raise error
            self.pause(wait)
            with self.usage.lock:
                self.usage.retries += 1

    def _try(self, method: str, path: tuple[Any, ...], content: dict[str, Any]) -> Any:
        """Send one request. Returns the JSON of its answer, or a Failure."""
        url, shown_url = self._transport.url(path), self._transport.shown_url(path)
        call = Call(method, shown_url, new_request_id(), self.label, self.scope, self.settings, self._token)
        with self.usage.lock:
            self.usage.requests += 1
        try:
            answer = self._transport.send(method, url, call.request_id, **content)
        except BrokenError as broken:
            return call.broken(broken)
        except Cloud66Error as error:
            raise call.error(str(error), status=error.status) from None
        self.usage.rate_limit = limits.rate_limit(answer.headers, self.usage.rate_limit)
        self.usage.clock_offset = limits.clock_offset(answer.headers)
        if not 200 <= answer.status < 300:
            return call.failed(answer, self.usage.rate_limit.limit)
        return self._content(call, answer)

    def _content(self, call: Call, answer: Answer) -> Any:
        """The JSON of a successful answer, or a Failure if there is none."""
        warning = answer.headers.get("X-Cloud66-Warning")
        if warning:
            self.warn(f"Cloud 66 says: {warning}")
        if call.method != "GET" and not answer.body.strip():
            return None
        try:
            return parsed(answer.body)
        except ValueError:
            return call.unreadable(answer)

    def _wait(self, failure: Failure, tries: int) -> float | None:
        """Seconds to wait before the next try; None if the request is not retried."""
        if failure.wait is None:
            return None
        if isinstance(failure.error, ThrottledError):
            return self._throttle_wait(failure.wait)
        if tries > self.settings.api_retries:
            return None
        wait = max(failure.wait, limits.wait_before_retry(tries))
        self.log(f"Retrying in {wait:.0f} s: {failure.error}")
        return wait

    def _throttle_wait(self, wait: float) -> float | None:
        """Seconds to wait for the next hour; None if that exceeds the rest of `throttle_wait`."""
        with self.usage.lock:
            allowed = self.usage.throttle_waited + wait <= self.settings.throttle_wait
            if allowed:
                self.usage.throttle_waited += wait
        if not allowed:
            return None
        self.log(f"The hourly limit is used up: waiting until {limits.clock_time(wait)}")
        return wait


def _after(error: Cloud66Error, tries: int, seconds: float) -> Cloud66Error:
    """An error that says how often the request was sent."""
    if tries == 1:
        return error
    return type(error)(f"{error} Tried {tries} times in {seconds:.0f} seconds.", **error.facts())


def _plain(query: Any) -> dict[str, Any]:
    """Query values in the API's form: true as 1, None left out."""
    given = {name: value for name, value in (query or {}).items() if value is not None}
    return {name: int(value) if isinstance(value, bool) else value for name, value in given.items()}
