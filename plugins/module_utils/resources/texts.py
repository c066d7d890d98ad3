# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts made of what Ansible gives: YAML of a dictionary, and what YAML made of a text without quotes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..api.errors import Cloud66Error

try:
    import yaml
except ImportError:
    HAS_YAML = False
else:
    HAS_YAML = True


def as_yaml(value: Any, option: str) -> str:
    """A text as it is; of a dictionary its YAML. Raises Cloud66Error, which names the option, for anything else."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        raise Cloud66Error(f"{option} must be a string or a dictionary.")
    if not HAS_YAML:
        raise Cloud66Error(f"Making YAML of {option} needs the Python library PyYAML. Without it, give a string.")
    # By way of JSON, which leaves nothing of Ansible's own kinds of texts. Lines are not broken: YAML would join them.
    plain = json.loads(json.dumps(value))
    return str(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, default_flow_style=False, width=10**6))


def only_text(value: Any, option: str) -> str:
    """A text as it is. Raises Cloud66Error, which names the option, for anything else."""
    if not isinstance(value, str):
        raise Cloud66Error(
            f"{option} must be a string. Use the filter to_json to make a string of a list or a dictionary, and the"
            " filter string for a template of a string."
        )
    return value
