# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a text is YAML."""

from __future__ import annotations

from .answers import ApiError


def check_yaml(name: str, text: str) -> None:
    """Raise 400 for a text that is no YAML. It is only taken to pieces, so that no text can do harm."""
    import yaml

    try:
        for _event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            pass
    except (yaml.YAMLError, ValueError) as problem:
        raise ApiError(400, f"{name} is not YAML: {str(problem).splitlines()[0]}"[:500]) from problem
