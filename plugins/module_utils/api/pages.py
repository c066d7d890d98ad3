# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads lists page by page. A list is returned completely or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

MAX_PAGES = 10_000
# Fields that identify a row; the first that a row has is used.
KEYS = ("uid", "id", "uuid", "token", "key", "name")
Row = dict[str, Any]
Rows = list[Row]


class Page(NamedTuple):
    """One page: its rows, the number of the next page (None on the last page), and the reported count of all rows."""

    rows: list[Row]
    next: int | None
    total: int | None


class ListError(Exception):
    """The list cannot be read completely. str() is the reason."""


class ListChangedError(Exception):
    """The list changed while it was read. `rows` contains every row that was read."""

    def __init__(self, rows: list[Row]) -> None:
        super().__init__()
        self.rows = rows


def ignore(page: Page, rows: list[Row]) -> None:
    """Discard a page."""


def read_whole(
    fetch: Callable[[int], Page],
    warn: Callable[[str], None],
    on_page: Callable[[Page, list[Row]], None] = ignore,
) -> list[Row]:
    """All rows of a list. `fetch` reads a page by its number, starting at 1; `on_page` gets each with its new rows.

    Duplicate rows are dropped. If the list changes while it is read, it is read again. If it changes again, every row
    that was read this time is returned, with a warning. Raises ListError if the list does not end.
    """
    try:
        return _read(fetch, on_page)
    except ListChangedError:
        try:
            return _read(fetch, on_page)
        except ListChangedError as changed:
            warn("The list changed each time it was read: rows may be missing or outdated.")
            return changed.rows


def _read(fetch: Callable[[int], Page], on_page: Callable[[Page, list[Row]], None]) -> list[Row]:
    rows: dict[Any, Row] = {}
    counts = set()
    number: int | None = 1
    for _page in range(MAX_PAGES):
        if number is None:
            break
        page = fetch(number)
        counts.add(page.total)
        before = len(rows)
        for position, row in enumerate(page.rows):
            rows.setdefault(_identity(row, (number, position)), row)
        if page.next is not None and len(rows) == before and len(counts) == 1:
            raise ListError(f"page {number} has no new rows, although it announces page {page.next}")
        on_page(page, list(rows.values())[before:])
        number = page.next
    else:
        raise ListError(f"it has more than {MAX_PAGES} pages")
    if len(counts) > 1:
        raise ListChangedError(list(rows.values()))
    return list(rows.values())


def page_of(body: Any, requested: int) -> Page:
    """The page in an answer {response, count, pagination}. Raises ListError if it is not one."""
    rows = body.get("response") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ListError("the answer is not a list")
    pagination = body.get("pagination")
    if not isinstance(pagination, dict):
        return Page(rows, None, None)
    current = pagination.get("current") or requested
    if str(current) != str(requested):
        raise ListError(f"page {requested} was requested, but page {current} was returned")
    following = int(pagination.get("next") or 0)
    return Page(rows, following if following > int(current) else None, pagination.get("count"))


def _identity(row: Row, place: tuple[int, int]) -> Any:
    """What identifies a row: a field, or else its place in the list."""
    return next(((key, str(row[key])) for key in KEYS if row.get(key) is not None), place)
