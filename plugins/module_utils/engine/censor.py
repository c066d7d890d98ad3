# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps secrets out of everything that users see.

Results are built without secrets. Only messages can still quote a secret, so they are censored by value. Keys, times,
ids and names are never rewritten. ansible-core's own `no_log` is not used: up to 2.21 it rewrites whole results, and
from 2.22 on it masks each value, however short, in everything that the run prints afterwards.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any
from urllib.parse import quote

from ..resources.fields import PRIVATE_KEY

# Censoring a shorter value would garble ids, counts and parts of words. Results never contain it in the first place.
SHORTEST_CENSORED = 8
# How the first and the last line of a text in PEM begin.
PEM_BOUNDARY = "-----"
MASK = "********"
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
# Names that every run shows. Many variables have these values, and they are not secret.
PUBLIC = frozenset(("localhost", "127.0.0.1", "production", "development"))
# The fields of a result, and those of a row from Cloud 66, that contain messages.
MESSAGES = frozenset(
    (
        *("msg", "error", "description", "details", "url", "exception", "warnings"),
        *("module_stdout", "module_stderr", "stdout", "stderr"),
    )
)
ROW_MESSAGES = frozenset(
    (
        *("finished_message", "finished_result", "health_message", "message", "reason"),
        *("backup_result", "restore_result", "verify_result"),
    )
)

Arguments = Mapping[str, Any]
Register = Callable[[Iterable[str]], None]


def _masker() -> Register | None:
    """The function that registers secrets with ansible-core's masker, which exists since 2.22."""
    try:
        from ansible.module_utils.secrets import register_secrets
    except ImportError:
        return None
    return register_secrets


MASKER = _masker()


class Censor:
    """The secrets of one run: its own `credentials`, and `values` that the user or Cloud 66 keeps secret.

    `names` are texts that the user gave as names. They are not censored, even if they contain a value.
    """

    def __init__(self, credentials: Iterable[str] = (), values: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        self.names = frozenset(names)
        self.secrets: set[str] = set()
        # The forms in which secrets may be quoted: unchanged, in JSON, and in a URL.
        self._credentials: set[str] = set()
        self._values: set[str] = set()
        self.guard(credentials)
        self.hide(values)

    @classmethod
    def of(cls, params: Mapping[str, Any], argument_spec: Arguments, connection: Iterable[str]) -> Censor:
        """The censor of a task with these parameters. `connection`: options that hold credentials, but no names."""
        own = {name: spec for name, spec in argument_spec.items() if name in connection}
        rest = {name: spec for name, spec in argument_spec.items() if name not in connection}
        return cls(secrets_in(params, own), secrets_in(params, rest), names_in(params, rest))

    def branch(self) -> Censor:
        """Another censor that also knows this one's secrets."""
        branch = copy.copy(self)
        branch.secrets, branch._credentials, branch._values = (
            set(self.secrets),
            set(self._credentials),
            set(self._values),
        )
        return branch

    def guard(self, credentials: Iterable[str]) -> None:
        """Keep credentials out of messages and parameters from now on."""
        self._credentials |= self._new_forms(credentials)

    def hide(self, values: Iterable[str]) -> None:
        """Keep secret values out of messages from now on."""
        self._values |= self._new_forms(values)

    def _new_forms(self, secrets: Iterable[str]) -> set[str]:
        new = _long_enough(secrets) - self.secrets
        self.secrets |= new
        return {form for secret in new for form in _forms(secret)}

    def text(self, text: str) -> str:
        """A message without secrets."""
        credentials = {form for form in self._credentials if form in text}
        values = {form for form in self._values if form in text}
        if not credentials and not values:
            return text
        kept = {name for name in self.names if any(value in name for value in values)} - values
        kept = {name for name in kept if not any(credential in name for credential in credentials)}
        longest_first = sorted(credentials | values | kept, key=len, reverse=True)
        pattern = "|".join(map(re.escape, longest_first))
        return re.sub(pattern, lambda match: match[0] if match[0] in kept else MASK, text)

    def params(self, params: Mapping[str, Any], argument_spec: Arguments) -> dict[str, Any]:
        """Parameters to show. Secret options are hidden whatever their value, under their name and their aliases."""
        cautious: dict[str, Any] = Censor(self._credentials)._texts(_shown(params, argument_spec))
        return cautious

    def result(self, result: Mapping[str, Any]) -> dict[str, Any]:
        """A result whose messages contain no secrets."""
        return {
            name: self._texts(value) if name in MESSAGES else self._diff(value) if name == "diff" else self._rows(value)
            for name, value in result.items()
        }

    def _rows(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._rows(one) for one in value]
        if not isinstance(value, dict):
            return value
        return {name: self._texts(one) if name in ROW_MESSAGES else self._rows(one) for name, one in value.items()}

    def _diff(self, diff: Any) -> Any:
        """A diff of texts is censored as a message, a diff of fields like rows."""
        if not isinstance(diff, dict):
            return diff
        return {name: self.text(side) if isinstance(side, str) else self._rows(side) for name, side in diff.items()}

    def _texts(self, value: Any) -> Any:
        """A value with every text in it censored."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, (list, tuple)):
            return type(value)(map(self._texts, value))
        if is_dataclass(value) and not isinstance(value, type):
            # Newer versions of ansible-core use dataclasses for errors and warnings.
            return replace(value, **{field.name: self._texts(getattr(value, field.name)) for field in fields(value)})
        return {name: self._texts(one) for name, one in value.items()} if isinstance(value, dict) else value


def without_no_log(argument_spec: Arguments) -> dict[str, dict[str, Any]]:
    """An argument spec for ansible-core without `no_log`, so that it does not handle secret options itself."""
    return {name: _without_no_log(spec) for name, spec in argument_spec.items()}


def _without_no_log(spec: Mapping[str, Any]) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if spec.get("no_log"):
        more["no_log"] = False
    if "options" in spec:
        more["options"] = without_no_log(spec["options"])
    return {**spec, **more}


def secrets_in(params: Mapping[str, Any], argument_spec: Arguments) -> set[str]:
    """The values of secret options and suboptions, as texts. Each value in a dictionary or list is a secret.

    So is a private key in any option, where it may have been given by mistake.
    """
    found: set[str] = set()
    for _name, spec, value in _given(params, argument_spec):
        if spec.get("no_log") or is_private_key(value):
            found.update(_texts_in(value))
        for one in _suboptions(spec, value):
            found |= secrets_in(one, spec["options"])
    return found


def names_in(params: Mapping[str, Any], argument_spec: Arguments) -> set[str]:
    """Texts that the user gave as names: single lines in options that are not secret, and keys of dictionaries."""
    found: set[str] = set()
    for _name, spec, value in _given(params, argument_spec):
        if isinstance(value, Mapping):
            found.update(map(str, value))
        elif not spec.get("no_log"):
            texts = value if isinstance(value, list) else [value]
            found.update(text for text in texts if isinstance(text, str) and "\n" not in text)
    return found


def texts_under(names: frozenset[str], value: Any) -> set[str]:
    """The texts under fields of these names, at any depth of a result."""
    if isinstance(value, list):
        return {text for one in value for text in texts_under(names, one)}
    if not isinstance(value, Mapping):
        return set()
    found = (_texts_in(one) if name in names else texts_under(names, one) for name, one in value.items())
    return {text for texts in found for text in texts}


def register(secrets: Iterable[str], names: Iterable[str] = ()) -> None:
    """Register secrets with ansible-core's masker, which hides them in everything that the run prints afterwards.

    That cannot be undone, so a value that is part of a name is not registered: the name would be garbled.
    """
    if MASKER:
        known = "\n".join(names)
        MASKER([secret for secret in _long_enough(secrets) if secret not in known])


def _shown(params: Mapping[str, Any], argument_spec: Arguments) -> dict[str, Any]:
    """Parameters without secrets. Unknown options are hidden, because they may be misspelt secret ones."""
    result: dict[str, Any] = dict.fromkeys(params, HIDDEN)
    for name, spec, value in _given(params, argument_spec):
        if not (spec.get("no_log") or is_private_key(value)) or value is None:
            result[name] = _shown_suboptions(spec["options"], value) if "options" in spec else value
    return result


def is_private_key(value: Any) -> bool:
    """Whether a value is a text that contains a private key."""
    return isinstance(value, str) and PRIVATE_KEY.search(value) is not None


def _shown_suboptions(options: Arguments, value: Any) -> Any:
    if isinstance(value, list):
        return [_shown_suboptions(options, one) for one in value]
    return _shown(value, options) if isinstance(value, Mapping) else value


def _forms(secret: str) -> set[str]:
    in_json = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    return {secret, quote(secret, safe=""), *in_json}


def _long_enough(secrets: Iterable[str]) -> set[str]:
    """The secrets that are censored by value, and their lines: an error may quote only one of them."""
    whole = set(secrets)
    lines = {line.strip() for secret in whole if "\n" in secret for line in secret.splitlines()}
    private = {line for line in lines if not line.startswith(PEM_BOUNDARY)}
    return {secret for secret in whole | private if len(secret) >= SHORTEST_CENSORED} - PUBLIC


def _given(params: Mapping[str, Any], argument_spec: Arguments) -> Iterator[tuple[str, Mapping[str, Any], Any]]:
    """The options that were given, under each name that was used."""
    for option, spec in argument_spec.items():
        for name in (option, *spec.get("aliases", ())):
            if name in params:
                yield name, spec, params[name]


def _suboptions(spec: Mapping[str, Any], value: Any) -> list[Mapping[str, Any]]:
    if "options" not in spec:
        return []
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, Mapping)]


def _texts_in(value: Any) -> Iterator[str]:
    """The texts and numbers in a value, as texts."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts_in(one)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
