# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token file of the OAuth flow: the application's id and secret, and the token obtained for it."""

from __future__ import annotations

import os
from typing import Any

from ..api.credentials import TOKEN_KEYS, read_json_file, write_json_file
from ..api.errors import Cloud66Error


class TokenFile:
    """A file of the form {"app_id", "app_secret", "token"}. Raises Cloud66Error if it is not a token file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.warning: str | None = None
        self.kept: dict[str, Any] | None = None
        if os.path.lexists(path):
            self.kept, self.warning = read_json_file(path)
            if not any(self.kept.get(key) for key in TOKEN_KEYS):
                raise Cloud66Error(f"{path} is not a token file, so it is neither written nor removed.")

    def is_for(self, app_id: str) -> bool:
        """Whether the file contains a token for this application."""
        return self.kept is not None and self.kept.get("app_id") == app_id

    def state(self) -> dict[str, Any]:
        """The content without secrets, for the diff."""
        return {} if self.kept is None else {"token_file": self.path, "app_id": self.kept.get("app_id")}

    def write(self, app_id: str, app_secret: str, token: str, really: bool = True) -> None:
        """Store a token. In check mode (not `really`), only this object changes, not the file."""
        self.kept = {"app_id": app_id, "app_secret": app_secret, "token": token}
        if really:
            write_json_file(self.path, self.kept)

    def remove(self, really: bool = True) -> None:
        self.kept = None
        try:
            if really:
                os.unlink(self.path)
        except FileNotFoundError:
            pass
        except OSError as problem:
            raise Cloud66Error(f"The token file {self.path} cannot be removed: {problem.strerror}.") from None
