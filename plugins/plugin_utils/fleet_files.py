# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files in host_vars that c66_fleet_export writes, and those in host_vars and group_vars that Ansible ignores."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from ansible import constants
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, is_encrypted, match_encrypt_secret
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.api.files import PRIVATE, write_whole
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.fleet_export import VAULT, Stored, Template

STATE, SEALED = "state.yml", "vault.yml"
HEADER = "# Written by cloud66.cloud.c66_fleet_export, which replaces this file whenever it runs.\n"
# How templates, statements and comments of Jinja begin.
OPENINGS = ("{{", "{%", "{#")
# YAML reads these as ends of lines, and returns each as a line feed.
LINE_ENDS = "\r\x85\u2028\u2029"
EXTENSIONS: list[str] = constants.config.get_config_value("YAML_FILENAME_EXTENSIONS")
HOST_VARS, GROUP_VARS = "host_vars", "group_vars"


class _Data(str):
    """A value that Ansible is not to evaluate."""

    __slots__ = ()


class _Key(str):
    """A key, which Ansible never evaluates."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Indents lists, and writes everything in full."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 (PyYAML's names)
        super().increase_indent(flow, False)

    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def data(self, text: _Data) -> yaml.ScalarNode:
        tag = "!unsafe" if any(opening in text for opening in OPENINGS) else "tag:yaml.org,2002:str"
        return self.represent_scalar(
            tag, str(text), style="|" if "\n" in text and not _has_ends(text) else _style(text)
        )

    def key(self, text: _Key) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", str(text), style=_style(text))

    def template(self, text: Template) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')


def _has_ends(text: str) -> bool:
    return any(end in text for end in LINE_ENDS)


def _style(text: str) -> str | None:
    """Only quotes of this kind can have these characters escaped in them. None: whatever is possible."""
    return '"' if _has_ends(text) else None


_Dumper.add_representer(_Data, _Dumper.data)
_Dumper.add_representer(_Key, _Dumper.key)
_Dumper.add_representer(Template, _Dumper.template)


class _Loader(yaml.SafeLoader):
    """Reads what _Dumper writes."""


def _construct(loader: _Loader, node: yaml.ScalarNode) -> Any:
    return loader.construct_scalar(node)


_Loader.add_constructor("!unsafe", _construct)


def as_yaml(variables: Mapping[str, Any]) -> str:
    """The text of a file with these variables. Only texts that are a Template are evaluated when Ansible reads it."""
    text = yaml.dump(_marked(variables), Dumper=_Dumper, allow_unicode=True, width=sys.maxsize, sort_keys=False)
    return f"{HEADER}---\n{text}"


def _marked(value: Any) -> Any:
    """The value with its texts marked as data, and its keys sorted."""
    if isinstance(value, Mapping):
        return {_Key(key): _marked(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, list):
        return [_marked(one) for one in value]
    return _Data(value) if isinstance(value, str) and not isinstance(value, Template) else value


class FleetFiles:
    """The files of all hosts. `folders`: the default of the folder above that of each host. `prefix`: how the names of
    variables begin. `vault`: decrypts, and has the user's secrets. `hosts` and `groups`: their names.
    """

    def __init__(
        self,
        folders: Mapping[str, str],
        prefix: str,
        vault: VaultLib,
        hosts: Iterable[str],
        groups: Iterable[str],
    ) -> None:
        self.folders, self.prefix, self.vault = folders, prefix, vault
        self.hosts, self.groups = hosts, groups
        self._vault_id: str | None = None
        self._secret: Any = None
        # Reading it changes it, which the threads that write must not do.
        self._umask = os.umask(0o077)
        os.umask(self._umask)

    def check(self, params: Mapping[str, Any]) -> None:
        """Find the secret to encrypt with. Raises Cloud66Error if there is none."""
        vault_id = params["vault_id"]
        if not any(self.are_sealed(host, params) for host in self.folders):
            if vault_id is not None:
                raise Cloud66Error("vault_id is only for values: vault.")
            return
        if not self.vault.secrets:
            raise Cloud66Error(
                "values: vault, and files vault.yml of an earlier export, need a vault password: run Ansible with"
                " --ask-vault-pass, --vault-password-file or --vault-id."
            )
        try:
            wanted = vault_id or constants.config.get_config_value("DEFAULT_VAULT_ENCRYPT_IDENTITY")
            self._vault_id, self._secret = match_encrypt_secret(self.vault.secrets, wanted)
        except AnsibleError:
            known = ", ".join(sorted({str(name) for name, _secret in self.vault.secrets}))
            raise Cloud66Error(f"There is no vault password with the id {wanted}. Given ids: {known}.") from None

    def are_sealed(self, host: str, params: Mapping[str, Any]) -> bool:
        """Whether secrets are stored: what `values` says, or else what an earlier export of the host did."""
        if params["values"] is not None:
            return bool(params["values"] == VAULT)
        return (self.folder(host, params) / host / SEALED).exists()

    def folder(self, host: str, params: Mapping[str, Any]) -> Path:
        """The folder above that of a host."""
        return Path(params["path"] or self.folders[host])

    def store(
        self,
        host: str,
        declared: Mapping[str, Any],
        secrets: Mapping[str, Any] | None,
        params: Mapping[str, Any],
        *,
        check_mode: bool,
    ) -> list[Stored]:
        """Write the files of a host, as far as they are not what they should be."""
        if host in (".", "..") or os.sep in host:
            raise Cloud66Error(f"{host!r} cannot be the name of a folder, so its variables cannot be exported.")
        folder = self.folder(host, params)
        with _errors():
            _refuse_to_hide(folder, host)
            variables = {self.prefix + kind: value for kind, value in declared.items()}
            state = self._state(folder / host / STATE, as_yaml(variables))
            vault = None if secrets is None else self._sealed(folder / host / SEALED, as_yaml(secrets))
            # What refers to secrets is written last.
            for one, content, mode in (*([vault] if vault else []), state):
                if one.changed and not check_mode:
                    Path(one.path).parent.mkdir(parents=True, exist_ok=True)
                    write_whole(os.path.realpath(one.path), content, mode)
        return [state[0], *([vault[0]] if vault else [])]

    def _state(self, path: Path, wanted: str) -> tuple[Stored, bytes, int]:
        existing = path.read_bytes() if path.exists() else None
        before = "" if existing is None else existing.decode(errors="replace")
        _refuse_foreign(path, before, is_there=existing is not None)
        content = wanted.encode()
        stored = Stored(str(path), existing != content, _diff(path, before, wanted))
        return stored, content, 0o666 & ~self._umask

    def _sealed(self, path: Path, wanted: str) -> tuple[Stored, bytes, int]:
        existing = path.read_bytes() if path.exists() else None
        before = "" if existing is None else self._opened(path, existing)
        _refuse_foreign(path, before, is_there=existing is not None)
        # A file that the user has decrypted is encrypted again.
        if before == wanted and is_encrypted(existing):
            return Stored(str(path), False), b"", PRIVATE
        content = self.vault.encrypt(wanted, self._secret, vault_id=self._vault_id)
        return Stored(str(path), True, _diff(path, {}, _changes(before, wanted))), content, PRIVATE

    def _opened(self, path: Path, content: bytes) -> str:
        if not is_encrypted(content):
            return content.decode(errors="replace")
        try:
            return bytes(self.vault.decrypt(content)).decode(errors="replace")
        except AnsibleError:
            raise Cloud66Error(f"{path} cannot be decrypted with the given vault passwords.") from None

    def unmatched(self, params: Mapping[str, Any]) -> list[str]:
        """The files and folders that belong to no host of the inventory, or to no group."""
        folders = [params["path"]] if params["path"] else list(dict.fromkeys(self.folders.values()))
        found: list[str] = []
        for folder in map(Path, folders):
            found += unmatched(folder, self.hosts)
            if folder.name == HOST_VARS:
                found += unmatched(folder.with_name(GROUP_VARS), self.groups)
        return found


def unmatched(folder: Path, names: Iterable[str]) -> list[str]:
    """The files and folders in a folder such as host_vars that have none of these names, so that Ansible ignores them.

    A folder that cannot be read has none.
    """
    known = {*names, "localhost"}
    try:
        paths = sorted(folder.iterdir())
    except OSError:
        return []
    return [str(path) for path in paths if _may_have_variables(path) and not {path.name, path.stem} & known]


def _may_have_variables(path: Path) -> bool:
    """Whether a file or folder is of a kind that Ansible reads. Others, such as README.md, are not for it."""
    if path.name.startswith(".") or path.name.endswith("~"):
        return False
    return path.is_dir() or path.suffix in ("", *EXTENSIONS)


def unmatched_beside(folders: Iterable[str], hosts: Sequence[str], groups: Sequence[str]) -> list[str]:
    """The same in host_vars and group_vars in these folders: those of the inventory and of the playbook."""
    return [
        path
        for folder in map(Path, dict.fromkeys(folders))
        for name, names in ((HOST_VARS, hosts), (GROUP_VARS, groups))
        for path in unmatched(folder / name, names)
    ]


def _refuse_to_hide(folder: Path, host: str) -> None:
    """Refuse to make a folder for which Ansible would no longer read a file that has variables of the host."""
    if (folder / host).is_dir():
        return
    for name in (host, *(host + extension for extension in EXTENSIONS)):
        if (folder / name).exists():
            raise Cloud66Error(
                f"Ansible would no longer read {folder / name} beside a folder {host}. Move it to"
                f" {folder / host / 'main.yml'}."
            )


def _refuse_foreign(path: Path, text: str, *, is_there: bool) -> None:
    if is_there and not text.startswith(HEADER):
        raise Cloud66Error(f"{path} was not written by c66_fleet_export, so it is not replaced. Rename it.")


def _diff(path: Path, before: Any, after: Any) -> dict[str, Any]:
    return {"before_header": str(path), "after_header": str(path), "before": before, "after": after}


def _changes(before: str, after: str) -> dict[str, list[str]]:
    """The names of the secrets that differ between two texts of a file."""
    old, new = _secrets_in(before), _secrets_in(after)
    changes = {
        "added": sorted(set(new) - set(old)),
        "changed": sorted(name for name in new if name in old and old[name] != new[name]),
        "removed": sorted(set(old) - set(new)),
    }
    return {word: names for word, names in changes.items() if names}


def _secrets_in(text: str) -> dict[str, Any]:
    """The secrets in a text, by name. None if it is not what this file writes."""
    try:
        variables = yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader)
        return {f"{variable}.{key}": value for variable, values in variables.items() for key, value in values.items()}
    except (yaml.YAMLError, AttributeError):
        return {}


@contextmanager
def _errors() -> Iterator[None]:
    """Turn the errors of the file system into sentences."""
    try:
        yield
    except OSError as error:
        raise Cloud66Error(f"Cannot write {error.filename}: {error.strerror}.") from None
