# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interprets failed requests: the error for the user, whether a write may have been applied, and when to retry."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from . import limits
from .broken import BrokenError
from .credentials import Token
from .errors import (
    Cloud66Error,
    ConflictError,
    DeniedError,
    NotFoundError,
    RejectedError,
    ThrottledError,
    UnauthorizedError,
)
from .settings import Settings
from .transport import Answer

# Statuses after which a retry may succeed. 503 has several meanings (see _failure_of).
TRANSIENT = (408, 500, 502, 504)
TYPES: dict[int, type[Cloud66Error]] = {
    400: RejectedError,
    401: UnauthorizedError,
    402: RejectedError,
    403: DeniedError,
    404: NotFoundError,
    409: ConflictError,
}
VERBS = {"GET": "read", "POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "remove"}
LOG_IN_AGAIN = "log in again (`ansible-playbook cloud66.cloud.login`) or use another personal access token"
LATER = "Cloud 66 or something on the way to it has a problem: try again later."
# What the URL of Cloud 66's API ends with.
API_PATH = re.compile(r"/api/\d+$")


class Failure(NamedTuple):
    """A failed request: its error, whether a write may have been applied, and the seconds until a retry.

    `wait` is None if a retry cannot help.
    """

    error: Cloud66Error
    applied: bool = False
    wait: float | None = None


class Call(NamedTuple):
    """The failed request, for error messages. `url` contains no secret; `scope` is the scope that it requires."""

    method: str
    url: str
    request_id: str
    label: str
    scope: str | None
    settings: Settings
    token: Token

    def error(self, reason: str, kind: type[Cloud66Error] = Cloud66Error, **facts: Any) -> Cloud66Error:
        message = f"Cannot {VERBS.get(self.method, self.method)} {self.label}: {_ended(reason)}"
        return kind(message, method=self.method, url=self.url, request_id=self.request_id, **facts)

    def broken(self, broken: BrokenError) -> Failure:
        """No complete answer was received."""
        return Failure(self.error(broken.reason), applied=broken.sent, wait=0 if broken.retry else None)

    def unreadable(self, answer: Answer) -> Failure:
        """The status says success, but the body is empty or not JSON."""
        problem = "is not JSON" if answer.body.strip() else "is empty"
        error = self.error(f"the answer {problem} {_status(answer)}. {self._api_url()}".strip(), status=answer.status)
        return Failure(error, applied=True, wait=0)

    def failed(self, answer: Answer, limit: int | None) -> Failure:
        """The status says failure. `limit` is the number of requests allowed in an hour, if known."""
        words = _cloud66_words(answer)
        if answer.status == 429 or (answer.status == 503 and words.get("error") == "throttled"):
            wait = max(limits.wait_for_next_hour(answer.headers), 1)
            return Failure(self._answered(answer, words, _throttled(limit, wait), ThrottledError), wait=wait)
        if answer.status == 503 and words.get("error") == "not_implemented":
            return Failure(self._answered(answer, words, "Cloud 66 does not offer this."))
        if answer.status == 503:
            return self._unavailable(answer, words)
        if answer.status in TRANSIENT:
            return Failure(self._answered(answer, words, LATER), applied=True, wait=0)
        kind = TYPES.get(answer.status, Cloud66Error)
        return Failure(self._answered(answer, words, self._advice(answer.status), kind))

    def _unavailable(self, answer: Answer, words: dict[str, str]) -> Failure:
        wait = limits.retry_after(answer.headers) or 0
        if wait <= limits.LONGEST_WAIT:
            return Failure(self._answered(answer, words, LATER), applied=True, wait=wait)
        advice = f"Cloud 66 asks to try again at {limits.clock_time(wait)}."
        return Failure(self._answered(answer, words, advice), applied=True)

    def _answered(
        self, answer: Answer, words: dict[str, str], advice: str = "", kind: type[Cloud66Error] = Cloud66Error
    ) -> Cloud66Error:
        """The error with Cloud 66's message, then the advice."""
        reason = f"{_ended(_reason(answer, words))} {advice}".strip()
        return self.error(reason, kind, status=answer.status, **words)

    def _advice(self, status: int) -> str:
        advice = {
            400: "Check the given values.",
            401: f"The token from {self.token.source} is invalid or was revoked: {self._other_token()}.",
            402: "See the billing of the account in Cloud 66's dashboard.",
            403: self._denied(),
            404: self._api_url() or f"It does not exist, or the token's user cannot see it{self._in_account()}.",
            407: "Write the user and the password into the URL of the proxy.",
            409: "If something else is in progress, try again when it has ended.",
        }
        return advice.get(status, "")

    def _other_token(self) -> str:
        """How to use another token. One that is stored does not count while the option or variable is set."""
        kind, _blank, name = self.token.source.partition(" ")[2].partition(" ")
        if kind not in ("option", "variable"):
            return LOG_IN_AGAIN
        remove = "remove" if kind == "option" else "unset"
        if self.token.shadowed:
            return f"replace it, or {remove} {name} to use {self.token.shadowed[0]}"
        return f"replace it, or {remove} {name} and log in (`ansible-playbook cloud66.cloud.login`)"

    def _denied(self) -> str:
        scope = f"the scope {self.scope}" if self.scope else "the required scope"
        lacking = f"token from {self.token.source} lacks {scope}, or its user may not do this: {self._other_token()}."
        account = self.settings.account_id
        if account is None:
            return f"The {lacking}"
        correct = f"correct {self.settings.named('account_id')}"
        return f"Either the token's user has no account {account}: {correct}. Or the {lacking}"

    def _in_account(self) -> str:
        account = self.settings.account_id
        return "" if account is None else f" in account {account} ({self.settings.named('account_id')})"

    def _api_url(self) -> str:
        """What to check if the API may be at another URL."""
        url = self.settings.api_url
        if API_PATH.search(url):
            return ""
        return f"{self.settings.named('api_url')} is {url}: the URL of Cloud 66's API ends with /api/3."


def parsed(body: bytes) -> Any:
    """A JSON body. Raises ValueError if it is not JSON."""
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _throttled(limit: int | None, wait: float) -> str:
    what = f"hourly limit of {limit} requests" if limit else "hourly limit of requests"
    when = limits.clock_time(wait)
    return f"The {what} is used up: try again at {when}, or allow a wait with throttle_wait: {int(wait) + 1}."


def _reason(answer: Answer, words: dict[str, str]) -> str:
    """What Cloud 66 said."""
    if words:
        details = words.get("details") or words.get("description")
        return f"Cloud 66 answered {answer.status} {words['error']}" + (f" ({details})" if details else "")
    if not answer.body.strip():
        return f"the answer is empty {_status(answer)}"
    problem = "is not JSON" if _json(answer.body) is None else "gives no reason"
    return f"the answer {problem} {_status(answer)}"


def _cloud66_words(answer: Answer) -> dict[str, str]:
    """`error`, `description` and `details` from the body of an error; {} if the body has another format."""
    body = _json(answer.body)
    if not isinstance(body, dict) or not body.get("error"):
        return {}
    names = {"error": "error", "error_description": "description", "details": "details"}
    return {name: _one_line(body[key]) for key, name in names.items() if body.get(key)}


def _json(body: bytes) -> Any:
    """A parsed body; None if it is not JSON."""
    try:
        return parsed(body)
    except ValueError:
        return None


def _one_line(value: Any) -> str:
    return " ".join(str(value).split())[:500]


def _ended(text: str) -> str:
    """A text that ends with a full stop, unless it ends with another end mark."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _status(answer: Answer) -> str:
    content_type = answer.headers.get("Content-Type", "").partition(";")[0]
    return f"(status {answer.status}, {content_type})" if content_type else f"(status {answer.status})"
