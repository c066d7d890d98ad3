# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The access token: where it is looked up, in which formats, and how it is stored."""

from __future__ import annotations

import base64
import binascii
import getpass
import json
import os
import re
import socket
import stat
import tempfile
from collections.abc import Mapping
from typing import Any, NamedTuple

from .errors import Cloud66Error
from .settings import TOKEN_FILE_VARIABLE, TOKEN_FILES, TOKEN_VARIABLES

# The token's key in a file: in the example programs, in the OAuth standard, and in the toolbelt.
TOKEN_KEYS = ("token", "access_token", "AccessToken")
HOW_TO_GET_ONE = (
    "To get one, run `ansible-playbook cloud66.cloud.login`, or create a personal access token in Cloud 66's dashboard"
    " and export it as CLOUD66_ACCESS_TOKEN."
)
SECRET_KEYS = ("app_secret", "RefreshToken")
MAX_FILE_SIZE = 65536
NO_TOKEN = "no_token"


class Token(NamedTuple):
    """A token, and its source in words. `secrets` holds every value that must never be shown."""

    value: str
    source: str
    secrets: frozenset[str]
    warning: str | None = None

    def __repr__(self) -> str:
        """Without the value, so that no log or traceback shows it."""
        return f"Token(source={self.source!r})"


def find_token(options: Mapping[str, Any], env: Mapping[str, str]) -> Token:
    """The first token in the order of precedence. Raises Cloud66Error if there is none, or if it is unusable."""
    if options.get("api_token") is not None:
        return _from_text(options["api_token"], "the option api_token")
    if options.get("token_file") is not None:
        return read_token_file(options["token_file"])
    for variable in TOKEN_VARIABLES:
        if env.get(variable):
            return _from_text(env[variable], f"the variable {variable}")
    if env.get(TOKEN_FILE_VARIABLE):
        return read_token_file(os.path.expanduser(env[TOKEN_FILE_VARIABLE]))
    for name in TOKEN_FILES:
        path = os.path.expanduser(name)
        if os.path.lexists(path):
            return read_token_file(path)
    raise Cloud66Error(_not_found(), error=NO_TOKEN)


def read_token_file(path: str) -> Token:
    """The token in a file of one of the three formats."""
    content, warning = read_json_file(path)
    value = next((content[key] for key in TOKEN_KEYS if content.get(key)), None)
    if value is None:
        raise Cloud66Error(f"The token file {path} contains no {', '.join(TOKEN_KEYS[:2])} or {TOKEN_KEYS[2]}.")
    source = f"the file {path}"
    _check(value, source)
    secrets = {value, *(content[key] for key in SECRET_KEYS if isinstance(content.get(key), str))}
    return Token(value, source, frozenset(secrets), warning)


def read_json_file(path: str) -> tuple[dict[str, Any], str | None]:
    """The content of a token file, and a warning if others can read it. Raises Cloud66Error."""
    try:
        with open(path, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            raw = file.read(MAX_FILE_SIZE)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise Cloud66Error(f"The token file {path} cannot be read: {reason}. {HOW_TO_GET_ONE}") from None
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise Cloud66Error(f"Others can write the token file {path}: restrict it with `chmod 600 {path}`.")
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise Cloud66Error(f'The token file {path} is not a JSON object such as {{"access_token": "..."}}.')
    readable = mode & (stat.S_IRGRP | stat.S_IROTH)
    warning = f"Others can read the token file {path}: restrict it with `chmod 600 {path}`."
    return content, warning if readable else None


def write_json_file(path: str, content: Mapping[str, Any]) -> None:
    """Write a JSON object to a file atomically. Only the owner can read the file and any folder created for it."""
    folder = os.path.dirname(os.path.abspath(path))
    draft = None
    try:
        _make_folder(folder)
        handle, draft = tempfile.mkstemp(dir=folder, prefix=".cloud66-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as problem:
        raise Cloud66Error(f"The token file {path} cannot be written: {problem.strerror}.") from None
    finally:
        if draft and os.path.exists(draft):
            os.unlink(draft)


def _make_folder(folder: str) -> None:
    """Like os.makedirs, but with a private mode for every new folder, not just the last."""
    if not os.path.isdir(folder):
        _make_folder(os.path.dirname(folder))
        os.mkdir(folder, 0o700)


def _from_text(text: str, source: str) -> Token:
    """The token in an option or a variable: as it is, or as the toolbelt's base64-encoded JSON."""
    value = _from_toolbelt(text) or text
    _check(value, source)
    return Token(value, source, frozenset({text, value}))


def _from_toolbelt(text: str) -> str | None:
    try:
        content = json.loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    return next((content[key] for key in TOKEN_KEYS if content.get(key)), None)


def _check(value: Any, source: str) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"[!-~]+", value):
        problem = "is empty" if value == "" else "contains blanks, control characters or characters that no token has"
        raise Cloud66Error(f"The token from {source} {problem}. {HOW_TO_GET_ONE}")


def _not_found() -> str:
    return (
        "No Cloud 66 token found: the options api_token and token_file and the variables"
        f" {', '.join(TOKEN_VARIABLES)} and {TOKEN_FILE_VARIABLE} are not set, and neither {TOKEN_FILES[0]} nor"
        f" {TOKEN_FILES[1]} of {_user()} on {socket.gethostname()} exists. {HOW_TO_GET_ONE}"
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
