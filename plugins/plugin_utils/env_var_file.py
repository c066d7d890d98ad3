# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of role env_vars: the variables of one stack each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.fields import as_text

Warn = Callable[[str], None]
WORDS = ("stack", "environment", "purge", "env_vars")
STR, MERGE, BOOL = ("tag:yaml.org,2002:" + kind for kind in ("str", "merge", "bool"))
# What YAML makes another value of than the text: the other tags are Ansible's own, and texts.
TYPED = tuple("tag:yaml.org,2002:" + kind for kind in ("int", "float", "bool", "timestamp"))


def read(loader: DataLoader, path: str, warn: Warn) -> dict[str, Any]:
    """What a file contains, its variables as texts. No template is evaluated. Raises Cloud66Error."""
    text = _text(loader, path)
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        found = loader.load(text, file_name=path, show_content=False)
    except (AnsibleError, yaml.YAMLError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f"Line {mark.line + 1} of {path}" if mark else path
        raise Cloud66Error(f"{where} is no YAML that Ansible can read.") from None
    if not isinstance(found, dict) or not found.get("stack") or not isinstance(found.get("env_vars"), dict):
        raise Cloud66Error(f"{path} must contain stack (a name or UID) and env_vars (a dictionary).")
    unknown = [str(word) for word in found if word not in WORDS]
    if unknown:
        raise Cloud66Error(f"{path} contains {', '.join(unknown)}, but only {', '.join(WORDS)} have a meaning.")
    _check(node, path, warn)
    try:
        values = {str(key): _value(value, f"{path}: {key}") for key, value in found["env_vars"].items()}
    except AnsibleError:
        raise Cloud66Error(f"A !vault value of {path} cannot be decrypted with the secrets of this run.") from None
    plain = {word: as_text(found[word]) for word in ("stack", "environment") if found.get(word) is not None}
    purge = {"purge": bool(found["purge"])} if found.get("purge") is not None else {}
    return {**plain, **purge, "env_vars": values}


def _text(loader: DataLoader, path: str) -> str:
    try:
        real = loader.get_real_file(path)
        try:
            return Path(real).read_text(encoding="utf-8-sig")
        finally:
            loader.cleanup_tmp_file(real)
    except UnicodeDecodeError:
        raise Cloud66Error(f"{path} is not a text in UTF-8.") from None
    except (AnsibleError, OSError) as problem:
        raise Cloud66Error(f"{path} cannot be read: {problem}") from None


def _value(value: Any, where: str) -> str:
    if value is None or isinstance(value, (dict, list)):
        raise Cloud66Error(
            f"{where}: the value of an environment variable is a text, a number or a boolean. Write '' for an empty"
            " text, and a list or a dictionary as a text in JSON."
        )
    # A sealed value is opened by being made a text.
    return as_text(value)


def _check(node: Any, path: str, warn: Warn) -> None:
    """Refuse keys that are no texts, and warn of values that are stored other than they are written."""
    for key, value in _variables(node):
        if key.tag != STR:
            raise Cloud66Error(f"Line {key.start_mark.line + 1} of {path}: write the key {key.value} in quotes.")
        if value.tag in TYPED:
            stored = as_text(yaml.safe_load(yaml.serialize(value)))
            if stored != value.value:
                how = f"as {stored}" if value.tag == BOOL else "other than it is written"
                warn(
                    f"Line {value.start_mark.line + 1} of {path}: the value of {key.value} is not a text, and is stored"
                    f" {how}. Write it in quotes."
                )


def _variables(node: Any) -> Iterator[tuple[Any, Any]]:
    """The keys and values below `env_vars`, as they stand in the file."""
    for word, below in node.value:
        if word.value == "env_vars" and isinstance(below, yaml.MappingNode):
            yield from (pair for pair in below.value if pair[0].tag != MERGE)
