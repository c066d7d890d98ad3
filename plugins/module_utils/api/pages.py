# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists come by the page and are returned whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from .errors import Cloud66Error

MAX_PAGES = 10_000
# What tells the rows of a list apart.
KEYS = ("uid", "id", "uuid", "token", "key", "name")
Row = dict[str, Any]
Rows = list[Row]


class Page(NamedTuple):
    """One page: its rows, the page after it (None at the end), and how many rows it says there are in all."""

    rows: list[Row]
    following: int | None
    total: int | None


class MovedError(Exception):
    """The list changed while it was read. `rows` is the union of what was seen."""

    def __init__(self, rows: list[Row]) -> None:
        super().__init__()
        self.rows = rows


def nothing(page: Page, rows: list[Row]) -> None:
    """What is done with pages that nobody waits for."""


def read_whole(
    fetch: Callable[[int], Page],
    warn: Callable[[str], None],
    arrived: Callable[[Page, list[Row]], None] = nothing,
) -> list[Row]:
    """All rows of a list. `fetch` reads one page by its number, from 1 on, and `arrived` gets each with its new rows.

    A row that comes twice is kept once. A list that moved while it was read is read once more; when it moves again,
    what was seen is returned with a warning. Raises Cloud66Error when the list does not end.
    """
    try:
        return _read(fetch, arrived)
    except MovedError:
        try:
            return _read(fetch, arrived)
        except MovedError as moved:
            warn("The list changed each time it was read, so rows may be missing or gone by now.")
            return moved.rows


def _read(fetch: Callable[[int], Page], arrived: Callable[[Page, list[Row]], None]) -> list[Row]:
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
        if page.following is not None and len(rows) == before and len(counts) == 1:
            raise Cloud66Error(f"page {number} brings nothing new and yet says that page {page.following} follows")
        arrived(page, list(rows.values())[before:])
        number = page.following
    else:
        raise Cloud66Error(f"it has more than {MAX_PAGES} pages")
    if len(counts) > 1:
        raise MovedError(list(rows.values()))
    return list(rows.values())


def page_of(body: Any, asked: int) -> Page:
    """A page by its envelope {response, count, pagination}. Raises Cloud66Error when it is none."""
    rows = body.get("response") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Cloud66Error("the answer is not a list")
    pagination = body.get("pagination")
    if not isinstance(pagination, dict):
        return Page(rows, None, None)
    current = pagination.get("current") or asked
    if str(current) != str(asked):
        raise Cloud66Error(f"page {asked} was asked for and page {current} came")
    following = int(pagination.get("next") or 0)
    return Page(rows, following if following > int(current) else None, pagination.get("count"))


def _identity(row: Row, place: tuple[int, int]) -> Any:
    return next(((key, str(row[key])) for key in KEYS if row.get(key) is not None), place)
