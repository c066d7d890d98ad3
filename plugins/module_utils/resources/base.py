# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of all resources: where a thing of the API lives, how it is found, and how it is read."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from ..api.client import Client
from ..api.errors import Cloud66Error, NotFoundError
from ..api.parallel import side_by_side
from ..api.transport import UNUSABLE, Dotless
from .fields import PLAIN, Codes, Field, Fields, Row

Arguments = Mapping[str, Mapping[str, Any]]


# The scope of calls that write, if no source states one.
UNKNOWN = "unknown"
# The most names that a message suggests.
MOST_NEAR = 3
# How many things are read at once, where each is read by itself.
WORKERS = 8


class Place(NamedTuple):
    """Where things live: the path above theirs, its name in messages, and the row of their parent."""

    path: tuple[Any, ...] = ()
    label: str = ""
    row: Row = {}


class Parent:
    """The parent of things: the account, unless a subclass overrides it.

    `arguments` are the options that name it. `subject`: see Resource.
    """

    arguments: Arguments = {}
    subject = "Account"

    def find(self, client: Client, params: Mapping[str, Any]) -> Place:
        """The place that the options name. Raises Cloud66Error unless there is exactly one."""
        return Place()


IN_ACCOUNT = Parent()


class Progress(NamedTuple):
    """The progress of work: whether it has ended, its state in words, why it failed, and the thing as it is now."""

    done: bool
    words: str = ""
    failure: str | None = None
    thing: Any = None


class Status(NamedTuple):
    """A coded field that shows the progress of a change.

    `ongoing`: its words while the change is running. `failed`: after it failed. `leaving`: while the thing is being
    removed.
    """

    field: str
    ongoing: tuple[str, ...]
    failed: tuple[str, ...]
    leaving: tuple[str, ...] = ()


class Write(NamedTuple):
    """One call that changes something. `label` names what it changes.

    `keys`: the keys that it sets or removes. `keeps`: other keys, which must still exist afterwards. `removes`: it
    removes a thing, so it is also successful if the thing no longer exists. `starts_action`: its effect may come later.
    `repeatable`: it may be sent again once it is known that it was not applied.
    """

    label: str
    send: Callable[[], Any]
    keys: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    removes: bool = False
    starts_action: bool = False
    repeatable: bool = True


class PartlyAppliedError(Cloud66Error):
    """Cloud 66 has applied a write only to some of its keys, perhaps to none: `applied`."""

    def __init__(self, message: str, applied: tuple[str, ...]) -> None:
        super().__init__(message)
        self.applied = applied


class Filter:
    """Selects rows by an option. `argument` is the option's argument spec."""

    def __init__(self, *fields: str, **argument: Any) -> None:
        self.fields = fields
        self.argument = {"type": "str", **argument}

    def wanted(self, value: Any) -> Any:
        """The option's value in the form that `keeps` compares with each row."""
        return value

    def keeps(self, row: Row, wanted: Any) -> bool:
        raise NotImplementedError


class Is(Filter):
    """Keeps the rows in which one of the fields has the wanted value."""

    def keeps(self, row: Row, wanted: Any) -> bool:
        return any(PLAIN.same(row.get(field), wanted) for field in self.fields)


class IsCode(Filter):
    """Keeps the rows in which a field has the wanted code, given as a word or a number."""

    def __init__(self, field: str, codes: Codes) -> None:
        super().__init__(field, **codes.argument())
        self.codes = codes

    def keeps(self, row: Row, wanted: Any) -> bool:
        return any(self.codes.same(row.get(field), wanted) for field in self.fields)


class IsOneOf(Filter):
    """Keeps the rows in which one of the fields is the wanted text, or is in a list of wanted texts."""

    def wanted(self, value: Any) -> frozenset[str]:
        return frozenset(map(str, value if isinstance(value, list) else [value]))

    def keeps(self, row: Row, wanted: Any) -> bool:
        return any(str(row[field]) in wanted for field in self.fields if row.get(field) is not None)


class Has(Filter):
    """Keeps the rows in which one of the fields is a list that contains the wanted value."""

    def keeps(self, row: Row, wanted: Any) -> bool:
        return any(wanted in (row.get(field) or []) for field in self.fields)


class Resource:
    """A kind of thing in the API: where it lives and how it is read. Does not depend on Ansible.

    Of what it reads, it only remembers its place. `params` are the validated options of the task. A subclass declares
    what is special about its things:

    - `noun`, `plural`: their names in results. `title`, `titles`: their names in messages, if different.
    - `subject`: the heading under which the documentation lists their modules; by default, that of their parent.
    - `schema`: their schema in the contract. `scope`: the OAuth scope of the calls; None if no source states one.
      `write_scope`: that of the calls that write, if different; UNKNOWN if no source states one.
    - `parent`, `path`: where they live. `adds`: maps additional fields of their rows to fields of the parent's row.
      `added`: other fields of their rows that are not in the schema.
    - `identity`: the field that identifies one in a path. `key`: the fields by which a user identifies one.
    - `lookup`: the fields by which options of other resources can name one.
    - `filters`: option -> filter. `options`: further options of the module that reads.
    - `by_identity`: the option with which that module reads only one thing, by its identity, and the option's type.
      `only_listed`: the API has no call that reads one thing, so it is looked for in the list.
    - `read_by`: an option whose value is the identity of the only thing to read, which saves the list.
    - `details`: option -> parameters of the call that reads one thing. They add to the thing what the list lacks, so
      with such an option, each thing is read by itself.
    - `refers_to`: options that name other things, besides those of `parent`.
    - `reveals`: option -> secret field or fields that it adds to the result.
    - `status`: the field that shows the progress of a change.
    - `cannot_create`, `cannot_delete`, `cannot_read`: the message that says so, and what to do instead.
    """

    noun = ""
    plural = ""
    title = ""
    titles = ""
    subject = ""
    schema = ""
    scope: str | None = None
    write_scope: str | None = None
    parent: Parent = IN_ACCOUNT
    path: tuple[str, ...] = ()
    identity = "uid"
    key: tuple[str, ...] = ("uid",)
    lookup: tuple[str, ...] = ("uid", "name")
    fields: Fields = {}
    adds: Mapping[str, str] = {}
    added: tuple[str, ...] = ()
    filters: Mapping[str, Filter] = {}
    reveals: Mapping[str, str | tuple[str, ...]] = {}
    options: Arguments = {}
    by_identity: tuple[str, str] | None = None
    only_listed = False
    read_by = ""
    details: Mapping[str, Mapping[str, Any]] = {}
    refers_to: tuple[str, ...] = ()
    status: Status | None = None
    cannot_create = ""
    cannot_delete = ""
    cannot_read = ""

    def __init__(self, client: Client, params: Mapping[str, Any]) -> None:
        self.client = client
        self.params = params

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if "noun" in cls.__dict__ and "title" not in cls.__dict__:
            cls.title = cls.noun.replace("_", " ")
        if "plural" in cls.__dict__ and "titles" not in cls.__dict__:
            cls.titles = cls.plural.replace("_", " ")

    @classmethod
    def identifying(cls) -> tuple[str, ...]:
        """The options of all its modules that identify something."""
        return (*cls.parent.arguments, *cls.refers_to)

    @classmethod
    def fields_beyond_schema(cls) -> set[str]:
        """The fields of the rows that are not in the schema."""
        return {*cls.adds, *cls.added}

    # Where it is

    @cached_property
    def place(self) -> Place:
        """The place that the options name."""
        return self.parent.find(self.client, self.params)

    @property
    def stack_uid(self) -> str | None:
        """The UID of the stack that the things belong to, if any."""
        return self.place.path[1] if self.place.path[:1] == ("stacks",) else None

    @property
    def label(self) -> str:
        """The name of all things together, for messages. Contains no secret."""
        return f"the {self.titles}{self._of_place()}"

    @property
    def api(self) -> Client:
        """The client for calls about all things together."""
        return self.client.labelled(self.label, self.scope)

    def label_of(self, row: Row) -> str:
        """The name of one thing, for messages. Contains no secret."""
        article = "" if self._names_in(row) else "a "
        return f"{article}{self.name_of(row)}"

    def name_of(self, row: Row) -> str:
        """The name of one thing, without an article."""
        return f"{self.title}{self._names_in(row)}{self._of_place()}"

    def short_name(self, row: Row) -> str:
        """What users call one thing of this kind; "" if nothing of it can be shown."""
        names = [str(row[name]) for name in self.key if not self.field(name).secret and row.get(name) is not None]
        return ", ".join(names)

    def _names_in(self, row: Row) -> str:
        name = self.short_name(row)
        return f" {name}" if name else ""

    def _of_place(self) -> str:
        return f" of {self.place.label}" if self.place.label else ""

    # Reading

    def read(self) -> list[Row]:
        """The rows that the options ask for."""
        identity = self.params.get(self.by_identity[0]) if self.by_identity else None
        if identity is not None:
            return self.matching([self.one(identity)])
        rows = self.matching(self.found())
        if not any(self.params.get(option) for option in self.details):
            return rows
        return side_by_side(self.one, [row[self.identity] for row in rows], WORKERS)

    def found(self) -> list[Row]:
        """The thing that the option `read_by` identifies, or else every row."""
        identity = self.params.get(self.read_by) if self.read_by else None
        if identity is None or identity in UNUSABLE:
            return self.all()
        try:
            return [self.one(identity)]
        except NotFoundError:
            # Reading the list fails if it is the place that does not exist.
            return self.all()

    def one(self, identity: Any, **query: Any) -> Row:
        """The row with this identity, which takes one request. Raises Cloud66Error if there is none."""
        if self.only_listed:
            return self.pick(str(identity))
        api = self.client.labelled(f"{self.title} {identity}{self._of_place()}", self.scope)
        asked = [parameters for option, parameters in self.details.items() if self.params.get(option)]
        for parameters in asked:
            query = {**parameters, **query}
        return self.with_place(api.get(*self.place.path, *self.path, Dotless(identity), **query))

    def read_all(self) -> tuple[list[Row], dict[str, Any]]:
        """The rows that the options ask for, and additional values for the result."""
        return self.read(), {}

    def all(self) -> list[Row]:
        """Every row at this place. Raises Cloud66Error if the API cannot return them."""
        if self.cannot_read:
            raise Cloud66Error(self.cannot_read)
        return [self.with_place(row) for row in self.api.list(*self.place.path, *self.path, **self.query())]

    def exported(self) -> Any:
        """What exists, in the form in which a fleet declares it, without what users cannot change."""
        raise NotImplementedError

    def query(self) -> dict[str, Any]:
        """The parameters of the call that lists. Those that are None are left out."""
        return {}

    def with_place(self, row: Row) -> Row:
        """A row with the fields that its place adds."""
        return {**row, **{name: self.place.row.get(field) for name, field in self.adds.items()}}

    def matching(self, rows: Iterable[Row]) -> list[Row]:
        """The rows that pass every filter that was given."""
        given = [
            (each, each.wanted(self.params[name]))
            for name, each in self.filters.items()
            if self.params.get(name) is not None
        ]
        return [row for row in rows if all(each.keeps(row, wanted) for each, wanted in given)]

    def pick(self, wanted: str, rows: Iterable[Row] | None = None) -> Row:
        """The row that a user names by a field in `lookup`, of these rows or of all. Raises Cloud66Error unless exactly
        one matches."""
        known = self.all() if rows is None else list(rows)
        found = self.candidates(wanted, known)
        if not found:
            advice = f"{self._suggestion(known, wanted)} {self.cannot_create}".rstrip()
            raise Cloud66Error(f"No {self.title}{self._of_place()} matches {wanted!r}.{advice}")
        if len(found) > 1:
            raise Cloud66Error(
                f"{len(found)} {self.titles}{self._of_place()} match {wanted}: {self._names(found)}."
                f" Specify one by its {self.identity}."
            )
        return found[0]

    def candidates(self, wanted: str, rows: Iterable[Row]) -> list[Row]:
        """The rows that a user names by the first field in `lookup` that matches, exactly or else in another case."""
        known = list(rows)
        for same in (str.__eq__, _same_without_case):
            for name in self.lookup:
                found = [row for row in known if row.get(name) is not None and same(str(row[name]), wanted)]
                if found:
                    return found
        return []

    def _suggestion(self, rows: list[Row], wanted: str) -> str:
        """Similar names, or else all names."""
        names = [str(row[name]) for row in rows for name in self.lookup if row.get(name) is not None]
        return did_you_mean(wanted, names, f"Available: {self._names(rows)}." if rows else "There are none.")

    def _names(self, rows: list[Row]) -> str:
        names = [(row.get(self.lookup[-1]), row.get(self.identity)) for row in rows]
        return "; ".join(
            str(identity) if name in (None, identity) else f"{name} ({identity})" for name, identity in names
        )

    def progress(self, row: Row) -> Progress:
        """The progress of a change of the thing, as far as it can be read."""
        if self.status is None:
            return Progress(True, thing=row)
        word = self._status_word(self.status, row)
        failure = f"its {self.status.field} is {word}" if word in self.status.failed else None
        return Progress(word not in (*self.status.ongoing, *self.status.leaving), word, failure, row)

    def is_leaving(self, row: Row) -> bool:
        """Whether the thing is being removed."""
        return self.status is not None and self._status_word(self.status, row) in self.status.leaving

    def _status_word(self, status: Status, row: Row) -> str:
        value, field = row.get(status.field), self.field(status.field)
        return (field.word(value) if isinstance(field, Codes) else None) or str(value)

    def field(self, name: str) -> Field:
        """The declaration of a field, or a plain one."""
        return self.fields.get(name, PLAIN)


def by_name(rows: Iterable[Row], name: str, identity: str) -> dict[str, Row]:
    """Rows by their names; those that share a name, by their identities."""
    known = list(rows)
    times = Counter(row[name] for row in known)
    return {str(row[name] if times[row[name]] == 1 else row[identity]): row for row in known}


def did_you_mean(wanted: str, names: Iterable[str], otherwise: str = "", prefix: str = "") -> str:
    """The names that a user may have meant, as the end of a message that begins with a blank; or else another end.

    A prefix of all names is not compared, but shown.
    """
    by_lower = {name.lower(): name for name in sorted(names)}
    lower = wanted.lower()
    near = difflib.get_close_matches(lower, by_lower, n=MOST_NEAR) or [
        name for name in by_lower if lower and name.startswith(lower)
    ]
    if near:
        *first, last = (prefix + by_lower[name] for name in near[:MOST_NEAR])
        return f" Did you mean {', '.join(first)} or {last}?" if first else f" Did you mean {last}?"
    return f" {otherwise}" if otherwise else ""


def _same_without_case(text: str, other: str) -> bool:
    return text.lower() == other.lower()
