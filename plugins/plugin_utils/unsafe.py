# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks texts from the API as data, so that Ansible does not evaluate them as templates."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from ansible.release import __version__ as ansible_version

# From ansible-core 2.19 on, only texts that are marked as trusted are evaluated.
NEEDS_WRAPPING = tuple(map(int, ansible_version.split(".")[:2])) < (2, 19)
# Letters and digits of any script, and the punctuation of names, times and addresses. Without brackets of any kind,
# these can form neither a template nor an expression that calls anything. In parentheses, as in "Cloud (DigitalOcean)",
# a call would still need a dot, quotes or a comma to do anything.
HARMLESS = re.compile(r"[\w .:/@+,=&'!-]*|(?:[^\W_]|[ -]|\((?:[^\W_]|[ -])*\))*")

if NEEDS_WRAPPING:
    from ansible.utils.unsafe_proxy import wrap_var

    def as_data(value: Any) -> Any:
        """The value, with each text that is not harmless marked as unsafe.

        Without braces, a text is no template, but `when: "{{ text }}"` would evaluate it. Harmless texts stay unmarked,
        because `ansible-inventory` shows marked ones in a form that some programs cannot read.
        """
        if isinstance(value, str):
            return _marked(value)
        if isinstance(value, list):
            return [as_data(one) for one in value]
        if isinstance(value, dict):
            return {as_data(name): as_data(one) for name, one in value.items()}
        return value

    @lru_cache(maxsize=2**16)
    def _marked(text: str) -> Any:
        return text if HARMLESS.fullmatch(text) else wrap_var(text)

    as_variable = as_data

else:
    from ansible.template import trust_as_template

    def as_data(value: Any) -> Any:
        """The value, unchanged: untrusted texts are not evaluated anyway."""
        return value

    def as_variable(value: Any) -> Any:
        """The value for an inventory variable, with each harmless text marked as trusted.

        Other texts are not evaluated, but `ansible-inventory` shows them in a form that some programs cannot read.
        """
        if isinstance(value, str):
            return _trusted(value)
        if isinstance(value, list):
            return [as_variable(one) for one in value]
        if isinstance(value, dict):
            # Most values are texts, and an inventory has very many.
            return {name: _trusted(one) if isinstance(one, str) else as_variable(one) for name, one in value.items()}
        return value

    @lru_cache(maxsize=2**16)
    def _trusted(text: str) -> str:
        return trust_as_template(text) if HARMLESS.fullmatch(text) else text
