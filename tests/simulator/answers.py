# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers, the contract's errors, and pages of lists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .shapes import Row

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass
class Answer:
    """An HTTP answer before it is sent."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, payload: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
        return cls(status, json.dumps(payload).encode(), JSON, dict(headers or {}))

    @classmethod
    def html(cls, text: str, status: int = 200) -> Answer:
        return cls(status, f"<!DOCTYPE html>\n<html><body>{text}</body></html>\n".encode(), HTML)


class ApiError(Exception):
    """An error of the API. Handlers raise it, and it is answered with the contract's error body.

    `error` and `description` default to the contract's example for the status.
    """

    def __init__(
        self,
        status: int,
        details: str | None = None,
        *,
        error: str | None = None,
        description: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, error, details)
        self.status, self.details, self.error, self.description = status, details, error, description
        self.headers = dict(headers or {})

    def answer(self, examples: Mapping[int, Mapping[str, Any]]) -> Answer:
        example = examples.get(self.status, {"error": "error", "error_description": "An error"})
        body = {
            "error": self.error or example["error"],
            "error_description": self.description or example["error_description"],
            "details": self.details,
        }
        return Answer.json(body, self.status, self.headers)


def not_implemented() -> ApiError:
    return ApiError(503, error="not_implemented", description="This call is not implemented")


def retry_later(retry_after: int | None) -> dict[str, str]:
    """Return the headers of an answer that asks the client to retry later."""
    return {} if retry_after is None else {"Retry-After": str(retry_after)}


def page_of(rows: list[Row], page: int, per_page: int) -> dict[str, Any]:
    """Return one page of a list, in the contract's envelope."""
    part = rows[(page - 1) * per_page : page * per_page]
    pages = max(1, -(-len(rows) // per_page))
    pagination = {
        "previous": page - 1 if page > 1 else None,
        "next": page + 1 if page < pages else None,
        "current": page,
        "per_page": per_page,
        "count": len(rows),
        "pages": pages,
    }
    return {"response": part, "count": len(part), "pagination": pagination}
