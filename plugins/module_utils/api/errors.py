# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors whose messages say what to do."""

from __future__ import annotations

from typing import Any


class Cloud66Error(Exception):
    """A failed call, or an unusable setting or token.

    str() is the whole message. `status` is the HTTP status; None without an answer. `error`, `description` and
    `details` are quoted from Cloud 66. `url` contains no secret. `request_id` was sent as X-Request-Id. `also` contains
    further values for the result of the failed task.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        error: str | None = None,
        description: str | None = None,
        details: str | None = None,
        method: str | None = None,
        url: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.description = description
        self.details = details
        self.method = method
        self.url = url
        self.request_id = request_id
        self.also: dict[str, Any] = {}

    def facts(self) -> dict[str, Any]:
        """What is known about the failed call, by name."""
        names = ("status", "error", "description", "details", "method", "url", "request_id")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


class RejectedError(Cloud66Error):
    """Cloud 66 rejected the call (400 to 404). The same call would be rejected again."""


class DeniedError(RejectedError):
    """The token, or its user, is not allowed to do this (403)."""


class UnauthorizedError(DeniedError):
    """Cloud 66 does not accept the token at all (401)."""


class NotFoundError(RejectedError):
    """The thing does not exist, or the token's user cannot see it (404)."""


class ConflictError(Cloud66Error):
    """Something else is in progress, or the thing exists already (409)."""


class ThrottledError(Cloud66Error):
    """The hourly limit is used up (429, or 503 with the error `throttled`)."""


class AnswerLostError(Cloud66Error):
    """A write may have been applied, but no answer confirms it: read back before sending it again."""
