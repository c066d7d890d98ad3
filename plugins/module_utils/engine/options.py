# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that are texts take texts.

AnsibleModule makes a text of everything: 1.1 of `1.10`, False of `no`, and Python code of a dictionary. Here, what
cannot be told is refused, in both ways of running.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.common.validation import check_type_path

IN_A_TEMPLATE = "In a template, add the filter string."


def strict(argument_spec: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """An argument spec whose texts and lists are checked here."""
    return {name: _strict(spec) for name, spec in argument_spec.items()}


def _strict(spec: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(spec)
    kind, of_what = spec.get("type", "str"), spec.get("elements")
    if kind in TEXTS:
        found["type"] = TEXTS[kind]
    elif kind == "list" and of_what in TEXTS:
        # With its elements: ansible-core before 2.19 checks them only where the type is called list.
        found["type"] = _list_of(TEXTS[found.pop("elements")])
    if "options" in spec:
        found["options"] = strict(spec["options"])
    return found


# Their names stand in AnsibleModule's messages: "… of type float and we were unable to convert to text: …".


def text(value: Any) -> str:
    """A text, as it was written. Raises TypeError, without the value, for what has lost how it was written."""
    if isinstance(value, bool):
        raise TypeError(f"YAML reads yes, no, on and off as true and false. Write it in quotes. {IN_A_TEMPLATE}")
    if isinstance(value, float):
        raise TypeError(f"a number can lose digits, as 1.10 does. Write it in quotes. {IN_A_TEMPLATE}")
    if isinstance(value, (Mapping, list, tuple)):
        raise TypeError(
            "use the filter to_json to make a string of it or, in a template of a string, the filter string"
        )
    if value is None:
        raise TypeError("there is nothing in its place")
    return value if isinstance(value, str) else str(value)


def path(value: Any) -> str:
    """The path of a file, with the home directory and variables of the environment filled in."""
    return str(check_type_path(text(value)))


TEXTS: Mapping[str, Callable[[Any], str]] = {"str": text, "path": path}


def _list_of(check: Callable[[Any], str]) -> Callable[[Any], list[str]]:
    def list_of_texts(value: Any) -> list[str]:
        """A list: as such, as JSON, or as a text with commas. A single number is a list of one."""
        if isinstance(value, str):
            value = _list_in(value)
        return [check(one) for one in (value if isinstance(value, (list, tuple)) else [value])]

    list_of_texts.__name__ = "list of texts"
    return list_of_texts


def _list_in(value: str) -> list[Any]:
    if not value.strip().startswith("["):
        return value.split(",")
    try:
        found = json.loads(value)
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise TypeError("a string that begins with [ must be a list in JSON")
    return found
