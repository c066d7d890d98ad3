# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of the API as data, which no template engine evaluates."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from ansible.release import __version__ as ansible_version

# From ansible-core 2.19 on, only what is marked as trusted is evaluated.
NEEDS_WRAPPING = tuple(map(int, ansible_version.split(".")[:2])) < (2, 19)
# Letters and figures of any script, and what names, times, addresses and ssh's options are written with. No template
# can be made of these. Without commas, no expression can look up or run anything either.
HARMLESS = re.compile(r"[\w .:/@+=&'!()\[\]-]*")

if NEEDS_WRAPPING:
    from ansible.utils.unsafe_proxy import wrap_var

    def as_data(value: Any) -> Any:
        """The same, with every text in it marked that could be a template.

        The others are left as they are, for `ansible-inventory` shows a marked one in a form that AWX does not read.
        """
        if isinstance(value, str):
            return wrap_var(value) if "{" in value or "}" in value else value
        if isinstance(value, list):
            return [as_data(one) for one in value]
        if isinstance(value, dict):
            return {as_data(name): as_data(one) for name, one in value.items()}
        return value

    def as_plain(value: Any) -> Any:
        """The same."""
        return value

else:
    from ansible.template import trust_as_template

    def as_data(value: Any) -> Any:
        """The same."""
        return value

    def as_plain(value: Any) -> Any:
        """The same, with every harmless text in it marked as trusted: `ansible-inventory` then shows it as it is.

        The others are not evaluated, but `ansible-inventory` shows them in a form that AWX does not read.
        """
        if isinstance(value, str):
            return _trusted(value)
        if isinstance(value, list):
            return [as_plain(one) for one in value]
        if isinstance(value, dict):
            # Most values are texts, and an inventory has very many.
            return {name: _trusted(one) if isinstance(one, str) else as_plain(one) for name, one in value.items()}
        return value

    @lru_cache(maxsize=2**16)
    def _trusted(text: str) -> str:
        return trust_as_template(text) if HARMLESS.fullmatch(text) else text
