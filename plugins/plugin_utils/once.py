# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads something only once in a run, for all hosts and workers."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable
from typing import Any

from ansible import constants


def once_a_run(key: str, read: Callable[[], Any]) -> Any:
    """The result of `read`. The first caller with this key calls it, and the others wait for the result.

    The result is stored in the run's temporary folder, which is private and is deleted at the end of the run. If
    `read` raises, nothing is stored, and the next caller tries again.
    """
    name = f"cloud66-{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"
    folder: str = vars(constants)["DEFAULT_LOCAL_TMP"]
    with open(os.path.join(folder, name), "a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        stored = file.read()
        if stored:
            return json.loads(stored)
        result = read()
        file.write(json.dumps(result))
        return result
