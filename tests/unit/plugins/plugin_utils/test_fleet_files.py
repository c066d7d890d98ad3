# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that c66_fleet_export writes, without Cloud 66 and without a play."""

from __future__ import annotations

import random

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.fleet_export import Template
from ansible_collections.cloud66.cloud.plugins.plugin_utils import fleet_files
from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet_files import HEADER, FleetFiles, as_yaml
from simulator.hostile import EVIL, ODD

SECRET = "a-very-secret-value"
TEXTS = [
    *EVIL,
    *ODD,
    "\n",
    "\n\n",
    " \n",
    "\nfirst line empty",
    " leading\n  blanks\n",
    "trailing \nblanks \n",
    "no newline at\nthe end",
    "many\n\n\nat the end\n\n\n",
    "tab\tinside\n\tand before\n",
    "# comment\nkey: value\n",
    "--- \n...\n",
    "a\r\nb\r\n",
    "next\x85line\n",
    "line\u2028separator\nparagraph\u2029separator\n",
    "\ufeffmark\n",
    "server {\n  {% if x %}{{ y }}{% endif %}\n}\n",
    "{{ 'one' }}\r\n{{ two }}",
    "🐑\n日本\n",
    "x" * 70_000,
    "a word " * 10_000,
    "line\n" * 14_000,
    "no",
    "ON",
    "~",
    "0x1F",
    "1_000",
    "12:30:45",
    "2026-01-01",
    ".inf",
    "=",
    "<<",
]


def read_by_ansible(text):
    """What Ansible reads in a file. Of its own kinds of texts, only the characters count."""
    return DataLoader().load(text)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: repr(text[:20]))
def test_every_text_comes_back(text):
    variables = {"values": {"A": text}, "lists": [text], text: 1}
    assert read_by_ansible(as_yaml(variables)) == variables
    assert yaml.load(as_yaml(variables), Loader=fleet_files._Loader) == variables


def test_random_texts_come_back():
    """Characters at which YAML goes wrong, in every order."""
    dice = random.Random(66)
    characters = "ab \n\n\t\r:#-'\"\\{}%[]&*!|>,?@`\x85\u2028\x00\x7fé🐑"
    texts = ["".join(dice.choices(characters, k=dice.randint(1, 12))) for _number in range(1500)]
    variables = {"values": {str(number): text for number, text in enumerate(texts)}}
    assert read_by_ansible(as_yaml(variables)) == variables


def test_the_text_of_a_file():
    variables = {
        "settings": {"git.branch": "main", "b": True, "a": 4, "n": None, "yes": "no", "1": "1"},
        "files": {"nginx": "line\n  {{ one }}\n", "redis": "a\nb\n"},
        "evil": {"A": "{{ 7 * 7 }}"},
        "references": {"A": Template("{{ vault['A'] | string }}")},
        "tags": {"Lion": ["blue", "web"]},
    }
    assert as_yaml(variables) == (
        HEADER
        + """\
---
evil:
  A: !unsafe '{{ 7 * 7 }}'
files:
  nginx: !unsafe |
    line
      {{ one }}
  redis: |
    a
    b
references:
  A: "{{ vault['A'] | string }}"
settings:
  '1': '1'
  a: 4
  b: true
  git.branch: main
  n: null
  'yes': 'no'
tags:
  Lion:
    - blue
    - web
"""
    )


# Files


@pytest.fixture
def vault():
    return VaultLib([("default", VaultSecret(b"one")), ("prod", VaultSecret(b"two"))])


@pytest.fixture
def files(tmp_path, vault):
    folder = str(tmp_path / "host_vars")
    return FleetFiles({"shop": folder}, "cloud66_fleet_", vault, ["shop", "other"], ["all", "web"])


@pytest.fixture
def store(files):
    def call(secrets=None, *, check_mode=False, host="shop", **options):
        params = {"path": None, "values": "vault" if secrets else "reference", "vault_id": None, **options}
        files.check(params)
        sealed = None if secrets is None else {"vault_cloud66_env_vars": secrets}
        return files.store(host, {"tags": {"Lion": ["web"]}}, sealed, params, check_mode=check_mode)

    return call


def test_files_are_written_once(store, tmp_path):
    folder = tmp_path / "host_vars" / "shop"
    assert [one.changed for one in store({"A": SECRET}, check_mode=True)] == [True, True]
    assert not folder.exists()
    assert [one.changed for one in store({"A": SECRET})] == [True, True]
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    assert sorted(before) == ["state.yml", "vault.yml"]
    assert (folder / "vault.yml").stat().st_mode & 0o777 == 0o600
    assert SECRET.encode() not in before["vault.yml"][0]
    assert [one.changed for one in store({"A": SECRET})] == [False, False]
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()} == before


def test_the_diff_of_secrets_names_them(store):
    store({"A": SECRET, "B": SECRET, "C": SECRET})
    stored = store({"A": SECRET, "B": "another", "D": SECRET})[1]
    names = [f"vault_cloud66_env_vars.{key}" for key in "DBC"]
    assert stored.diff["after"] == {"added": names[:1], "changed": names[1:2], "removed": names[2:]}
    assert SECRET not in str(stored)


def test_a_reference_leaves_the_secrets_alone(store, tmp_path):
    store({"A": SECRET})
    assert [one.path for one in store()] == [str(tmp_path / "host_vars" / "shop" / "state.yml")]
    assert (tmp_path / "host_vars" / "shop" / "vault.yml").exists()


def test_the_vault_id(store, vault, tmp_path):
    store({"A": SECRET}, vault_id="prod")
    content = (tmp_path / "host_vars" / "shop" / "vault.yml").read_bytes()
    assert content.startswith(b"$ANSIBLE_VAULT;1.2;AES256;prod\n")
    assert SECRET.encode() in VaultLib(vault.secrets[1:]).decrypt(content)


MISTAKES = [
    ({"values": "vault", "vault_id": "staging"}, "There is no vault password with the id staging. Given ids: default"),
    ({"values": "reference", "vault_id": "prod"}, "vault_id is only for values: vault."),
    ({"host": "../shop"}, "'../shop' cannot be the name of a folder"),
    ({"host": ".."}, "'..' cannot be the name of a folder"),
]


@pytest.mark.parametrize(("options", "message"), MISTAKES)
def test_mistakes(store, tmp_path, options, message):
    with pytest.raises(Cloud66Error) as caught:
        store(**options)
    assert message in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_no_vault_password(store, vault):
    vault.secrets = []
    with pytest.raises(Cloud66Error, match="need a vault password: run Ansible with --ask-vault-pass"):
        store({"A": SECRET})


def test_decrypted_secrets_are_encrypted_again(store, vault, tmp_path):
    store({"A": SECRET})
    path = tmp_path / "host_vars" / "shop" / "vault.yml"
    path.write_bytes(vault.decrypt(path.read_bytes()))
    assert [one.changed for one in store({"A": SECRET})] == [False, True]
    assert SECRET not in path.read_text()


@pytest.mark.parametrize("name", ["state.yml", "vault.yml"])
def test_a_file_of_the_user_is_not_replaced(store, tmp_path, name):
    path = tmp_path / "host_vars" / "shop" / name
    path.parent.mkdir(parents=True)
    path.write_text("mine: 1\n")
    with pytest.raises(Cloud66Error) as caught:
        store({"A": SECRET})
    assert str(caught.value) == f"{path} was not written by c66_fleet_export, so it is not replaced. Rename it."
    assert [one.name for one in path.parent.iterdir()] == [name]
    assert path.read_text() == "mine: 1\n"


def test_a_vault_with_another_password_is_not_replaced(store, vault, tmp_path):
    store({"A": SECRET})
    vault.secrets = [("default", VaultSecret(b"other"))]
    before = (tmp_path / "host_vars" / "shop" / "vault.yml").read_bytes()
    with pytest.raises(Cloud66Error, match=r"vault\.yml cannot be decrypted with the given vault passwords\."):
        store({"A": "another"})
    assert (tmp_path / "host_vars" / "shop" / "vault.yml").read_bytes() == before


@pytest.mark.parametrize("name", ["shop", "shop.yml", "shop.json"])
def test_variables_of_the_host_are_not_hidden(store, tmp_path, name):
    """Ansible reads either a folder or a file of the host's name."""
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "host_vars" / name).write_text("mine: 1\n")
    with pytest.raises(Cloud66Error) as caught:
        store()
    assert f"Ansible would no longer read {tmp_path / 'host_vars' / name} beside a folder shop." in str(caught.value)
    (tmp_path / "host_vars" / name).unlink()
    assert store()[0].changed


def test_a_folder_that_cannot_be_written(store, tmp_path):
    (tmp_path / "host_vars").write_text("a file")
    with pytest.raises(Cloud66Error, match=r"Cannot write .*host_vars.*: "):
        store()


def test_a_failed_write_leaves_the_file_and_nothing_else(store, tmp_path, monkeypatch):
    store({"A": SECRET})
    before = {path.name: path.read_bytes() for path in (tmp_path / "host_vars" / "shop").iterdir()}

    def fail(*_arguments):
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr(fleet_files.os, "replace", fail)
    with pytest.raises(Cloud66Error, match="Cannot write x: No space left on device"):
        store({"A": "another"})
    assert {path.name: path.read_bytes() for path in (tmp_path / "host_vars" / "shop").iterdir()} == before


# Files that Ansible ignores


def test_unmatched(files, tmp_path):
    for path in ("host_vars/shop", "host_vars/gone", "group_vars/web", "group_vars/wep", "host_vars/localhost"):
        (tmp_path / path).mkdir(parents=True)
    others = ("host_vars/README.md", "host_vars/.hidden", "host_vars/othr~")
    for path in ("host_vars/other.yml", "host_vars/othr.yaml", "group_vars/all.json", *others):
        (tmp_path / path).write_text("")
    expected = [str(tmp_path / path) for path in ("host_vars/gone", "host_vars/othr.yaml", "group_vars/wep")]
    assert files.unmatched({"path": None}) == expected
    assert fleet_files.unmatched_beside([str(tmp_path)], ["shop", "other"], ["all", "web"]) == expected
    assert files.unmatched({"path": str(tmp_path / "group_vars")}) == [
        str(tmp_path / "group_vars" / name) for name in ("all.json", "web", "wep")
    ]
    assert files.unmatched({"path": str(tmp_path / "nothing")}) == []
