# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of role env_vars, read as Ansible reads variables, without evaluating them."""

from __future__ import annotations

import textwrap

import pytest
from ansible.constants import DEFAULT_VAULT_ID_MATCH
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.plugin_utils.env_var_file import read
from simulator.seed import AWESOME_APP
from unit.fixtures.plays import INVENTORY

PASSWORD = "vault-password-1"
SECRET = "sealed-secret-0815"


def seal(text):
    vault = VaultLib([(DEFAULT_VAULT_ID_MATCH, VaultSecret(PASSWORD.encode()))])
    return vault.encrypt(text, vault.secrets[0][1]).decode()


@pytest.fixture
def read_file(tmp_path):
    def call(text):
        from ansible.parsing.dataloader import DataLoader

        file = tmp_path / "shop.yml"
        file.write_text(text, encoding="utf-8")
        warnings = []
        return read(DataLoader(), str(file), warnings.append), warnings

    return call


def test_values_become_texts(read_file):
    found, warnings = read_file(
        "stack: 7\nenvironment: production\npurge: no\n"
        "env_vars: {A: 4, B: true, C: '1.10', D: '{{ x }}', E: 2.5, F: '', G: 2020-01-01, H: \"no\"}\n"
    )
    assert found == {
        "stack": "7",
        "environment": "production",
        "purge": False,
        "env_vars": {
            "A": "4",
            "B": "true",
            "C": "1.10",
            "D": "{{ x }}",
            "E": "2.5",
            "F": "",
            "G": "2020-01-01",
            "H": "no",
        },
    }
    assert warnings == []


@pytest.mark.parametrize(
    ("written", "stored"), [("1.10", "1.1"), ("0123", "83"), ("12:30", "750"), ("no", "false"), ("0x10", "16")]
)
def test_a_value_that_is_stored_other_than_it_is_written_causes_a_warning(read_file, written, stored):
    found, [warning] = read_file(f"stack: shop\nenv_vars:\n  A: a\n  KEY: {written}\n")
    assert found["env_vars"]["KEY"] == stored
    assert warning.startswith("Line 4 of ")
    how = "as false" if written == "no" else "other than it is written"
    assert warning.endswith(f"the value of KEY is not a string, and is stored {how}. Write it in quotes.")


@pytest.mark.parametrize("key", ["NO", "ON", "~", "7", "1.5"])
def test_a_key_that_is_no_text_is_refused(read_file, key):
    with pytest.raises(Cloud66Error, match=r"Line 3 of .*: write the key .* in quotes"):
        read_file(f"stack: shop\nenv_vars:\n  {key}: a\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- 1\n", "must contain stack"),
        ("", "must contain stack"),
        ("env_vars: {A: b}\n", "must contain stack"),
        ("stack: shop\nenv_vars: [A]\n", "must contain stack"),
        ("stack: shop\nenv_vars: {A: [1]}\n", "A: the value of an environment variable is"),
        ("stack: shop\nenv_vars: {A: }\n", "A: the value of an environment variable is"),
        (f"stack: shop\nenv_vars: {{A: {SECRET}\n", "is no YAML that Ansible can read"),
        ("stack: shop\nenviroment: x\nenv_vars: {}\n", "contains enviroment, but only stack"),
    ],
)
def test_an_invalid_file_is_refused_without_its_values(read_file, text, words):
    with pytest.raises(Cloud66Error, match=words) as raised:
        read_file(text)
    assert SECRET not in str(raised.value)


def test_sealed_values_in_a_play(play, values):
    value = textwrap.indent(seal(SECRET + " {{ 7 * 7 }}"), " " * 4)
    files = {
        "shop.yml": f"stack: Awesome App\nenv_vars:\n  A: !vault |\n{value}\n  B: '{{{{ 7 * 7 }}}}'\n",
        "password": PASSWORD,
    }
    task = {
        "name": "sync",
        "cloud66.cloud.c66_env_var": {
            **play.connection,
            "stack": "{{ file.stack }}",
            "env_vars": "{{ file.env_vars }}",
        },
        "vars": {"file": "{{ lookup('cloud66.cloud.c66_env_var_file', playbook_dir ~ '/shop.yml') }}"},
    }
    options = ("--vault-password-file", str(play.folder / "1" / "password"))
    playbook = play(task, files=files, options=options, inventory=INVENTORY)
    assert playbook["sync"].result["changes"]["added"] == ["A", "B"]
    assert {key: values()[key] for key in "AB"} == {"A": f"{SECRET} {{{{ 7 * 7 }}}}", "B": "{{ 7 * 7 }}"}
    assert SECRET not in playbook.everything()


# The role


@pytest.fixture
def role(play):
    def call(files, mode="apply", check=True, options=(), **variables):
        place = play.folder / str(play.number + 1)
        given = {
            "env_vars_mode": mode,
            "env_vars_files": [str(place / name) for name in files if name.endswith(".yml")],
        }
        plays = [
            {
                "hosts": "localhost",
                "gather_facts": False,
                "module_defaults": {"group/cloud66.cloud.c66": play.connection},
                "vars": {**given, **variables},
                "tasks": [{"name": "role", "include_role": {"name": "cloud66.cloud.env_vars"}}],
            }
        ]
        return play(plays=plays, files=files, check=check, options=options)

    return call


def test_nothing_is_removed_by_default(role, values):
    before = values()
    role({"a.yml": "stack: Awesome App\nenv_vars: {NEW: x, FLAG: 'no'}\n"})
    assert values() == {**before, "NEW": "x", "FLAG": "no"}


@pytest.mark.parametrize("other", ["Awesome App", AWESOME_APP])
def test_two_files_of_one_stack_are_refused_before_any_write(role, sim, other):
    files = {
        "a.yml": "stack: Awesome App\npurge: true\nenv_vars: {A: x}\n",
        "b.yml": f"stack: {other}\npurge: true\nenv_vars: {{B: x}}\n",
    }
    playbook = role(files, check=False)
    assert playbook.rc == 2
    assert "a.yml, b.yml are files of one stack" in playbook.all_output
    assert not sim.writes


def test_files_of_several_stacks_are_applied(role, values, sim):
    role({"a.yml": "stack: Awesome App\nenv_vars: {A: x}\n", "b.yml": "stack: Storefront\nenv_vars: {B: x}\n"})
    assert values()["A"] == "x"
    assert len(sim.writes) == 2


@pytest.mark.parametrize("sealed", [True, False])
def test_what_is_there_is_exported_and_then_clean(role, sim, play, tmp_path, sealed):
    rows = {"API_SECRET": SECRET, "DB_URL": f"redis://:{SECRET}@host", "LOG_LEVEL": "no", "WORD": "{{ 7 * 7 }}"}
    folder = tmp_path / "exported"
    options = ("--vault-id", f"team@{play.folder / '1' / 'password'}", "-vvv", "--diff") if sealed else ("-vvv",)
    for key, value in rows.items():
        sim.world.env_vars[AWESOME_APP][:] = [row for row in sim.world.env_vars[AWESOME_APP] if row["key"] != key]
        sim.world.add_env_var(AWESOME_APP, key, value)
    given = {"env_vars_folder": str(folder), "env_vars_stacks": ["Awesome App"]}
    playbook = role({"password": PASSWORD}, mode="export", options=options, **given)
    [file] = folder.iterdir()
    text = file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o777 == 0o600
    assert SECRET not in text + playbook.all_output
    assert text.count("!vault") == (2 if sealed else 0)
    assert (";team" in text) is sealed
    assert ("API_SECRET: a secret, which is left out" in text) is not sealed
    assert "LOG_LEVEL: 'no'" in text
    before = file.read_text(encoding="utf-8")
    role({"password": PASSWORD}, mode="export", options=options, **given)
    assert file.read_text(encoding="utf-8") == before
    role({"password": PASSWORD}, mode="drift", options=options, env_vars_files=[str(file)])
    assert not sim.writes
