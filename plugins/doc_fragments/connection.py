# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options: for modules, and for other plugins, which declare the environment variables to Ansible."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.cloud66.cloud.plugins.module_utils.api.settings import OPTIONS, Option


def _described(option: Option) -> list[str]:
    """The description, followed by the environment variable and the default."""
    lines = list(option.description)
    if len(option.env) == 1:
        lines.append(f"If unset, the environment variable E({option.env[0]}) is used.")
    if option.default is not None:
        default = str(option.default).lower() if isinstance(option.default, bool) else option.default
        lines.append(f"The default is V({default}).")
    return lines


def _for_modules(option: Option) -> dict[str, Any]:
    documented: dict[str, Any] = {"type": option.type, "description": _described(option)}
    if option.aliases:
        documented["aliases"] = list(option.aliases)
    return documented


def _for_plugins(name: str, option: Option) -> dict[str, Any]:
    documented = {**_for_modules(option), "env": [{"name": name} for name in option.env]}
    documented["vars"] = [{"name": f"c66_{name}"}]
    documented["description"] = option.description
    if option.default is not None:
        documented["default"] = option.default
    return documented


_BOTH = {
    "requirements": ["requests >= 2.28", "oauthlib >= 3.2"],
    "notes": [
        "Options in the task or in C(module_defaults) override environment variables, which override the defaults.",
    ],
}


class ModuleDocFragment:
    """Written as JSON, which is valid YAML."""

    # Annotated: otherwise yamllint would read the call as YAML.
    DOCUMENTATION: str = json.dumps({"options": {name: _for_modules(one) for name, one in OPTIONS.items()}, **_BOTH})
    PLUGINS: str = json.dumps({"options": {name: _for_plugins(name, one) for name, one in OPTIONS.items()}, **_BOTH})
    # For event sources, which Ansible does not run.
    EVENT_SOURCE: str = json.dumps(
        {"options": {name: _for_modules(one) for name, one in OPTIONS.items()}, "requirements": _BOTH["requirements"]}
    )
