# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages that docs/troubleshooting.md quotes are those of the collection or, for some, of ansible-core."""

from __future__ import annotations

import ast
import inspect
import re

import pytest
from ansible.parsing import mod_args
from tools.places import ROOT
from unit.fixtures.collection import PLUGINS

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
# What differs in a message, here and on the page.
ANY = "…"
QUOTED = re.findall(r"^### (.+)$", PAGE, re.MULTILINE)


def template(node):
    """The text of a literal, with its expressions left out; None for anything else."""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else ANY for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def templates(source):
    """The texts in a program, without its docstrings."""
    nodes = list(ast.walk(ast.parse(source)))
    docstrings = {node.value for node in nodes if isinstance(node, ast.Expr)}
    return [text for node in nodes if node not in docstrings and (text := template(node))]


def in_python():
    sources = [path.read_text(encoding="utf-8") for path in PLUGINS.rglob("*.py")]
    return [text for source in [*sources, inspect.getsource(mod_args)] for text in templates(source)]


def in_yaml():
    """The text of each task file and playbook, without line breaks, which a long message has."""
    paths = [*ROOT.glob("roles/*/tasks/*.yml"), *ROOT.glob("playbooks/*.yml")]
    return [" ".join(path.read_text(encoding="utf-8").split()) for path in paths]


@pytest.fixture(scope="module")
def texts():
    return [*in_python(), *in_yaml()]


@pytest.mark.parametrize("heading", QUOTED)
def test_a_quoted_message_exists(texts, heading):
    quoted = re.fullmatch(r"`(.+)`", heading)
    assert quoted, "it is not a message in backquotes"
    parts = [part.strip() for part in quoted[1].split(ANY) if part.strip()]
    assert max(map(len, parts)) > 9, "it quotes too little of the message"
    pattern = re.compile(".*".join(map(re.escape, parts)), re.DOTALL)
    assert any(pattern.search(text) for text in texts)


def test_messages_are_found():
    """The test above must not pass because it finds none."""
    assert len(QUOTED) > 30
    assert "No Cloud 66 token found" in PAGE
