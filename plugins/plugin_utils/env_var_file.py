# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of role env_vars: the variables of one stack each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from textwrap import indent
from typing import Any

import yaml
from ansible import constants
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import match_encrypt_secret
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.fields import Row, as_text
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.texts import as_yaml

Warn = Callable[[str], None]
Seal = Callable[[str], str]
SECRET_KEY = re.compile(
    r"PASS(WORD|WD|PHRASE)?(_|\Z)|SECRET|TOKEN|CREDENTIAL|PRIVATE|SALT|DSN|(_|\A)KEY(_|\Z)", re.IGNORECASE
)
# A URL with a password, or a private key.
SECRET_VALUE = re.compile(r"://[^/\s@]*:[^/\s@]+@|-----BEGIN [A-Z ]*PRIVATE KEY")
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
        raise Cloud66Error(f"{path} is not UTF-8 text.") from None
    except (AnsibleError, OSError) as problem:
        raise Cloud66Error(f"{path} cannot be read: {problem}") from None


def _value(value: Any, where: str) -> str:
    if value is None or isinstance(value, (dict, list)):
        raise Cloud66Error(
            f"{where}: the value of an environment variable is a string, a number or a boolean. Write '' for an empty"
            " string, and a list or a dictionary as a string in JSON."
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
                    f"Line {value.start_mark.line + 1} of {path}: the value of {key.value} is not a string, and is"
                    f" stored {how}. Write it in quotes."
                )


def _variables(node: Any) -> Iterator[tuple[Any, Any]]:
    """The keys and values below `env_vars`, as they stand in the file."""
    for word, below in node.value:
        if word.value == "env_vars" and isinstance(below, yaml.MappingNode):
            yield from (pair for pair in below.value if pair[0].tag != MERGE)


# Writing


def sealer(loader: DataLoader) -> Seal | None:
    """What encrypts a text with the run's vault secret; None where the run has none."""
    # There is no public way to the secrets of a run.
    vault = loader._vault
    if not vault.secrets:
        return None
    wanted = constants.config.get_config_value("DEFAULT_VAULT_ENCRYPT_IDENTITY")
    vault_id, secret = match_encrypt_secret(vault.secrets, encrypt_vault_id=wanted)
    return lambda text: str(vault.encrypt(text, secret, vault_id).decode())


def written(place: Mapping[str, Any], rows: Iterable[Row], seal: Seal | None) -> str:
    """The text of a file with the variables that a user can set. Without a seal, secrets are left out."""
    known = {word: str(value) for word, value in place.items() if value}
    parts = [as_yaml(known, "stack"), "env_vars:"]
    own = [row for row in rows if not row.get("readonly") and not row.get("is_generated")]
    for row in sorted(own, key=lambda row: str(row["key"])):
        key, value = str(row["key"]), as_text(row.get("value"))
        if not is_secret(key, value, row):
            parts.append(indent(as_yaml({key: value}, "env_vars"), "  "))
        elif seal:
            parts.append(f"  {key}: !vault |\n{indent(seal(value), '    ')}")
        else:
            parts.append(f"  # {key}: a secret, which is left out")
    if all(part.lstrip().startswith("#") for part in parts[2:]):
        parts[1] = "env_vars: {}"
    return "".join(f"{part.rstrip()}\n" for part in ("---", *parts))


def is_secret(key: str, value: str, row: Row) -> bool:
    """Whether a value is to be taken for a secret. An empty one is none."""
    return bool(value) and bool(row.get("is_password") or SECRET_KEY.search(key) or SECRET_VALUE.search(value))
