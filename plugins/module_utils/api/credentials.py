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
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from .errors import Cloud66Error
from .files import write_whole
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
    """A token, and its source in words. `secrets` holds every value that must never be shown.

    `shadowed`: other sources that are set, but not used.
    """

    value: str
    source: str
    secrets: frozenset[str]
    warning: str | None = None
    shadowed: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Without the value, so that no log or traceback shows it."""
        return f"Token(source={self.source!r})"


def find_token(options: Mapping[str, Any], env: Mapping[str, str]) -> Token:
    """The first token in the order of precedence. Raises Cloud66Error if there is none, or if it is unusable."""
    found = list(_sources(options, env))
    if not found:
        raise Cloud66Error(_not_found(), error=NO_TOKEN)
    used, read = found[0]
    others = dict.fromkeys(source for source, _read in found[1:] if source != used)
    return read()._replace(shadowed=tuple(others))


def _sources(options: Mapping[str, Any], env: Mapping[str, str]) -> Iterator[tuple[str, Callable[[], Token]]]:
    """The sources that are set, in the order of precedence, each in words and with what reads its token."""
    if options.get("api_token") is not None:
        source = "the option api_token"
        yield source, partial(_from_text, options["api_token"], source)
    if options.get("token_file") is not None:
        yield _named(options["token_file"]), partial(read_token_file, options["token_file"])
    for variable in TOKEN_VARIABLES:
        if env.get(variable, "").strip():
            source = f"the variable {variable}"
            yield source, partial(_from_text, env[variable], source)
    paths = [env[TOKEN_FILE_VARIABLE]] if env.get(TOKEN_FILE_VARIABLE) else []
    paths += [name for name in TOKEN_FILES if os.path.lexists(os.path.expanduser(name))]
    for path in map(os.path.expanduser, paths):
        yield _named(path), partial(read_token_file, path)


def _named(path: str) -> str:
    return f"the file {path}"


def read_token_file(path: str) -> Token:
    """The token in a file: JSON in one of three formats, or only the token, as Docker and Kubernetes store secrets."""
    raw, warning = _read(path)
    content = _json_object(raw)
    if content is None:
        return _from_raw(raw, path)._replace(warning=warning)
    value = next((content[key] for key in TOKEN_KEYS if content.get(key)), None)
    if value is None:
        raise Cloud66Error(f"The token file {path} contains no {', '.join(TOKEN_KEYS[:2])} or {TOKEN_KEYS[2]}.")
    token = _checked(value, _named(path))
    secrets = {token, value, *(content[key] for key in SECRET_KEYS if isinstance(content.get(key), str))}
    return Token(token, _named(path), frozenset(secrets), warning)


def _from_raw(raw: bytes, path: str) -> Token:
    text = raw.decode(errors="replace").strip()
    if not re.fullmatch(r"[A-Za-z0-9][!-~]*", text):
        raise Cloud66Error(
            f'The token file {path} is neither a JSON object such as {{"access_token": "..."}} nor a token alone.'
        )
    return _from_text(text, _named(path))


def read_json_file(path: str) -> tuple[dict[str, Any], str | None]:
    """The content of a token file in JSON, and a warning if others can read it. Raises Cloud66Error."""
    raw, warning = _read(path)
    content = _json_object(raw)
    if content is None:
        raise Cloud66Error(f'The token file {path} is not a JSON object such as {{"access_token": "..."}}.')
    return content, warning


def _read(path: str) -> tuple[bytes, str | None]:
    """The bytes of a token file, and a warning if others can read it. Raises Cloud66Error."""
    try:
        with open(path, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            raw = file.read(MAX_FILE_SIZE)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise Cloud66Error(f"The token file {path} cannot be read: {reason}. {HOW_TO_GET_ONE}") from None
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise Cloud66Error(f"Others can write the token file {path}: restrict it with `chmod 600 {path}`.")
    readable = mode & (stat.S_IRGRP | stat.S_IROTH)
    warning = f"Others can read the token file {path}: restrict it with `chmod 600 {path}`."
    return raw, warning if readable else None


def _json_object(raw: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def write_json_file(path: str, content: Mapping[str, Any]) -> None:
    """Write a JSON object to a file atomically. Only the owner can read the file and any folder created for it."""
    try:
        _make_folder(os.path.dirname(os.path.abspath(path)))
        write_whole(path, json.dumps(content).encode())
    except OSError as problem:
        raise Cloud66Error(f"The token file {path} cannot be written: {problem.strerror}.") from None


def _make_folder(folder: str) -> None:
    """Like os.makedirs, but with a private mode for every new folder, not just the last."""
    if not os.path.isdir(folder):
        _make_folder(os.path.dirname(folder))
        os.mkdir(folder, 0o700)


def _from_text(text: str, source: str) -> Token:
    """The token in an option or a variable: as it is, or as the toolbelt's base64-encoded JSON."""
    token = _checked(_from_toolbelt(text.strip()) or text, source)
    return Token(token, source, frozenset({text, token}))


def _from_toolbelt(text: str) -> str | None:
    try:
        content = _json_object(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return None
    return next((content[key] for key in TOKEN_KEYS if content.get(key)), None) if content else None


def _checked(value: Any, source: str) -> str:
    """A token without the blanks and newlines around it, which secret stores and editors add."""
    token = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch(r"[!-~]+", token):
        problem = "is empty" if value == "" else "contains blanks, control characters or characters that no token has"
        raise Cloud66Error(f"The token from {source} {problem}. {HOW_TO_GET_ONE}")
    return token


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
