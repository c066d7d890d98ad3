# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules, as far as the generator has to know them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import yaml

BASE = "ansible_collections.cloud66.cloud.plugins.modules"
INFO = "_info"


class Module(NamedTuple):
    """A module: its file, its documentation, and the Module that it declares."""

    path: Path
    text: str
    documentation: dict[str, Any]
    declared: Any

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def base_name(self) -> str:
        """The name that a module and its `_info` share."""
        return self.name[: -len(INFO)] if self.name.endswith(INFO) else self.name

    @property
    def options(self) -> set[str]:
        return set(self.declared.argument_spec)

    @property
    def resource(self) -> Any:
        """The resource that it reads or writes; None if it has none."""
        return getattr(self.declared, "resource", None)


def load(root: Path) -> list[Module]:
    """The modules of a checkout, sorted by name. Raises ValueError, which names the file, if one is not complete."""
    return [_load(path) for path in sorted((root / "plugins" / "modules").glob("c66_*.py"))]


def _load(path: Path) -> Module:
    try:
        imported = import_module(f"{BASE}.{path.stem}")
        documentation = yaml.safe_load(imported.DOCUMENTATION)
        return Module(path, path.read_text(encoding="utf-8"), documentation, imported.MODULE)
    except Exception as error:
        # Whatever an unfinished module raises when it is imported.
        raise ValueError(f"{path}: {type(error).__name__}: {error}") from error
