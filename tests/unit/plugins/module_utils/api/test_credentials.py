# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token: its sources, its forms, and how it is stored."""

from __future__ import annotations

import base64
import json
import os
import traceback
from pathlib import Path

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api import credentials
from ansible_collections.cloud66.cloud.plugins.module_utils.api.credentials import (
    find_token,
    read_json_file,
    write_json_file,
)
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error

SECRET = "a-secret-token-0123456789"


def token_file(path: Path, content: object = None, mode: int = 0o600) -> str:
    """A file whose token is named after it, or one with the given content."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    content = {"token": path.name} if content is None else content
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    path.chmod(mode)
    return str(path)


def refusal(options: object = None, env: object = None) -> str:
    with pytest.raises(Cloud66Error) as caught:
        find_token(options or {}, env or {})
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    return str(caught.value)


# The sources in order of precedence, each with its token.
SOURCES = {
    "option api_token": "from-option",
    "option token_file": "option.json",
    "CLOUD66_ACCESS_TOKEN": "from-access-token",
    "CLOUD66_TOKEN": "from-token",
    "CLOUD66_TOKEN_FILE": "variable.json",
    "ansible.json": "ansible.json",
    "cx.json": "cx.json",
}


@pytest.mark.parametrize("first", range(len(SOURCES)))
def test_precedence(first, tmp_path):
    """Each source wins over all later ones."""
    present = list(SOURCES)[first:]
    home = Path(os.environ["HOME"], ".cloud66")
    options, env = {}, {}
    if "option api_token" in present:
        options["api_token"] = SOURCES["option api_token"]
    if "option token_file" in present:
        options["token_file"] = token_file(tmp_path / "option.json")
    for variable in {"CLOUD66_ACCESS_TOKEN", "CLOUD66_TOKEN"} & set(present):
        env[variable] = SOURCES[variable]
    if "CLOUD66_TOKEN_FILE" in present:
        env["CLOUD66_TOKEN_FILE"] = token_file(tmp_path / "variable.json")
    for name in {"ansible.json", "cx.json"} & set(present):
        token_file(home / name)
    assert find_token(options, env).value == SOURCES[present[0]]


def test_a_token_names_its_source(tmp_path):
    file = token_file(tmp_path / "one.json")
    assert find_token({"api_token": "x"}, {}).source == "the option api_token"
    assert find_token({}, {"CLOUD66_ACCESS_TOKEN": "x"}).source == "the variable CLOUD66_ACCESS_TOKEN"
    assert find_token({"token_file": file}, {}).source == find_token({}, {"CLOUD66_TOKEN_FILE": file}).source
    assert find_token({"token_file": file}, {}).source == f"the file {file}"


def test_the_file_variable_may_begin_with_a_tilde():
    token_file(Path(os.environ["HOME"], "mine.json"))
    assert find_token({}, {"CLOUD66_TOKEN_FILE": "~/mine.json"}).value == "mine.json"


@pytest.mark.parametrize(
    ("content", "secrets"),
    [
        ({"app_id": "demo", "app_secret": "its-secret", "token": SECRET}, {SECRET, "its-secret"}),
        ({"access_token": SECRET, "token_type": "bearer"}, {SECRET}),
        ({"AccessToken": SECRET, "RefreshToken": "its-refresh", "Expiry": "0001-01-01"}, {SECRET, "its-refresh"}),
        ({"token": "", "access_token": SECRET, "app_secret": None}, {SECRET}),
    ],
)
def test_forms_of_a_token_file(content, secrets, tmp_path):
    token = find_token({"token_file": token_file(tmp_path / "one.json", content)}, {})
    assert (token.value, token.secrets, token.warning) == (SECRET, secrets, None)


@pytest.mark.parametrize("name", ["AccessToken", "access_token", "token"])
def test_the_base64_form_of_the_toolbelt(name):
    text = base64.b64encode(json.dumps({name: SECRET}).encode()).decode()
    token = find_token({}, {"CLOUD66_TOKEN": text})
    assert (token.value, token.secrets) == (SECRET, {SECRET, text})


@pytest.mark.parametrize("content", ["[]", "5", "{}", "{", "[" * 100_000])
def test_base64_of_something_else_is_a_bare_token(content):
    text = base64.b64encode(content.encode()).decode()
    assert find_token({"api_token": text}, {}).value == text


@pytest.mark.parametrize(
    "bad", [f"{SECRET} {SECRET}", f"{SECRET}\n{SECRET}", f"{SECRET}\r\nX-Evil: 1", f"\0{SECRET}", "ü", " "]
)
@pytest.mark.parametrize("where", ["option", "file", "base64"])
def test_blanks_and_control_characters_are_refused(bad, where, tmp_path):
    message = refusal(given(where, bad, tmp_path))
    assert "blanks, control characters" in message
    assert "login" in message


def given(where, text, folder):
    """The options that give a token with this text."""
    if where == "option":
        return {"api_token": text}
    if where == "base64":
        return {"api_token": base64.b64encode(json.dumps({"AccessToken": text}).encode()).decode()}
    return {"token_file": token_file(folder / "one.json", text if where == "bare file" else {"token": text})}


@pytest.mark.parametrize("text", [f"{SECRET}\n", f" {SECRET} ", f"{SECRET}\r\n", SECRET])
@pytest.mark.parametrize("where", ["option", "file", "bare file", "base64"])
def test_blanks_at_the_ends_are_ignored(text, where, tmp_path):
    token = find_token(given(where, text, tmp_path), {})
    assert token.value == SECRET
    assert SECRET in token.secrets


def test_a_blank_variable_is_not_set():
    token = find_token({}, {"CLOUD66_ACCESS_TOKEN": " \n", "CLOUD66_TOKEN": f"{SECRET}\n"})
    assert (token.value, token.source) == (SECRET, "the variable CLOUD66_TOKEN")


def test_a_file_that_others_can_read_is_reported_in_any_format(tmp_path):
    path = token_file(tmp_path / "secret", SECRET)
    os.chmod(path, 0o644)
    assert "Others can read" in find_token({"token_file": path}, {}).warning


def test_shadowed_sources(tmp_path):
    """Those that are set, but not used, in their order."""
    path = token_file(tmp_path / "one.json", {"token": "another"})
    env = {"CLOUD66_ACCESS_TOKEN": SECRET, "CLOUD66_TOKEN_FILE": path}
    assert find_token({}, env).shadowed == (f"the file {path}",)
    assert find_token({"api_token": "x"}, env).shadowed == ("the variable CLOUD66_ACCESS_TOKEN", f"the file {path}")
    assert find_token({}, {"CLOUD66_TOKEN_FILE": path}).shadowed == ()


@pytest.mark.parametrize("value", [5, ["x"], {"a": 1}, True])
def test_a_token_that_is_not_a_string(value, tmp_path):
    assert "contains blanks" in refusal({"token_file": token_file(tmp_path / "one.json", {"token": value})})


def test_an_empty_option_is_refused_not_skipped():
    assert "The token from the option api_token is empty." in refusal({"api_token": ""}, {"CLOUD66_TOKEN": SECRET})


def test_empty_variables_are_skipped():
    env = {"CLOUD66_ACCESS_TOKEN": "", "CLOUD66_TOKEN": SECRET}
    assert find_token({}, env).source == "the variable CLOUD66_TOKEN"


def test_no_token(monkeypatch):
    monkeypatch.setenv("LOGNAME", "jim")
    monkeypatch.setattr(credentials.socket, "gethostname", lambda: "controller")
    with pytest.raises(Cloud66Error) as caught:
        find_token({}, {})
    assert caught.value.error == "no_token"
    for words in (
        "api_token and token_file",
        "CLOUD66_ACCESS_TOKEN, CLOUD66_TOKEN and CLOUD66_TOKEN_FILE",
        "~/.cloud66/ansible.json nor ~/.cloud66/cx.json of jim on controller",
        "ansible-playbook cloud66.cloud.login",
    ):
        assert words in str(caught.value)


def test_no_token_of_a_user_without_a_name(monkeypatch):
    def nobody():
        raise KeyError("uid not found")

    monkeypatch.setattr(credentials.getpass, "getuser", nobody)
    assert f"of user {os.getuid()} on" in refusal()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is neither a JSON object"),
        ("[1]", "is neither a JSON object"),
        (f'"{SECRET}"', "is neither a JSON object"),
        ("", "is neither a JSON object"),
        ("[" * 60_000, "is neither a JSON object"),
        ({"app_id": "x", "password": SECRET}, "contains no token, access_token or AccessToken"),
        ({"token": ""}, "contains no token, access_token or AccessToken"),
    ],
)
def test_files_without_a_token(content, words, tmp_path):
    message = refusal({"token_file": token_file(tmp_path / "one.json", content)})
    assert words in message
    assert str(tmp_path / "one.json") in message


def test_a_file_that_is_not_utf_8(tmp_path):
    path = tmp_path / "one.json"
    path.write_bytes(b"\xff\xfe\xfa")
    path.chmod(0o600)
    assert "is neither a JSON object" in refusal({"token_file": str(path)})


@pytest.mark.parametrize(("name", "why"), [("missing.json", "No such file"), (".", "Is a directory")])
def test_files_that_cannot_be_read(name, why, tmp_path):
    message = refusal({"token_file": str(tmp_path / name)}, {"CLOUD66_TOKEN": SECRET})
    assert "cannot be read" in message
    assert why in message
    assert "To get one" in message


def test_a_dangling_link_is_an_error(tmp_path):
    folder = Path(os.environ["HOME"], ".cloud66")
    token_file(folder / "cx.json")
    (folder / "ansible.json").symlink_to(tmp_path / "unmounted")
    assert "ansible.json cannot be read" in refusal()


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_can_write_is_refused(mode, tmp_path):
    message = refusal({"token_file": token_file(tmp_path / "one.json", {"token": SECRET}, mode)})
    assert "Others can write the token file" in message
    assert f"`chmod 600 {tmp_path / 'one.json'}`" in message


@pytest.mark.parametrize(("mode", "warns"), [(0o640, True), (0o604, True), (0o600, False), (0o400, False)])
def test_a_file_that_others_can_read_causes_a_warning(mode, warns, tmp_path):
    token = find_token({"token_file": token_file(tmp_path / "one.json", {"token": SECRET}, mode)}, {})
    assert token.value == SECRET
    assert ("Others can read the token file" in (token.warning or "")) is warns


def test_the_text_of_a_token_does_not_contain_its_value():
    token = find_token({"api_token": SECRET}, {})
    for text in (str(token), repr(token), f"{token}", repr([token])):
        assert SECRET not in text
        assert "the option api_token" in text


# Writing a token file


def test_only_the_owner_can_read_a_written_file_and_its_folders(tmp_path):
    path = tmp_path / "a" / "b" / "token.json"
    before = os.umask(0)
    try:
        write_json_file(str(path), {"token": SECRET})
    finally:
        os.umask(before)
    modes = [place.stat().st_mode & 0o777 for place in (path, path.parent, path.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]
    assert read_json_file(str(path)) == ({"token": SECRET}, None)


def test_a_file_that_others_could_read_is_replaced(tmp_path):
    path = token_file(tmp_path / "one.json", {"token": "old"}, 0o644)
    write_json_file(path, {"token": SECRET})
    assert os.stat(path).st_mode & 0o777 == 0o600


@pytest.mark.parametrize("broken", ["replace", "fsync"])
def test_a_file_is_written_atomically(broken, tmp_path, monkeypatch):
    path = token_file(tmp_path / "one.json", {"token": "old"})

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(credentials.os, broken, full)
    with pytest.raises(Cloud66Error, match=r"one\.json cannot be written: No space left on device") as caught:
        write_json_file(path, {"token": SECRET})
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert os.listdir(tmp_path) == ["one.json"]
    assert json.loads(Path(path).read_text()) == {"token": "old"}


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Cloud66Error, match="cannot be written"):
        write_json_file(str(tmp_path / "file" / "token.json"), {})
