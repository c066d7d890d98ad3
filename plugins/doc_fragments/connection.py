# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options, for modules and (with their variables as Ansible's own) for other plugins."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.cloud66.cloud.plugins.module_utils.api.settings import OPTIONS, Option


def _described(option: Option) -> list[str]:
    """The description with the variables that count when the option is not given, and the default after them."""
    lines = list(option.description)
    if len(option.env) == 1:
        lines.append(f"Without it, the environment variable E({option.env[0]}) counts.")
    if option.default is not None:
        default = str(option.default).lower() if isinstance(option.default, bool) else option.default
        lines.append(f"The default is V({default}).")
    return lines


def _for_modules(option: Option) -> dict[str, Any]:
    documented: dict[str, Any] = {"type": option.type, "description": _described(option)}
    if option.aliases:
        documented["aliases"] = list(option.aliases)
    return documented


def _for_plugins(option: Option) -> dict[str, Any]:
    documented = {**_for_modules(option), "env": [{"name": name} for name in option.env]}
    documented["description"] = option.description
    if option.default is not None:
        documented["default"] = option.default
    return documented


_BOTH = {
    "requirements": ["requests >= 2.28", "oauthlib >= 3.2"],
    "notes": [
        "What the task or C(module_defaults) gives counts first, then the task's environment, then the default.",
    ],
}


class ModuleDocFragment:
    """JSON is YAML too."""

    # Annotated, or yamllint takes the call for YAML.
    DOCUMENTATION: str = json.dumps({"options": {name: _for_modules(one) for name, one in OPTIONS.items()}, **_BOTH})
    PLUGINS: str = json.dumps({"options": {name: _for_plugins(one) for name, one in OPTIONS.items()}, **_BOTH})
