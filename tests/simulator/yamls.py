# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that a text is YAML."""

from __future__ import annotations

from .answers import ApiError


def check_yaml(name: str, text: str) -> None:
    """Raise ApiError 400 if a text is not YAML. The text is only parsed, never loaded, so it can do no harm."""
    import yaml

    try:
        for _event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            pass
    except (yaml.YAMLError, ValueError) as problem:
        raise ApiError(400, f"{name} is not YAML: {str(problem).splitlines()[0]}"[:500]) from problem
