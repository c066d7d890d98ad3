# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The types that declare the fields of a thing: how a value is given, sent, compared and shown."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..api.client import Client
    from .base import Place, Resource

Row = dict[str, Any]
Fields = Mapping[str, "Field"]

TRUE, FALSE = ("1", "true", "on", "enable"), ("0", "false", "off", "disable")
EMPTY: tuple[Any, ...] = (None, "", [], {})
PRIVATE_KEY = re.compile(r"-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----|PuTTY-User-Key-File-\d")
PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)


class _Unset:
    """Marks a field that cannot be cleared. None would be a value that clears it."""


UNSET = _Unset()


class Field:
    """A value of a row. The API treats 1 and "1" the same, so values are compared as texts.

    `settable`: the field is an option of the module that writes, called `option` if its name differs from the field's.
    `required`: a new thing must have it; a mapping of other fields to values says when. `create_only`: it cannot be
    changed afterwards. `secret`: it is never shown. `write_only`: it is never returned, so it is never compared.
    `sent_as`: its name in a request body, if that differs. `clear`: the value to send for an empty value, which is then
    the same as no value.
    """

    type = "str"
    settable = True
    write_only = False
    # Whether a required field can have an empty value.
    can_be_empty = False

    def __init__(
        self,
        *,
        settable: bool | None = None,
        option: str | None = None,
        required: bool | Mapping[str, Any] = False,
        create_only: bool = False,
        secret: bool = False,
        sent_as: str | None = None,
        clear: Any = UNSET,
        **argument: Any,
    ) -> None:
        self.settable = self.settable if settable is None else settable
        self.option = option
        self.required = required
        self.create_only = create_only
        self.secret = secret
        self.sent_as = sent_as
        self.clear = clear
        self._argument = argument

    def argument(self) -> dict[str, Any]:
        """The argument spec of the option."""
        return {"type": self.type, **({"no_log": True} if self.secret else {}), **self._argument}

    def is_required(self, row: Row) -> bool:
        """Whether a thing with these other values requires the field."""
        if isinstance(self.required, Mapping):
            return all(row.get(name) == value for name, value in self.required.items())
        return self.required

    def stored(self, value: Any) -> Any:
        """An option's value as the API stores it. Raises ValueError for an invalid value."""
        return self.clear if self._is_empty(value) else self.sent(value)

    def sent(self, value: Any) -> Any:
        """A value that is not empty, in the form to send."""
        return value

    def same(self, existing: Any, wanted: Any) -> bool:
        """Whether two values mean the same to the API."""
        if self._is_empty(existing) or self._is_empty(wanted):
            return self._is_empty(existing) and self._is_empty(wanted)
        return existing == wanted or (None not in (existing, wanted) and self.normal(existing) == self.normal(wanted))

    def normal(self, value: Any) -> Any:
        """The form in which values are compared."""
        return str(value)

    def expected(self, wanted: Any) -> Any:
        """A wanted value as the API will return it, as far as is known."""
        return wanted

    def _is_empty(self, value: Any) -> bool:
        """Whether a value counts as empty, for a field that can be cleared."""
        return self.clear is not UNSET and (value in EMPTY or value == self.clear)


PLAIN = Field(settable=False)


class Text(Field):
    """A text."""


class Number(Field):
    """A whole number, perhaps with a least value."""

    type = "int"

    def __init__(self, *, least: int | None = None, **more: Any) -> None:
        super().__init__(**more)
        self.least = least

    def sent(self, value: Any) -> Any:
        if self.least is not None and value < self.least:
            raise ValueError(f"it must be at least {self.least}, not {value}")
        return value


class Flag(Field):
    """A boolean. The API also writes it as 1 and 0, or on and off."""

    type = "bool"

    def normal(self, value: Any) -> Any:
        text = str(value).lower()
        return text in TRUE if text in (*TRUE, *FALSE) else value


class Codes(Field):
    """A numeric code. Results also contain its word, in `<field>_name`. Options accept either."""

    settable = False

    def __init__(self, words: Mapping[str, int], **more: Any) -> None:
        super().__init__(**more)
        self.words = {code: word for word, code in words.items()}
        self.codes = {**words, **{str(code): code for code in self.words}}

    def argument(self) -> dict[str, Any]:
        return {**super().argument(), "choices": [*self.words.values(), *map(str, self.words)]}

    def sent(self, value: Any) -> Any:
        return self.codes.get(str(value), value)

    def normal(self, value: Any) -> Any:
        return self.sent(value)

    def word(self, value: Any) -> str | None:
        """The word for a code; None if the code is unknown."""
        code = self.codes.get(str(value))
        return None if code is None else self.words[code]


class Secret(Field):
    """A value that is read, but only shown if the user asks for it."""

    settable = False

    def __init__(self, **more: Any) -> None:
        super().__init__(secret=True, **more)


class WriteOnly(Field):
    """A value that the API never returns. It is sent with each write, but by itself causes none.

    With `policy`, the option `update_<option>` decides that: `always` causes a write, `on_create` does not.
    """

    write_only = True

    def __init__(self, *, policy: bool = False, **more: Any) -> None:
        super().__init__(**more)
        self.policy = policy


class UnreadNumber(Number, WriteOnly):
    """A whole number that the API never returns as it was sent."""


class Pem(WriteOnly):
    """A text in PEM that the API never returns, such as a certificate or a private key."""

    def __init__(self, title: str, **more: Any) -> None:
        super().__init__(**more)
        self.title = title

    def sent(self, value: Any) -> Any:
        """Does not quote the value, which may be secret."""
        if not re.search(rf"-----BEGIN ([A-Z0-9]+ )*{self.title.upper()}-----", value):
            raise ValueError(f"this is not a {self.title} in PEM format")
        return value


class Base64(Field):
    """A text that the API stores in base64."""

    can_be_empty = True

    def sent(self, value: Any) -> Any:
        return base64.b64encode(str(value).encode()).decode()

    def normal(self, value: Any) -> Any:
        return "".join(str(value).split())


class Address(Field):
    """An address or network: 198.51.100.7 and 198.51.100.7/32 are the same."""

    settable = False

    def normal(self, value: Any) -> Any:
        try:
            return str(ipaddress.ip_network(str(value), strict=False))
        except ValueError:
            return value


class SetOf(Field):
    """Texts in any order. With `comma`, the API stores them as one text, separated by commas."""

    type = "list"

    def __init__(self, *, comma: bool = False, **more: Any) -> None:
        super().__init__(elements="str", **more)
        self.comma = comma

    def sent(self, value: Any) -> Any:
        items = list(dict.fromkeys(_items(value)))
        return ",".join(items) if self.comma else items

    def normal(self, value: Any) -> Any:
        return frozenset(_items(value))


def _items(value: Any) -> list[str]:
    parts = value.split(",") if isinstance(value, str) else value
    return [text for text in (str(part).strip() for part in parts) if text]


class Map(Field):
    """Texts by key."""

    type = "dict"

    def sent(self, value: Any) -> Any:
        nested = [str(key) for key, part in value.items() if isinstance(part, (dict, list))]
        if nested:
            raise ValueError(f"the value of {' and '.join(nested)} is not a string, a number or a boolean")
        return self.normal(value)

    def normal(self, value: Any) -> Any:
        return {str(key): as_text(part) for key, part in value.items()}


class Document(Field):
    """A dictionary of any shape, compared and replaced as a whole."""

    type = "dict"

    def sent(self, value: Any) -> Any:
        try:
            return json.loads(json.dumps(value))
        except TypeError:
            raise ValueError("it contains a value that JSON does not have. Write dates in it in quotes") from None

    def same(self, existing: Any, wanted: Any) -> bool:
        """Compares by JSON, in which true and 1 differ."""
        if self._is_empty(existing) and self._is_empty(wanted):
            return True
        return json.dumps(existing, sort_keys=True) == json.dumps(wanted, sort_keys=True)


def as_text(value: Any) -> str:
    """A value as a text, in the form that the API takes; None becomes an empty text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def enumerated(names: Iterable[str]) -> str:
    """Names in a sentence: a, b and c."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


class Reference(Field):
    """Another thing: the user gives its name, the API takes its identity."""

    def __init__(self, resource: type[Resource], *, option: str, **more: Any) -> None:
        super().__init__(option=option, **more)
        self.resource = resource

    def find(self, client: Client, params: Mapping[str, Any], value: str) -> Any:
        """The identity of the thing with this name or identity. Raises Cloud66Error unless there is exactly one."""
        resource = self.resource(client, params)
        return resource.pick(value)[resource.identity]


class Itself(Field):
    """The thing itself, which has to exist: the user gives its name or identity, the API takes its identity."""


class References(SetOf):
    """Other things at the same place, in any order: the user gives their names, the API takes their identities."""

    def __init__(self, resource: type[Resource], **more: Any) -> None:
        super().__init__(**more)
        self.resource = resource

    def find(self, place: Place, client: Client, names: Iterable[str]) -> list[Any]:
        """The identities of the things with these names. Raises Cloud66Error unless each matches exactly one."""
        there = self.resource(client, {})
        there.place = place
        rows = there.all()
        return [there.pick(name, rows)[there.identity] for name in names]


class Derived(Field):
    """A value that the API derives from the option `source`. It is compared, but never sent."""

    settable = False

    def __init__(self, source: str, **more: Any) -> None:
        super().__init__(**more)
        self.source = source

    def derived(self, value: Any) -> Any:
        """The value that the API derives from the option's value. Raises ValueError for an invalid value."""
        raise NotImplementedError


class IsGiven(Derived):
    """Whether the option is given and not empty."""

    def derived(self, value: Any) -> Any:
        return bool(value)


class Fingerprint(Derived):
    """The SHA-256 fingerprint of the first certificate in a PEM text; undocumented whether of its DER form."""

    def derived(self, value: Any) -> Any:
        match = PEM.search(value)
        try:
            der = base64.b64decode("".join(match[1].split()) if match else "", validate=True)
        except ValueError:
            der = b""
        if not der:
            raise ValueError("this is not a certificate in PEM format")
        return [hashlib.sha256(form).hexdigest() for form in (der, value.encode(), value.strip().encode())]

    def expected(self, wanted: Any) -> Any:
        return wanted[0]

    def same(self, existing: Any, wanted: Any) -> bool:
        """A certificate without a fingerprint cannot be compared."""
        return existing is None or str(existing).replace(":", "").lower() in wanted


class Rows(Field):
    """A list of rows of another kind inside a row."""

    settable = False

    def __init__(self, fields: Fields) -> None:
        super().__init__()
        self.fields = fields


def described(row: Row, fields: Fields, shown: Iterable[str] = ()) -> Row:
    """A row for results: with words for codes, also in nested rows, and without secrets other than those in `shown`."""
    result: Row = {}
    for name, value in row.items():
        field = fields.get(name, PLAIN)
        if (field.secret or field.write_only) and name not in shown:
            continue
        result[name] = value
        if isinstance(field, Codes):
            result[f"{name}_name"] = field.word(value)
        elif isinstance(field, Rows) and isinstance(value, list):
            result[name] = [described(nested, field.fields, shown) for nested in value]
    return result


def secrets_in(rows: Iterable[Row], fields: Fields, shown: Iterable[str] = ()) -> set[str]:
    """The values of all secret fields except those in `shown`, including nested rows."""
    found: set[str] = set()
    for row in rows:
        for name, field in fields.items():
            value = row.get(name)
            if field.secret and isinstance(value, str) and name not in shown:
                found.add(value)
            elif isinstance(field, Rows) and isinstance(value, list):
                found |= secrets_in(value, field.fields, shown)
    return found
