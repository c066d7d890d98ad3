# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The libraries that the client needs. This import never fails: `MISSING` names the library that is not installed."""

from __future__ import annotations

import socket
import sys

MISSING: str | None = None
MISSING_ERROR: ImportError | None = None

try:
    import requests
    import urllib3
except ImportError as error:
    requests = urllib3 = None  # type: ignore[assignment]
    MISSING, MISSING_ERROR = "requests", error

try:
    from oauthlib import oauth2
except ImportError as error:
    oauth2 = None  # type: ignore[assignment]
    MISSING, MISSING_ERROR = MISSING or "oauthlib", error


def advice() -> str:
    """What to do about the missing library."""
    return (
        f"The Python library {MISSING} is not installed for {sys.executable} on {socket.gethostname()}:"
        f" run `{sys.executable} -m pip install requests oauthlib` there."
    )


__all__ = ["MISSING", "MISSING_ERROR", "advice", "oauth2", "requests", "urllib3"]
