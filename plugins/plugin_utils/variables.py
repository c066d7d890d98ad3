# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection options from Ansible variables, for the plugins that run on the controller."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.cloud66.cloud.plugins.module_utils.api.settings import OPTIONS

CONNECTION_VARIABLES = {f"c66_{name}": name for name in OPTIONS}


def given_connection(
    options: Mapping[str, Any], variables: Mapping[str, Any], render: Callable[[str, Any], Any]
) -> dict[str, Any]:
    """The given connection options, rendered by `render(name, value)`. Variables count for those not in `options`.

    The environment is left to Run: nothing in it is a template.
    """
    given = {}
    for variable, name in CONNECTION_VARIABLES.items():
        names = [one for one in (name, *OPTIONS[name].aliases) if one in options]
        for one in names:
            given[one] = render(one, _decrypted(options[one]))
        if not names and variables.get(variable) is not None:
            given[name] = render(variable, _decrypted(variables[variable]))
    return given


def _decrypted(value: Any) -> Any:
    """The value; in ansible-core 2.16, `data` decrypts a vaulted one."""
    return getattr(value, "data", value)
