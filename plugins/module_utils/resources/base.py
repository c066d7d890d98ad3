# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a thing of the API, and the words that declare one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..api.client import Client

Row = dict[str, Any]


class Field:
    """What is special about a field of a row. A field that is not declared is plain."""

    def same(self, one: Any, other: Any) -> bool:
        """Whether two values mean the same to the API, which takes 1 and "1" alike."""
        return one == other or (one is not None and other is not None and str(one) == str(other))

    def stored(self, value: Any) -> Any:
        """A value as the API stores it."""
        return value


class Codes(Field):
    """A numeric code. Results carry its word beside it, in `<field>_name`; a user may say either."""

    def __init__(self, **words: int) -> None:
        self.words = {code: word for word, code in words.items()}
        self.codes = {**words, **{str(code): code for code in self.words}}

    def stored(self, value: Any) -> Any:
        return self.codes.get(str(value), value)

    def same(self, one: Any, other: Any) -> bool:
        return self.stored(one) == self.stored(other)

    def word(self, value: Any) -> str | None:
        """The word of a code, None for a code that is not known."""
        code = self.codes.get(str(value))
        return None if code is None else self.words[code]

    def argument(self, **more: Any) -> dict[str, Any]:
        """The argument spec of an option that takes such a code."""
        return {"type": "str", "choices": [*self.words.values(), *map(str, self.words)], **more}


class Secret(Field):
    """A value that is never shown. It is left out of results unless the user asks to have it."""


class Rows(Field):
    """A list of rows of another kind inside a row."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields = fields


PLAIN = Field()


class Progress(NamedTuple):
    """How far a thing is that takes time: whether it has ended, in words, and why it has failed."""

    done: bool
    words: str = ""
    failure: str | None = None


class Filter:
    """Which rows an option keeps."""

    def wanted(self, value: Any) -> Any:
        """The option's value in the form that `keeps` takes it for each row."""
        return value

    def keeps(self, row: Row, wanted: Any) -> bool:
        raise NotImplementedError


class Is(Filter):
    """A filter that keeps the rows in which one of the fields is the wanted value."""

    def __init__(self, *fields: str) -> None:
        self.fields = fields

    def keeps(self, row: Row, wanted: Any) -> bool:
        return any(PLAIN.same(row.get(field), wanted) for field in self.fields)


class IsOneOf(Filter):
    """A filter that keeps the rows in which one of the fields is the wanted text, or one of a list of them."""

    def __init__(self, *fields: str) -> None:
        self.fields = fields

    def wanted(self, value: Any) -> frozenset[str]:
        return frozenset(map(str, value if isinstance(value, list) else [value]))

    def keeps(self, row: Row, wanted: Any) -> bool:
        return any(str(row[field]) in wanted for field in self.fields if row.get(field) is not None)


class Has(Filter):
    """A filter that keeps the rows whose list holds the wanted value."""

    def __init__(self, field: str) -> None:
        self.field = field

    def keeps(self, row: Row, wanted: Any) -> bool:
        return wanted in (row.get(self.field) or [])


class Resource:
    """A thing of the API: how it is found, read and written. Knows nothing of Ansible.

    `params` are the validated options of the task. `scope` is the OAuth scope that its calls take. `noun` and
    `plural` name it in results. `label` says which ones are meant, for messages, and holds no secret.
    """

    noun = ""
    plural = ""
    scope: str | None = None
    key = "uid"
    fields: Mapping[str, Field] = {}
    # Its schema in the API's contract, and the fields that its rows have beyond those of the schema.
    schema = ""
    added: tuple[str, ...] = ()
    # Option -> filter, applied to what was read.
    filters: Mapping[str, Filter] = {}
    # Option that asks for it -> secret field that then stays in the result.
    reveals: Mapping[str, str] = {}

    def __init__(self, client: Client, params: Mapping[str, Any]) -> None:
        self.params = params
        self.api = client.labelled(self.label, self.scope)
        # What a result holds beside the rows.
        self.also: dict[str, Any] = {}

    @property
    def label(self) -> str:
        return f"the {self.plural}"

    def read(self) -> list[Row]:
        """The rows that the options ask for."""
        return self.matching(self.all())

    def all(self) -> list[Row]:
        """Every row there is where this resource looks."""
        raise NotImplementedError

    def matching(self, rows: Iterable[Row]) -> list[Row]:
        """The rows that pass every filter that was given."""
        asked = [
            (one, one.wanted(self.params[name]))
            for name, one in self.filters.items()
            if self.params.get(name) is not None
        ]
        return [row for row in rows if all(one.keeps(row, wanted) for one, wanted in asked)]

    # What a thing that can be written has, too.

    def find(self, value: Any) -> list[Row]:
        """Every row with this key: none, one, or more where the API lets a key be used twice."""
        return [row for row in self.all() if row.get(self.key) == value]

    def create(self, want: Row) -> Any:
        raise NotImplementedError

    def update(self, have: Row, want: Row) -> Any:
        raise NotImplementedError

    def delete(self, have: Row) -> Any:
        raise NotImplementedError


def described(row: Row, fields: Mapping[str, Field], shown: Iterable[str] = ()) -> Row:
    """A row as results show it: codes with words, nested rows too, and no secret but those in `shown`."""
    result: Row = {}
    for name, value in row.items():
        field = fields.get(name)
        if isinstance(field, Secret) and name not in shown:
            continue
        result[name] = value
        if isinstance(field, Codes):
            result[f"{name}_name"] = field.word(value)
        elif isinstance(field, Rows) and isinstance(value, list):
            result[name] = [described(one, field.fields, shown) for one in value]
    return result


def secrets_in(rows: Iterable[Row], fields: Mapping[str, Field], shown: Iterable[str] = ()) -> set[str]:
    """The values of all secret fields but those in `shown`, of nested rows too."""
    found: set[str] = set()
    for row in rows:
        for name, field in fields.items():
            value = row.get(name)
            if isinstance(field, Secret) and isinstance(value, str) and name not in shown:
                found.add(value)
            elif isinstance(field, Rows) and isinstance(value, list):
                found |= secrets_in(value, field.fields, shown)
    return found
