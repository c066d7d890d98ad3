# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A missing library is named in the error, and no import fails."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from unit.fixtures.programs import HANG

PROGRAM = """
import runpy, sys
from importlib import import_module
from unittest import mock
from ansible.module_utils import basic
for name in sys.argv[1].split():
    sys.modules[name] = None
base = "ansible_collections.cloud66.cloud.plugins"
import_module(f"{base}.plugin_utils.worker")
print(import_module(f"{base}.module_utils.api.libraries").MISSING)
basic._ANSIBLE_ARGS = b'{"ANSIBLE_MODULE_ARGS": {"api_token": "0123456789"}}'
basic._ANSIBLE_PROFILE = "legacy"
import_module(f"{base}.modules.c66_stack_info").main()
"""
FINDER = (
    "import os; from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder as F;"
    "F(paths=[os.environ['ANSIBLE_COLLECTIONS_PATH']])._install()"
)


@pytest.mark.parametrize(
    ("without", "missing"), [("requests", "requests"), ("oauthlib", "oauthlib"), ("requests oauthlib", "requests")]
)
def test_a_missing_library_is_named(without, missing):
    run = subprocess.run(
        [sys.executable, "-c", FINDER + "\n" + PROGRAM, without],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=HANG,
        check=False,
    )
    name, _separator, output = run.stdout.partition("\n")
    assert (run.returncode, name) == (1, missing)
    result = json.loads(output)
    assert result["failed"]
    assert f"The Python library {missing} is not installed" in result["msg"]
