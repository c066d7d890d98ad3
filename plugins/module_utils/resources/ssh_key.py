# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The access key of the calling user."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from functools import partial
from typing import Any

from ..api.errors import Cloud66Error, NotFoundError
from .base import Resource, Write
from .fields import PRIVATE_KEY, Row
from .keyed import ByKey, Keyed, Plan, Values, read_source

# The type and the key itself, at the beginning of a line in OpenSSH format. A comment may follow.
PUBLIC_KEY = re.compile(r"((?:ssh|ecdsa|sk)-[\w@.-]+)[ \t]+([A-Za-z0-9+/]+={0,2})(?=\s|\Z)")
# The only key of the mapping from keys to values.
ACCESS = "access"
ADVICE = "Give the public key, such as the content of ~/.ssh/id_ed25519.pub."


class SshKey(Resource):
    """The access key of the calling user, if one was set. Source: get_access_ssh_key."""

    noun = "ssh_key"
    plural = "ssh_keys"
    schema = "AccessPublicKey"
    identity = "public_key"
    key = ("public_key",)

    @property
    def label(self) -> str:
        return "your access key"

    def all(self) -> list[Row]:
        try:
            row = self.api.get("ssh_keys", "access")
        except NotFoundError:
            # Cloud 66's answer before a key is set is undocumented. It may be 404 or an empty key.
            return []
        return [{**row, "public_key": _as_line(row["public_key"])}] if row.get("public_key") else []


class AccessKey(SshKey, Keyed):
    """The access key as a value to set. Two keys that differ only in their comments are the same.

    Source: get_access_ssh_key, set_access_ssh_key.
    """

    key = ("name",)
    added = ("name",)
    value_field = "public_key"
    single = True
    text = True
    starts_actions = False

    def all(self) -> list[Row]:
        return [{"name": ACCESS, **row} for row in super().all()]

    def given(self) -> Values:
        option = "public_key" if self.params["src"] is None else self.params["src"]
        text = self.params["public_key"] if self.params["src"] is None else read_source(self.params)
        if PRIVATE_KEY.search(text):
            raise Cloud66Error(f"{option} contains a private key, which was not sent. {ADVICE}")
        lines = [line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")]
        if len(lines) != 1:
            raise Cloud66Error(f"{option} must contain one public key, not {len(lines)} lines. {ADVICE}")
        if not _is_public_key(lines[0]):
            raise Cloud66Error(f"{option} does not contain a public key in OpenSSH format. {ADVICE}")
        return {ACCESS: lines[0]}

    def same(self, row: Row, value: Any) -> bool:
        return _identity(row["public_key"]) == _identity(value)

    def shown(self, keys: Iterable[str], rows: ByKey) -> list[Row]:
        return [{name: value for name, value in row.items() if name not in self.key} for row in rows.values()]

    def writes(self, plan: Plan, rows: ByKey) -> list[Write]:
        api = self.client.labelled(self.label, self.scope)
        return [
            Write(
                self.label,
                partial(api.post, "ssh_keys", "access", body={"public_key": base64.b64encode(line.encode()).decode()}),
                (key,),
            )
            for key, line in plan.set.items()
        ]


def _as_line(text: str) -> str:
    """A key as a line. Whether Cloud 66 returns it as such or in base64 is undocumented."""
    if PUBLIC_KEY.match(text.strip()):
        return text.strip()
    try:
        decoded = base64.b64decode("".join(text.split()), validate=True).decode()
    except ValueError:
        return text
    return decoded.strip()


def _identity(line: str) -> tuple[str, ...]:
    """What makes two keys the same: the type and the key, without padding and comment."""
    found = PUBLIC_KEY.match(line.strip())
    return (found[1], found[2].rstrip("=")) if found else (line.strip(),)


def _is_public_key(line: str) -> bool:
    """Whether a line is a public key. The key itself begins with its type, after the length of the type."""
    found = PUBLIC_KEY.match(line)
    if found is None:
        return False
    try:
        content = base64.b64decode(found[2], validate=True)
    except ValueError:
        return False
    name = found[1].encode()
    return content.startswith(len(name).to_bytes(4, "big") + name)
