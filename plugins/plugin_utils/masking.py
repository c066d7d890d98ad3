# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registers secrets with ansible-core's masker (see engine/censor.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.censor import register


def mask(secrets: Iterable[str], variables: Mapping[str, Any], names: Iterable[str] = ()) -> None:
    """Mask secrets in everything that the run prints afterwards, except secrets that are part of a name.

    The names are those of hosts and groups, taken from the task's `variables`, and `names`.
    """
    register(secrets, chain(names, _hosts_and_groups(variables)))


def _hosts_and_groups(variables: Mapping[str, Any]) -> Iterator[str]:
    groups = variables.get("groups") or {}
    yield from groups
    yield from groups.get("all", ())
