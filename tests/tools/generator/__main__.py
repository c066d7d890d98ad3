# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what is generated or, with --check, fails if it is stale."""

from __future__ import annotations

import argparse
import sys

from ..places import ROOT, collections_path
from .files import changes
from .modules import load


def main(arguments: list[str]) -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="tools.generator")
    parser.add_argument("--check", action="store_true", help="write nothing, and fail if anything is stale")
    is_check = parser.parse_args(arguments).check
    sys.path.insert(0, str(collections_path()))
    try:
        stale = changes(ROOT, load(ROOT))
    except ValueError as error:
        print(error)
        return 1
    for path, text in stale.items():
        print(f"{path.relative_to(ROOT)} {'is stale' if is_check else 'removed' if text is None else 'written'}")
        if is_check:
            continue
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")
    if stale and is_check:
        print("Run `make generate`.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
