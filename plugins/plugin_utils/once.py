# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading something once a run, however many hosts and workers ask for it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable
from typing import Any

from ansible import constants


def once_a_run(key: str, read: Callable[[], Any]) -> Any:
    """What `read` returns, which the first who asks for this key reads, while the others wait for it.

    It is kept in the run's own temporary folder, which nobody else may enter and which is gone at the end of the run.
    What cannot be read is not kept: the next one tries again.
    """
    name = f"cloud66-{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"
    folder: str = vars(constants)["DEFAULT_LOCAL_TMP"]
    with open(os.path.join(folder, name), "a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        kept = file.read()
        if kept:
            return json.loads(kept)
        found = read()
        file.write(json.dumps(found))
        return found
