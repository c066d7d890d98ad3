# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules, as far as the generator has to know them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import yaml

PLUGINS = "ansible_collections.cloud66.cloud.plugins"
BASE = f"{PLUGINS}.modules"
INFO = "_info"
# The subject of modules without a resource.
GENERAL = "General"
UNKNOWN = "unknown"
# What the generator reads of a module file.
PARTS = ("DOCUMENTATION", "RETURN", "MODULE")


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
    def is_info(self) -> bool:
        """Whether it only reads."""
        return self.name.endswith(INFO)

    @property
    def base_name(self) -> str:
        """The name that a module and its `_info` share."""
        return self.name[: -len(INFO)] if self.is_info else self.name

    @property
    def options(self) -> set[str]:
        return set(self.declared.argument_spec)

    @property
    def resource(self) -> Any:
        """The resource that it reads or writes; None if it has none."""
        return getattr(self.declared, "resource", None)

    @property
    def subject(self) -> str:
        """The heading under which it is listed."""
        if self.resource:
            return str(self.resource.subject or self.resource.parent.subject)
        return str(self.declared.subject) or GENERAL

    @property
    def scope(self) -> str:
        """The OAuth scopes that it needs, in Markdown: those of its resource, and that for finding a stack."""
        if self.resource is None:
            return str(self.declared.scope)
        needed = {self.resource.scope or UNKNOWN}
        if not self.is_info and self.resource.write_scope:
            needed.add(self.resource.write_scope)
        if "stack" in self.options:
            needed.add("public")
        known = import_module(f"{PLUGINS}.module_utils.api.oauth").SCOPES
        return ", ".join([*(f"`{name}`" for name in known if name in needed), *({UNKNOWN} & needed)])


def load(root: Path) -> list[Module]:
    """The modules of a checkout, sorted by name. Raises ValueError, which names the file, if one is not complete."""
    return [_load(path, path.relative_to(root)) for path in sorted((root / "plugins" / "modules").glob("c66_*.py"))]


def _load(path: Path, shown: Path) -> Module:
    try:
        imported = import_module(f"{BASE}.{path.stem}")
    except Exception as error:
        # Whatever an unfinished module raises.
        raise ValueError(f"{shown} cannot be imported: {type(error).__name__}: {error}") from error
    missing = [name for name in PARTS if not hasattr(imported, name)]
    if missing:
        raise ValueError(f"{shown} lacks {' and '.join(missing)}.")
    if not hasattr(imported.MODULE, "argument_spec"):
        raise ValueError(f"MODULE in {shown} is not a module of the engine, such as InfoModule(RESOURCE).")
    documentation = _mapping(imported.DOCUMENTATION, f"DOCUMENTATION in {shown}")
    _mapping(imported.RETURN, f"RETURN in {shown}")
    if not documentation.get("short_description"):
        raise ValueError(f"DOCUMENTATION in {shown} lacks short_description.")
    return Module(path, path.read_text(encoding="utf-8"), documentation, imported.MODULE)


def _mapping(text: str, where: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ValueError(f"{where} is not YAML: {error.problem}{line} of it.") from error
    if not isinstance(found, dict):
        raise ValueError(f"{where} is not a YAML mapping.")
    return found
