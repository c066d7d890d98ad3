# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of the API as data, which no template engine evaluates."""

from __future__ import annotations

from typing import Any

from ansible.release import __version__ as ansible_version

# From ansible-core 2.19 on, only what is marked as trusted is evaluated.
NEEDS_WRAPPING = tuple(map(int, ansible_version.split(".")[:2])) < (2, 19)

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

else:

    def as_data(value: Any) -> Any:
        """The same."""
        return value
