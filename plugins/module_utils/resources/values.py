# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Things that have a key and a value: what each kind of them must be able to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from ..api.client import Client
from ..api.errors import Cloud66Error
from .base import Resource, Row, secrets_in
from .stack import the_stack

ByKey = Mapping[str, Row]


class Plan(NamedTuple):
    """What there is to do, by key: the values to add and to change, and the keys to remove."""

    added: dict[str, str]
    changed: dict[str, str]
    removed: list[str]

    @property
    def set(self) -> dict[str, str]:
        """The values that are added or changed."""
        return {**self.added, **self.changed}

    @property
    def keys(self) -> dict[str, list[str]]:
        """The keys alone, sorted."""
        return {name: sorted(keys) for name, keys in self._asdict().items()}

    def __bool__(self) -> bool:
        return any(self)


class Write(NamedTuple):
    """One call of the API. `what` names it for messages, and `keys` are those that it sets or removes.

    `send` sends it and returns what Cloud 66 answered. `keeps` are keys of others that it must leave in place.
    `starts` says whether it starts an action, so that its effect may come later.
    """

    what: str
    keys: tuple[str, ...]
    send: Callable[[], Any]
    keeps: tuple[str, ...] = ()
    starts: bool = True


class Values(Resource):
    """Keys with their values, as one stack has them. `value_field` is the field that holds the value.

    `single` says that a task is about one of them, whose value is a text of lines.
    """

    value_field = "value"
    single = False

    def __init__(self, client: Client, params: Mapping[str, Any]) -> None:
        super().__init__(client, params)
        # The rows by their keys before the change, and the change, as soon as they are known.
        self.have: ByKey = {}
        self.plan = Plan({}, {}, [])

    @cached_property
    def stack(self) -> Row:
        """The stack whose they are."""
        return the_stack(self.api, self.params)

    @property
    def whose(self) -> str:
        """All of them, for messages."""
        return f"the {self.plural} of stack {self.stack['name']}"

    def secrets(self, rows: Iterable[Row]) -> set[str]:
        """What must be censored wherever it stands, of those rows."""
        return secrets_in(rows, self.fields)

    # What a thing that can be written has, too.

    def prepare(self) -> None:
        """Look at what the options say, before anything is asked. Raises Cloud66Error."""

    def wanted(self) -> dict[str, str]:
        """The values that shall be there, by key, as they are sent. Of keys that there are not, too."""
        raise NotImplementedError

    def unwanted(self) -> list[str]:
        """The keys that shall go, of those that there are."""
        return []

    def same(self, row: Row, value: str) -> bool:
        """Whether a row has this value already, in whatever form the API reads it."""
        return bool(row.get(self.value_field) == value)

    def refusals(self) -> list[str]:
        """Sentences that say why the plan cannot be carried out; [] when it can."""
        return []

    def cautions(self) -> list[str]:
        """What the user should know of the plan, as warnings."""
        return []

    def predicted(self, key: str, value: str) -> Row:
        """The row of a key as it will be with this value."""
        return {**self.have.get(key, {self.key: key}), self.value_field: value}

    def writes(self) -> list[Write]:
        """The calls that carry out the plan, in their order."""
        raise NotImplementedError


def given(params: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An option that is a dictionary. Raises Cloud66Error where it is none.

    In ansible-core 2.16, a template of a dictionary with dates comes as a text, and is let through as such.
    """
    if not isinstance(params[name], Mapping):
        raise Cloud66Error(f"{name} is not a dictionary. Write dates in it in quotes.")
    return {str(key): value for key, value in params[name].items()}


def written(value: Any) -> str:
    """A value as it is sent: everything is a text, and none is an empty one."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def text_of(path: str) -> str:
    """The text of a file of the user's. Raises Cloud66Error, which says nothing of what is in it."""
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise Cloud66Error(f"{path} cannot be read: {problem.strerror}.") from None
    except UnicodeDecodeError:
        raise Cloud66Error(f"{path} is not a text in UTF-8.") from None
