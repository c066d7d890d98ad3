# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Things that can be present or absent: the wanted thing, and the calls that create, change and remove it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

from ..api.client import Client
from ..api.errors import Cloud66Error, NotFoundError
from ..api.transport import Dotless, Unshown
from .base import Resource, Write
from .fields import EMPTY, Derived, Field, Itself, Reference, References, Row, WriteOnly

UPDATE_POLICY = {"type": "str", "choices": ["on_create", "always"], "default": "on_create", "no_log": False}


class Wanted(NamedTuple):
    """The wanted thing. `values` are compared; `unread` are sent, but never read back.

    `forced`: write even if only the unread values may differ.
    """

    values: Row
    unread: Row = {}
    forced: bool = False


class Thing(Resource):
    """A thing with fields that users set. Options, calls, comparison and diff are derived from the declared fields.

    `wrap`: the key around a request body. `starts_actions`: writes are asynchronous and return actions. `impossible`:
    values that cannot be wanted together, each with the sentence that says so. `renewed`: the state in which each run
    also renews an existing thing, if that is possible (see `renewal`). `named_by`: an option that names an existing
    thing by a field in `lookup`, instead of the key. `sends_changes`: a change sends only the values that differ, and
    the API keeps the others. `rests_first`: an earlier change that is still running is waited for first.
    """

    wrap: str | None = None
    starts_actions = False
    impossible: Mapping[str, Row] = {}
    renewed = ""
    named_by = ""
    sends_changes = False
    rests_first = False

    def __init__(self, client: Client, params: Mapping[str, Any]) -> None:
        super().__init__(client, params)
        # Of the things that `wanted` has looked up, by field.
        self.identities: dict[str, list[Any]] = {}

    @classmethod
    def takes_time(cls) -> bool:
        """Whether a write continues after its answer, as an action or as shown by the status."""
        return cls.starts_actions or cls.status is not None

    @classmethod
    def arguments(cls) -> dict[str, dict[str, Any]]:
        """The argument spec of the options that name the place and set the fields."""
        spec: dict[str, dict[str, Any]] = {name: dict(one) for name, one in cls.parent.arguments.items()}
        if cls.named_by:
            spec[cls.named_by] = {"type": "str"}
        for name, field in cls.fields.items():
            if field.settable:
                required = {"required": True} if name in cls.key and not cls.named_by else {}
                spec[field.option or name] = {**field.argument(), **required}
            if isinstance(field, WriteOnly) and field.policy:
                spec[f"update_{field.option or name}"] = UPDATE_POLICY
        return spec

    def wanted(self) -> Wanted:
        """The thing that the options ask for, as the API stores it. Looks up references. Raises Cloud66Error."""
        values: Row = {}
        unread: Row = {}
        forced = False
        for name, field in self.fields.items():
            source = field.source if isinstance(field, Derived) else field.option or name
            given = self.params.get(source)
            if given is None or not (field.settable or isinstance(field, Derived)):
                continue
            value = self._stored(field, source, given)
            is_needed = (name in self.key and self._name is None) or (field.required is True and not field.can_be_empty)
            if is_needed and (value in EMPTY or str(value).isspace()):
                raise Cloud66Error(f"The option {source} is empty.")
            if field.write_only:
                unread[name] = value
                forced = forced or self.params.get(f"update_{source}") == "always"
            else:
                values[name] = value
            if isinstance(field, References):
                self.identities[name] = field.find(self.place, self.client, value)
        for sentence, together in self.impossible.items():
            if all(values.get(name) == value for name, value in together.items()):
                raise Cloud66Error(sentence)
        return Wanted(values, unread, forced)

    def _stored(self, field: Field, option: str, given: Any) -> Any:
        try:
            if isinstance(field, Derived):
                return field.derived(given)
            if isinstance(field, Itself):
                return self._identity_of(given)
            if isinstance(field, Reference) and given:
                return field.find(self.client, self.params, given)
            return field.stored(given)
        except ValueError as problem:
            raise Cloud66Error(f"{option}: {problem}.") from None

    def _identity_of(self, name: str) -> Any:
        """The identity of the thing that a user names. What is to be absent need not exist."""
        rows = self.all()
        if self.params["state"] == "absent" and not self.candidates(name, rows):
            return name
        return self.pick(name, rows)[self.identity]

    def existing(self, wanted: Wanted) -> list[Row]:
        """The rows with the wanted key, as they are now."""
        if not isinstance(self.field(self.identity), Itself):
            return self.matches(self.found(), wanted)
        try:
            return [self.one(wanted.values[self.identity])]
        except NotFoundError:
            return []

    def matches(self, rows: Iterable[Row], wanted: Wanted) -> list[Row]:
        """The rows with the wanted key. There can be several if the API accepts duplicate keys.

        Raises Cloud66Error if the task names an existing thing, and there is no such thing to change.
        """
        if self._name is not None:
            known = list(rows)
            is_optional = self.params["state"] == "absent" and not self.candidates(self._name, known)
            return [] if is_optional else [self.pick(self._name, known)]
        key = {name: wanted.values.get(name) for name in self.key}
        return [row for row in rows if self.fits(row, key)]

    def fits(self, row: Row, values: Row) -> bool:
        """Whether a row has these values."""
        return all(self.field(name).same(row.get(name), value) for name, value in values.items())

    @property
    def _name(self) -> str | None:
        """How the task names an existing thing, if it does not do so by the key."""
        return self.params.get(self.named_by) if self.named_by else None

    def expected(self, values: Row) -> Row:
        """Wanted values as the API will return them, as far as is known."""
        return {name: self.field(name).expected(value) for name, value in values.items()}

    def refusal(self, before: Row | None, after: Row | None) -> str:
        """Why the thing cannot be written like this, as a sentence; "" if it can. None: it does not exist."""
        return ""

    # Writing

    def creation(self, wanted: Wanted) -> Write:
        """The call that adds the thing."""
        row = {**wanted.values, **wanted.unread}
        return self._write("POST", row, self._path(), self._body(row), retry=False)

    def change(self, existing: Row, wanted: Wanted) -> Write:
        """The call that changes the thing. Unless the API keeps values that are left out, all of them are sent."""
        if self.sends_changes:
            changes = {name: value for name, value in wanted.values.items() if not self.fits(existing, {name: value})}
            return self._change(existing, {**changes, **wanted.unread})
        readable = {
            name: value for name, value in existing.items() if value is not None and not self.field(name).write_only
        }
        return self._change(existing, {**readable, **wanted.values, **wanted.unread})

    def _change(self, existing: Row, row: Row) -> Write:
        body = self._body(row, [name for name, field in self.fields.items() if not field.create_only])
        # An asynchronous change is not repeated without checking.
        return self._write("PUT", existing, self._path(existing), body, retry=not self.takes_time())

    def renewal(self, existing: Row) -> Write:
        """The call that makes Cloud 66 process an unchanged thing again. It also retries what failed."""
        raise NotImplementedError

    def is_renewed(self, before: Row, row: Row) -> bool:
        """Whether a thing shows that it has been renewed, or is being renewed, since it was read before."""
        raise NotImplementedError

    def removal(self, existing: Row) -> Write:
        """The call that removes the thing."""
        return self._write("DELETE", existing, self._path(existing), None, retry=not self.takes_time())

    def _write(self, method: str, row: Row, path: tuple[Any, ...], body: Any, retry: bool) -> Write:
        label = self.label_of(row)
        api = self.client.labelled(label, self.scope)
        send = partial(api.write, method, path, body, retry=retry)
        return Write(label, send, removes=method == "DELETE", starts_action=self.starts_actions)

    def _path(self, row: Row | None = None) -> tuple[Any, ...]:
        base = (*self.place.path, *self.path)
        if row is None:
            return base
        identity = row[self.identity]
        return (*base, Unshown(identity) if self.field(self.identity).secret else Dotless(identity))

    def _body(self, row: Row, names: Iterable[str] | None = None) -> Row:
        """The request body: the settable values of a row that are present."""
        sent = {
            self.fields[name].sent_as or name: self.identities.get(name, row[name])
            for name in (self.fields if names is None else names)
            if self.fields[name].settable and name in row
        }
        return {self.wrap: sent} if self.wrap else sent
