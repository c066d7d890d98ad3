# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The authenticated client: calls of the API with retries, the hourly limit, whole lists, and errors as sentences."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from . import clock, limits, pages
from .credentials import Token
from .errors import AnswerLostError, Cloud66Error
from .limits import RateLimit
from .settings import Settings
from .transport import Answer, BrokenError, Transport, new_request_id

# A call that failed with these may go well the next time. 503 is looked at more closely.
TRANSIENT = (408, 500, 502, 504)
VERBS = {"GET": "read", "POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "remove"}
LOG_IN_AGAIN = "log in again (`ansible-playbook cloud66.cloud.login`) or use another personal access token"


def ignore(text: str) -> None:
    """What is done with messages that nobody wants."""


class Usage:
    """What the calls cost: requests sent, how many of them were sent again, and the hourly limit as last heard."""

    def __init__(self) -> None:
        self.requests = 0
        self.retries = 0
        self.rate_limit = RateLimit()
        self.throttle_waited = 0.0
        self.clock_offset = 0.0
        self.lock = threading.Lock()

    def facts(self) -> dict[str, Any]:
        return {"requests": self.requests, "retries": self.retries, "rate_limit": self.rate_limit._asdict()}


class Problem(NamedTuple):
    """A call that failed. `applied` says whether a write may have worked all the same, `wait` when to try again.

    `wait` is None where another try makes no sense, and `throttled` tells the hourly limit from other reasons.
    """

    error: Cloud66Error
    applied: bool = False
    wait: float | None = None
    throttled: bool = False


class Client:
    """Calls of the API. Paths are given as segments: `client.get("stacks", uid, "servers")`.

    `label` and `scope` say for the errors what is being worked on and what it takes (see `labelled`). `log` tells
    about long waits, `warn` takes what the user should know of a call that went well.
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
        self._source = token.source
        self._transport = Transport(settings, token.value, agent)

    def now(self) -> float:
        """The time by Cloud 66's clock, as it was told last, in seconds since 1970."""
        return clock.now() + self.usage.clock_offset

    def pause(self, seconds: float) -> None:
        """Wait before something is sent."""
        clock.sleep(seconds)

    def labelled(self, label: str, scope: str | None = None) -> Client:
        """The same client, whose errors speak of `label` and of the scope that it takes."""
        view = copy.copy(self)
        view.label, view.scope = label, scope
        return view

    def for_account(self, account_id: int) -> Client:
        """The same client, working in another account."""
        view = copy.copy(self)
        view.settings = self.settings._replace(account_id=account_id)
        view._transport = self._transport.with_settings(view.settings)
        return view

    def get(self, *path: Any, **query: Any) -> dict[str, Any]:
        """One thing: what stands under `response`."""
        body = self.call("GET", path, query=query)
        thing = body.get("response", body) if isinstance(body, dict) else body
        if not isinstance(thing, dict):
            raise Cloud66Error(f"Cannot read {self.label}: Cloud 66's answer is not a JSON object.")
        return thing

    def list(self, /, *path: Any, **query: Any) -> list[dict[str, Any]]:
        """All rows of a list, from every page."""
        return self.stream(path, query, pages.nothing)

    def stream(
        self,
        path: tuple[Any, ...],
        query: dict[str, Any],
        arrived: Callable[[pages.Page, pages.Rows], None],
    ) -> pages.Rows:
        """All rows of a list. `arrived` gets each page as it comes, so that work on its rows can begin."""

        def fetch(number: int) -> pages.Page:
            asked = query if number == 1 else {**query, "page": number}
            if number > 1:
                self.log(f"Reading page {number} of {self.label}")
            return pages.page_of(self.call("GET", path, query=asked), number)

        try:
            return pages.read_whole(fetch, self.warn, arrived)
        except Cloud66Error as error:
            if error.method is not None:
                raise
            raise Cloud66Error(
                f"Cannot read {self.label} whole: {error}.", url=self._transport.shown_url(path)
            ) from None

    def post(self, *path: Any, body: Any = None) -> Any:
        """Start or add something. Never sent again when it may have been applied: raises AnswerLostError instead."""
        return self.write("POST", path, body, retry=False)

    def put(self, *path: Any, body: Any = None) -> Any:
        """Change something at once, so that doing it twice does no harm."""
        return self.write("PUT", path, body)

    def delete(self, *path: Any, body: Any = None) -> Any:
        """Remove something at once. That it is not there when it is sent again means that it went well."""
        return self.write("DELETE", path, body)

    def write(self, method: str, path: tuple[Any, ...], body: Any = None, retry: bool = True) -> Any:
        """What stands under `response` of a write's answer; None where the answer is empty."""
        answered = self.call(method, path, body=body, retry=retry)
        return answered.get("response", answered) if isinstance(answered, dict) else answered

    def call(
        self, method: str, path: tuple[Any, ...], *, query: Any = None, body: Any = None, retry: bool = True
    ) -> Any:
        """The JSON of an answer, None for a write that was answered without a body.

        `retry` says that the call may be sent again after it may have been applied. Raises Cloud66Error.
        """
        url, shown = self._transport.url(path), self._transport.shown_url(path)
        content = {"params": _plain(query), "json": body}
        tries = 0
        while True:
            tries += 1
            outcome = self._try(method, url, shown, content)
            if not isinstance(outcome, Problem):
                return outcome
            if method == "DELETE" and tries > 1 and outcome.error.status == 404:
                return None
            if outcome.applied and not retry:
                raise _lost(outcome.error)
            wait = self._wait(outcome, tries)
            if wait is None:
                raise outcome.error
            self.pause(wait)
            with self.usage.lock:
                self.usage.retries += 1

    def _try(self, method: str, url: str, shown: str, content: dict[str, Any]) -> Any:
        """The JSON of one try's answer, or a Problem, whose error names the URL as it may be shown."""
        request_id = new_request_id()
        with self.usage.lock:
            self.usage.requests += 1
        try:
            answer = self._transport.send(method, url, request_id, **content)
        except BrokenError as broken:
            error = self._error(method, shown, request_id, broken.reason)
            return Problem(error, applied=broken.sent, wait=0 if broken.retry else None)
        except Cloud66Error as error:
            raise self._error(method, shown, request_id, str(error), status=error.status) from None
        self.usage.rate_limit = limits.rate_limit(answer.headers, self.usage.rate_limit)
        self.usage.clock_offset = limits.clock_offset(answer.headers)
        if 200 <= answer.status < 300:
            return self._content(method, shown, request_id, answer)
        return self._problem(method, shown, request_id, answer)

    def _content(self, method: str, url: str, request_id: str, answer: Answer) -> Any:
        warning = answer.headers.get("X-Cloud66-Warning")
        if warning:
            self.warn(f"Cloud 66 says: {warning}")
        if not answer.body.strip() and method != "GET":
            return None
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError):
            what = "is empty" if not answer.body.strip() else "is no JSON"
            reason = f"the answer {what} (status {answer.status}{_kind(answer)})"
            error = self._error(method, url, request_id, reason, status=answer.status)
            return Problem(error, applied=True, wait=0)

    def _problem(self, method: str, url: str, request_id: str, answer: Answer) -> Problem:
        said = _said(answer)
        error = self._error(method, url, request_id, self._sentence(answer, said), status=answer.status, **said)
        if answer.status == 429 or (answer.status == 503 and said.get("error") == "throttled"):
            return Problem(error, wait=limits.wait_for_next_hour(answer.headers), throttled=True)
        if answer.status == 503 and said.get("error") != "not_implemented":
            wait = limits.retry_after(answer.headers) or 0
            if wait <= limits.LONGEST_WAIT:
                return Problem(error, applied=True, wait=wait)
            error.args = (f"{error} Cloud 66 asks to come back at {limits.clock_time(wait)}.",)
            return Problem(error, applied=True)
        if answer.status in TRANSIENT:
            return Problem(error, applied=True, wait=0)
        return Problem(error)

    def _wait(self, problem: Problem, tries: int) -> float | None:
        """Seconds until the next try, None where there is none."""
        if problem.wait is None:
            return None
        if problem.throttled:
            return self._wait_for_limit(problem)
        if tries > self.settings.api_retries:
            return None
        wait = max(problem.wait, limits.wait_before_retry(tries))
        self.log(f"Trying again in {wait:.0f} s: {problem.error}")
        return wait

    def _wait_for_limit(self, problem: Problem) -> float:
        """The wait for the next hour, as far as the user allows."""
        wait = max(problem.wait or 0, 1)
        with self.usage.lock:
            allowed = self.usage.throttle_waited + wait <= self.settings.throttle_wait
            if allowed:
                self.usage.throttle_waited += wait
        if not allowed:
            limit = self.usage.rate_limit.limit
            whose = f"hourly limit of {limit} requests" if limit else "hourly limit of requests"
            advice = f"The {whose} is used up: come back at {limits.clock_time(wait)}"
            problem.error.args = (f"{problem.error} {advice}, or allow to wait by throttle_wait: {int(wait) + 1}.",)
            raise problem.error
        self.log(f"The hourly limit is used up: waiting until {limits.clock_time(wait)}")
        return wait

    def _error(self, method: str, url: str, request_id: str, reason: str, **facts: Any) -> Cloud66Error:
        reason = reason if reason.endswith((".", "?", "!")) else f"{reason}."
        message = f"Cannot {VERBS.get(method, method)} {self.label}: {reason}"
        return Cloud66Error(message, method=method, url=url, request_id=request_id, **facts)

    def _sentence(self, answer: Answer, said: dict[str, Any]) -> str:
        """What Cloud 66 said, and what to do."""
        if not said:
            what = "does not say why" if _json(answer.body) is not None else "is no JSON"
            what = f"an answer that {what}{_kind(answer)}" if answer.body.strip() else "an empty answer"
            told = f"{what} with status {answer.status}"
        else:
            words = said.get("details") or said.get("description")
            told = f"Cloud 66 answered {answer.status} {said['error']}" + (f" ({words})" if words else "")
        advice = self._advice(answer.status, said.get("error"))
        return f"{told.rstrip('.')}. {advice}" if advice else told

    def _advice(self, status: int, error: str | None) -> str | None:
        scope = f"the scope {self.scope}" if self.scope else "a scope that this takes"
        advice = {
            400: "Check the values that were given.",
            401: f"The token from {self._source} is wrong or was revoked: {LOG_IN_AGAIN}.",
            402: "See the billing of the account in Cloud 66's dashboard.",
            403: f"The token from {self._source} lacks {scope}, or its user may not do this: {LOG_IN_AGAIN}.",
            404: "It is not there, or the token's user cannot see it.",
            409: "Something else is going on with it: try again when that has ended.",
        }
        if status == 503 and error == "not_implemented":
            return "Cloud 66 does not offer this."
        return advice.get(status)


def _lost(error: Cloud66Error) -> AnswerLostError:
    lost = AnswerLostError(f"{error} It may have been done all the same.")
    lost.__dict__.update(error.__dict__)
    return lost


def _said(answer: Answer) -> dict[str, Any]:
    """Cloud 66's own words in an error's body; {} where it is no such body."""
    body = _json(answer.body)
    if not isinstance(body, dict) or not body.get("error"):
        return {}
    names = {"error": "error", "error_description": "description", "details": "details"}
    return {name: _one_line(body[key]) for key, name in names.items() if body.get(key)}


def _json(body: bytes) -> Any:
    """What a body holds, None where it is no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _one_line(value: Any) -> str:
    return " ".join(str(value).split())[:500]


def _kind(answer: Answer) -> str:
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    return f", {kind}" if kind else ""


def _plain(query: Any) -> dict[str, Any]:
    """Query values as the API reads them: true as 1."""
    given = {name: value for name, value in (query or {}).items() if value is not None}
    return {name: int(value) if isinstance(value, bool) else value for name, value in given.items()}
