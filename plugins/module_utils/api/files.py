# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress

PRIVATE = 0o600


def write_whole(path: str | os.PathLike[str], content: bytes, mode: int = PRIVATE) -> None:
    """Write a file, or replace it, in one step. Raises OSError, and leaves nothing behind then."""
    handle, draft = tempfile.mkstemp(prefix=".cloud66-", dir=os.path.dirname(os.path.abspath(path)))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, mode)
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise
