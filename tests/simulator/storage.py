# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The storage that keeps the files of backups: it knows no token, only signed URLs, and can answer in parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, unquote

from . import shapes
from .answers import Answer

if TYPE_CHECKING:
    from .world import World

BASE = "/storage/"
RANGE = re.compile(r"bytes=(\d+)-")
LINE = 16


def signed_url(world: World, origin: str, backup_id: int, file_id: str) -> str:
    """The URL of a file, which expires after the setting backup_url_seconds."""
    expires = int(world.now() + world.settings.backup_url_seconds)
    path = f"{BASE}{backup_id}/{quote(file_id)}"
    return f"{origin}{path}?Expires={expires}&Signature={quote(_signature(path, expires), safe='')}"


def answer(world: World, path: str, query: str, headers: Mapping[str, str]) -> Answer:
    """Answer a GET of a file, from the byte on that Range names."""
    given = {name: values[0] for name, values in parse_qs(query).items()}
    expires = given.get("Expires", "")
    if not expires.isdecimal() or given.get("Signature") != _signature(path, int(expires)):
        return _error(403, "SignatureDoesNotMatch")
    if world.now() >= int(expires):
        return _error(403, "AccessDenied")
    if "authorization" in headers:
        return _error(400, "InvalidArgument")
    backup_id, file_id = path[len(BASE) :].split("/")
    found = [row for row in world.backup_files.get(int(backup_id), []) if row["id"] == unquote(file_id)]
    if not found:
        return _error(404, "NoSuchKey")
    return _part(int(backup_id), found[0], headers)


def content(backup_id: int, row: shapes.Row, start: int = 0) -> bytes:
    """The content of a file from a byte on: numbered lines, so that no two parts of a backup are the same."""
    name, size = shapes.digest(f"{backup_id}/{row['id']}")[:6], row["size"]
    first = start // LINE
    lines = "".join(f"{name}{number:09}\n" for number in range(first, -(-size // LINE)))
    return lines.encode()[start - first * LINE : size - first * LINE]


def _part(backup_id: int, row: shapes.Row, headers: Mapping[str, str]) -> Answer:
    etag = f'"{shapes.digest(str((backup_id, row)))}"'
    wanted = RANGE.fullmatch(headers.get("range", "")) if headers.get("if-range", etag) == etag else None
    start = int(wanted[1]) if wanted else 0
    if wanted and start >= row["size"]:
        return _error(416, "InvalidRange")
    shown = {"ETag": etag, "Accept-Ranges": "bytes"}
    if wanted:
        shown["Content-Range"] = f"bytes {start}-{row['size'] - 1}/{row['size']}"
    return Answer(206 if wanted else 200, content(backup_id, row, start), "application/x-tar", shown)


def _signature(path: str, expires: int) -> str:
    """With characters that must be encoded in a URL."""
    return f"s+/{shapes.digest(f'{path} {expires}')}="


def _error(status: int, code: str) -> Answer:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code></Error>'
    return Answer(status, text.encode(), "application/xml")
