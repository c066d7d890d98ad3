# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parses environment variables in the formats of the bulk calls."""

from __future__ import annotations

import json
import re
from typing import Any

LINE = re.compile(r"(?:export\s+)?([^\s=#'\"]+)\s*=\s*(.*)")
ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class UnreadableError(ValueError):
    """The text is not in the given format."""


def variables(text_format: str, text: str) -> dict[str, str]:
    """Parse variables in the format dotenv or json. Raises UnreadableError."""
    if text_format == "json":
        return _from_json(text)
    if text_format == "dotenv":
        return _from_dotenv(text)
    raise UnreadableError(f"environments_format: unknown format {text_format}"[:500])


def _from_json(text: str) -> dict[str, str]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise UnreadableError("contents is not JSON") from problem
    if not isinstance(read, dict) or not all(key.strip() for key in read):
        raise UnreadableError("contents is not an object of keys and values")
    return {key: _text(key, value) for key, value in read.items()}


def _text(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int, float)):
        return str(value)
    raise UnreadableError(f"contents: {key} is neither a string nor a number"[:500])


def _from_dotenv(text: str) -> dict[str, str]:
    found = {}
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if not line or line.startswith("#"):
            continue
        match = LINE.fullmatch(line)
        if match is None:
            raise UnreadableError(f"contents: line {number} is not KEY=VALUE")
        found[match[1]] = _unquoted(match[2])
    return found


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        return ESCAPE.sub(lambda match: "\n" if match[1] == "n" else match[1], value[1:-1])
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1]
    return value
