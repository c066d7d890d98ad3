# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads variables from the text of a file, in the format dotenv or JSON."""

from __future__ import annotations

import json
import re
from typing import Any

from ..api.errors import Cloud66Error

# A line without a variable; the start of one; and its value in quotes with the rest of the line, or without quotes.
BLANK = re.compile(r"[^\S\n]*(?:#[^\n]*)?(?:\n|\Z)")
START = re.compile(r"[^\S\n]*(?:export[^\S\n]+)?([A-Za-z_][\w.-]*)[^\S\n]*=")
QUOTED = re.compile(r"""[^\S\n]*(?:'([^']*)'|"((?:[^"\\]|\\.)*)")[^\S\n]*(?:#[^\n]*)?(?:\n|\Z)""", re.DOTALL)
PLAIN = re.compile(r"""([^\S\n]*(?![^\S\n]|['"])[^\n]*)(?:\n|\Z)""")
COMMENT = re.compile(r"\s#")
ESCAPE = re.compile(r"""\\([nrt"\\$])""")
ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


def of_dotenv(text: str, path: str) -> dict[str, str]:
    """The variables of a text of lines KEY=value; of a key that comes twice, the last. No variable is expanded.

    A line may begin with `export`. A value in quotes may have several lines, and \\n, \\r, \\t, \\", \\\\ and \\$ in
    double quotes. Outside of quotes, \\$ is a dollar sign, and what follows a # after a space is a comment. Raises
    Cloud66Error with the number of the line.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found, place = {}, 0
    while place < len(text):
        blank = BLANK.match(text, place)
        if blank:
            place = blank.end()
            continue
        start = START.match(text, place)
        quoted = QUOTED.match(text, start.end()) if start else None
        plain = PLAIN.match(text, start.end()) if start else None
        end = quoted or plain
        if start is None or end is None:
            number = text.count("\n", 0, place) + 1
            raise Cloud66Error(f"Line {number} of {path} is not KEY=value, or its quotes are not closed.")
        found[start[1]] = _unquoted(quoted) if quoted else _plain(end[1])
        place = end.end()
    return found


def _plain(text: str) -> str:
    """A value without quotes: without its comment, and \\$ is a dollar sign."""
    return COMMENT.split(text, maxsplit=1)[0].strip().replace("\\$", "$")


def _unquoted(match: re.Match[str]) -> str:
    if match[2] is None:
        return match[1]
    return ESCAPE.sub(lambda escape: ESCAPED.get(escape[1], escape[1]), match[2])


def of_json(text: str, path: str) -> dict[str, Any]:
    """The variables of a JSON object, numbers as they are written. Raises Cloud66Error with the number of the line."""
    try:
        read = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as problem:
        raise Cloud66Error(f"Line {problem.lineno} of {path} is not valid JSON.") from None
    except RecursionError:
        raise Cloud66Error(f"{path} is nested too deep.") from None
    if not isinstance(read, dict):
        raise Cloud66Error(f"{path} is not a JSON object of keys and values.")
    return read
