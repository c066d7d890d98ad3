# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths in the checkout. Everything generated goes below .cache/."""

from __future__ import annotations

import os
from pathlib import Path

NAMESPACE, NAME = "cloud66", "cloud"
ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = "https://github.com/cloud66/cloud66.cloud"  # as in galaxy.yml
CACHE = ROOT / ".cache"
IN_COLLECTIONS = Path("ansible_collections", NAMESPACE, NAME)


def collections_path() -> Path:
    """Return a folder for ANSIBLE_COLLECTIONS_PATH in which the collection is this checkout, wherever it is."""
    if ROOT.parts[-3:] == IN_COLLECTIONS.parts:
        return ROOT.parents[2]
    link = CACHE / "collections" / IN_COLLECTIONS
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink() or Path(os.readlink(link)) != ROOT:
        # Created under another name and renamed, because two test runs may do this at once.
        draft = link.with_name(f"{NAME}.{os.getpid()}")
        draft.symlink_to(ROOT)
        draft.replace(link)
    return CACHE / "collections"
