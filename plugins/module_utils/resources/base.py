# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a thing of the API: where it lives, how it is found, and which calls read and write it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from typing import Any, NamedTuple

from ..api.client import Client
from ..api.errors import Cloud66Error
from ..api.transport import Dotless, Unshown
from .fields import PLAIN, Derived, Fields, Reference, Row, WriteOnly

Arguments = Mapping[str, Mapping[str, Any]]


class Place(NamedTuple):
    """Where things live: the path below which they are, its name in messages, and the row of what they live in."""

    path: tuple[Any, ...] = ()
    label: str = ""
    row: Row = {}


class Parent:
    """What things live in: the account, unless a subclass says otherwise. `arguments` are the options that name it."""

    arguments: Arguments = {}

    def find(self, _client: Client, _params: Mapping[str, Any]) -> Place:
        """The place that the options name. Raises Cloud66Error unless there is exactly one."""
        return Place()


class Progress(NamedTuple):
    """How far work is: whether it has ended, in words, why it failed, and the thing as it is now."""

    done: bool
    words: str = ""
    failure: str | None = None
    thing: Any = None


class Status(NamedTuple):
    """A coded field that says how far a change of the thing is: the words while it goes on, and after it failed."""

    field: str
    ongoing: tuple[str, ...]
    failed: tuple[str, ...]


class Write(NamedTuple):
    """One call that changes something. `label` names what it changes.

    `keys` are those that it sets or removes, `keeps` those of others that it must leave in place. `removes`: that the
    thing is not there is as good. `starts_action`: its effect may come later.
    """

    label: str
    send: Callable[[], Any]
    keys: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    removes: bool = False
    starts_action: bool = False


class Wanted(NamedTuple):
    """What a thing shall be like: `values` are compared, `unread` are sent and never read back.

    `forced` says that the unread values alone are a reason for a write.
    """

    values: Row
    unread: Row = {}
    forced: bool = False


class Filter:
    """Which rows an option keeps. `argument` is the option's argument spec."""

    def __init__(self, *fields: str, **argument: Any) -> None:
        self.fields = fields
        self.argument = {"type": "str", **argument}

    def wanted(self, value: Any) -> Any:
        """The option's value in the form in which `keeps` takes it for each row."""
        return value

    def keeps(self, row: Row, wanted: Any) -> bool:
        raise NotImplementedError


class Is(Filter):
    """Keeps the rows in which one of the fields is the wanted value."""

    def keeps(self, row: Row, wanted: Any) -> bool:
        return any(PLAIN.same(row.get(field), wanted) for field in self.fields)


class IsOneOf(Filter):
    """Keeps the rows in which one of the fields is the wanted text, or one of a list of texts."""

    def wanted(self, value: Any) -> frozenset[str]:
        return frozenset(map(str, value if isinstance(value, list) else [value]))

    def keeps(self, row: Row, wanted: Any) -> bool:
        return any(str(row[field]) in wanted for field in self.fields if row.get(field) is not None)


class Has(Filter):
    """Keeps the rows in which one of the fields is a list with the wanted value."""

    def keeps(self, row: Row, wanted: Any) -> bool:
        return any(wanted in (row.get(field) or []) for field in self.fields)


class Resource:
    """A thing of the API. Knows nothing of Ansible, and remembers nothing of what it read but its place.

    `params` are the validated options of the task. A subclass says what is special about its things:
    `noun`, `plural`: their names in results; `title`, `titles`: in messages, where these differ from the former.
    `schema`: their schema in the contract. `scope`: the OAuth scope of the calls. `parent`, `path`: where they are.
    `identity`: the field that names one in a path; `key`: the fields by which a user knows one. `tells_apart`: fields
    that decide where several things have one key. `lookup`: the fields by which others refer to one.
    `adds`: field of a row -> the field of the row that they live in. `filters`: option -> filter. `reveals`: option -> secret field that it adds to the result. `options`: further options
    of the module that reads. `status`: where it can be read how far a change is. `wrap`: the key around a body.
    """

    noun = ""
    plural = ""
    title = ""
    titles = ""
    schema = ""
    scope: str | None = None
    parent: Parent = Parent()
    path: tuple[str, ...] = ()
    identity = "uid"
    key: tuple[str, ...] = ("uid",)
    tells_apart: tuple[str, ...] = ()
    lookup: tuple[str, ...] = ("uid", "name")
    fields: Fields = {}
    adds: Mapping[str, str] = {}
    filters: Mapping[str, Filter] = {}
    reveals: Mapping[str, str] = {}
    options: Arguments = {}
    status: Status | None = None
    wrap: str | None = None

    def __init__(self, client: Client, params: Mapping[str, Any]) -> None:
        self.client = client
        self.params = params

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if "noun" in cls.__dict__ and "title" not in cls.__dict__:
            cls.title = cls.noun.replace("_", " ")
        if "plural" in cls.__dict__ and "titles" not in cls.__dict__:
            cls.titles = cls.plural.replace("_", " ")

    # Where it is

    @cached_property
    def place(self) -> Place:
        """The place that the options name."""
        return self.parent.find(self.client, self.params)

    @property
    def stack_uid(self) -> str | None:
        """The stack that they belong to."""
        return self.place.path[1] if self.place.path[:1] == ("stacks",) else None

    @property
    def label(self) -> str:
        """All of them, for messages. Holds no secret."""
        return f"the {self.titles}{self._of_place()}"

    @property
    def api(self) -> Client:
        """The client for calls about all of them."""
        return self.client.labelled(self.label, self.scope)

    def label_of(self, row: Row) -> str:
        """One of them, for messages. Holds no secret."""
        names = [str(row[name]) for name in self.key if not self._field(name).secret and row.get(name) is not None]
        return f"{self.title} {', '.join(names)}{self._of_place()}" if names else f"a {self.title}{self._of_place()}"

    def _of_place(self) -> str:
        return f" of {self.place.label}" if self.place.label else ""

    # Reading

    def read(self) -> list[Row]:
        """The rows that the options ask for."""
        return self.matching(self.all())

    def read_all(self) -> tuple[list[Row], dict[str, Any]]:
        """The same, and what else the result holds."""
        return self.read(), {}

    def all(self) -> list[Row]:
        """Every row there is at this place."""
        return [self.placed(row) for row in self.api.list(*self.place.path, *self.path)]

    def placed(self, row: Row) -> Row:
        """A row with what its place adds."""
        return {**row, **{name: self.place.row.get(field) for name, field in self.adds.items()}}

    def matching(self, rows: Iterable[Row]) -> list[Row]:
        """The rows that pass every filter that was given."""
        given = [
            (each, each.wanted(self.params[name]))
            for name, each in self.filters.items()
            if self.params.get(name) is not None
        ]
        return [row for row in rows if all(each.keeps(row, wanted) for each, wanted in given)]

    def pick(self, wanted: str) -> Row:
        """The one row that a user names by one of the fields in `lookup`. Raises Cloud66Error for none or several."""
        rows = self.all()
        for same in (str.__eq__, _same_without_case):
            for name in self.lookup:
                found = [row for row in rows if row.get(name) is not None and same(str(row[name]), wanted)]
                if len(found) == 1:
                    return found[0]
                if found:
                    raise Cloud66Error(
                        f"{len(found)} {self.titles}{self._of_place()} match {wanted}: {self._names(found)}."
                        f" Say which by its {self.identity}."
                    )
        raise Cloud66Error(f"No {self.title}{self._of_place()} matches {wanted!r}. {self._suggestion(rows, wanted)}")

    def _suggestion(self, rows: list[Row], wanted: str) -> str:
        """Near matches, or else all there are."""
        names = [str(row[name]) for row in rows for name in self.lookup if row.get(name) is not None]
        near = near_matches(wanted, names)
        if near:
            return f"Did you mean {' or '.join(near)}?"
        return f"There are: {self._names(rows)}." if rows else "There are none."

    def _names(self, rows: list[Row]) -> str:
        return "; ".join(f"{row.get(self.lookup[-1])} ({row.get(self.identity)})" for row in rows)

    # What a thing shall be like

    @classmethod
    def arguments(cls) -> dict[str, dict[str, Any]]:
        """The argument spec of the options that name the place and set the fields."""
        spec: dict[str, dict[str, Any]] = {name: dict(one) for name, one in cls.parent.arguments.items()}
        for name, field in cls.fields.items():
            if field.settable:
                required = {"required": True} if name in cls.key else {}
                spec[field.option or name] = {**field.argument(), **required}
            if isinstance(field, WriteOnly) and field.policy:
                spec[f"update_{field.option or name}"] = {
                    "type": "str", "choices": ["always", "on_create"], "default": "always", "no_log": False
                }  # fmt: skip
        return spec

    def wanted(self) -> Wanted:
        """What the options ask for, as the API stores it. Looks references up. Raises Cloud66Error."""
        values: Row = {}
        unread: Row = {}
        forced = False
        for name, field in self.fields.items():
            source = field.source if isinstance(field, Derived) else field.option or name
            given = self.params.get(source)
            if given is None or not (field.settable or isinstance(field, Derived)):
                continue
            if field.write_only:
                unread[name] = field.stored(given)
                forced = forced or self.params.get(f"update_{source}") == "always"
            elif isinstance(field, Derived):
                values[name] = field.derived(given)
            elif isinstance(field, Reference) and given:
                values[name] = field.find(self.client, self.params, given)
            else:
                values[name] = field.stored(given)
        return Wanted(values, unread, forced)

    def matches(self, rows: Iterable[Row], wanted: Wanted) -> list[Row]:
        """The rows with the wanted key: none, one, or more where the API lets a key be used twice.

        Raises Cloud66Error where `tells_apart` must decide, and does not.
        """
        found = [row for row in rows if self._fits(row, wanted, self.key)]
        if len(found) < 2 or not self.tells_apart:
            return found
        narrow = [row for row in found if self._fits(row, wanted, self.tells_apart)]
        if len(narrow) != 1:
            options = " and ".join(self.tells_apart)
            candidates = "; ".join(", ".join(str(row.get(name)) for name in self.tells_apart) for row in found)
            raise Cloud66Error(
                f"{len(found)} {self.titles}{self._of_place()} match: {candidates}. Say which by {options}."
            )
        return narrow

    def fits(self, row: Row, values: Row) -> bool:
        """Whether a row has these values."""
        return all(self._field(name).same(row.get(name), value) for name, value in values.items())

    def _fits(self, row: Row, wanted: Wanted, names: Iterable[str]) -> bool:
        return all(self._field(name).same(row.get(name), wanted.values.get(name)) for name in names)

    def progress(self, row: Row) -> Progress:
        """How far a change of the thing is, as far as it can be read."""
        if self.status is None:
            return Progress(True, thing=row)
        value = row.get(self.status.field)
        word = self._field(self.status.field).word(value) or str(value)
        failure = f"its {self.status.field} is {word}" if word in self.status.failed else None
        return Progress(word not in self.status.ongoing, word, failure, row)

    # Writing

    def creation(self, wanted: Wanted) -> Write:
        """The call that adds the thing."""
        row = {**wanted.values, **wanted.unread}
        return self._write("POST", row, self._path(), self._body(row), retry=False)

    def change(self, existing: Row, wanted: Wanted) -> Write:
        """The call that changes it. The API wants all values, so those that stay are sent as they are."""
        row = {**existing, **wanted.values, **wanted.unread}
        body = self._body(row, [name for name, field in self.fields.items() if not field.create_only])
        # A change that takes time, or that is one even without a difference, is not sent twice.
        return self._write("PUT", existing, self._path(existing), body, retry=self.status is None)

    def removal(self, existing: Row) -> Write:
        """The call that removes it."""
        return self._write("DELETE", existing, self._path(existing), None, retry=self.status is None)

    def _write(self, method: str, row: Row, path: tuple[Any, ...], body: Any, retry: bool) -> Write:
        label = self.label_of(row)
        api = self.client.labelled(label, self.scope)
        send = partial(api.write, method, path, body, retry=retry)
        return Write(label, send, removes=method == "DELETE")

    def _path(self, row: Row | None = None) -> tuple[Any, ...]:
        base = (*self.place.path, *self.path)
        if row is None:
            return base
        identity = row[self.identity]
        return (*base, Unshown(identity) if self._field(self.identity).secret else Dotless(identity))

    def _body(self, row: Row, names: Iterable[str] | None = None) -> Row:
        """The settable values of a row as they are sent; those that are not there are left out."""
        sent = {
            name: row[name]
            for name in (self.fields if names is None else names)
            if self.fields[name].settable and name in row
        }
        return {self.wrap: sent} if self.wrap else sent

    def _field(self, name: str) -> Any:
        return self.fields.get(name, PLAIN)


def near_matches(wanted: str, names: Iterable[str]) -> list[str]:
    """The names that a user may have meant, the nearest first."""
    by_lower = {name.lower(): name for name in names}
    return [by_lower[name] for name in difflib.get_close_matches(wanted.lower(), by_lower, n=3)]


def _same_without_case(text: str, other: str) -> bool:
    return text.lower() == other.lower()
