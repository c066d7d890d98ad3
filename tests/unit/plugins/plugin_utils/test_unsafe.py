# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts from the API that could be evaluated are never trusted, and harmless ones are shown as they are."""

from __future__ import annotations

import string

import pytest
from ansible_collections.cloud66.cloud.plugins.plugin_utils.unsafe import (
    HARMLESS,
    NEEDS_WRAPPING,
    as_data,
    as_variable,
)
from simulator.hostile import EVIL

HARMLESS_TEXTS = (
    *("", "Awesome App", "Bob's app & co, no. 1!", "größer", "10.0.0.5", "2001:db8::1", "2014-09-01T19:08:05+00:00"),
    *(
        "-F /home/me/.cloud66/ssh/config -o ProxyJump=me@198.51.100.7",
        "web_1.example.com",
        "a, b",
        "Cloud (DigitalOcean) ",
    ),
)
HARMFUL_TEXTS = (
    *EVIL[:7],
    *(
        "cycler.__init__.__globals__.os.popen('id').read()",
        "now(utc=1)",
        "lookup('pipe')",
        "a.b (c)",
        "a[0]",
        "#jinja2: variable_start_string: '[['",
        "x | upper",
        "two\nlines",
        "a\\b",
        "50%",
        'say "x"',
        "$HOME",
        "*",
    ),
    *("lookup('pipe', 'touch x')", "q(a, b)", "[].append(1, 2)", "~", "`id`", "<x>", "\x00", "\u2028", "a;b", "x?"),
)

newer = pytest.mark.skipif(NEEDS_WRAPPING, reason="ansible-core before 2.19 has no trust")
older = pytest.mark.skipif(not NEEDS_WRAPPING, reason="ansible-core 2.19 and newer evaluate only trusted texts")


def is_trusted(text):
    from ansible.template import is_trusted_as_template

    return is_trusted_as_template(text)


@newer
@pytest.mark.parametrize("text", HARMLESS_TEXTS)
def test_a_harmless_text_is_trusted(text):
    assert as_variable(text) == text
    assert is_trusted(as_variable(text))
    assert all(map(is_trusted, [*as_variable([text]), *as_variable({"x": text, "y": None}).values()][:2]))


@newer
@pytest.mark.parametrize("text", HARMFUL_TEXTS)
def test_another_text_is_not_trusted(text):
    assert as_variable(text) == text
    assert not is_trusted(as_variable(text))
    assert not is_trusted(as_variable([{"x": text}])[0]["x"])


@newer
@pytest.mark.parametrize("value", [None, 5, 1.5, True])
def test_other_values_stay_as_they_are(value):
    assert as_variable(value) is value
    assert as_variable([value]) == [value]


def test_no_character_of_a_template_is_harmless():
    """No block, no filter, no comment, and no call."""
    allowed = {character for character in map(chr, range(128)) if HARMLESS.fullmatch(character)}
    assert allowed == {*string.ascii_letters, *string.digits, *"_ .:/@+,=&'!-"}


@older
@pytest.mark.parametrize("text", [*HARMLESS_TEXTS, *HARMFUL_TEXTS])
def test_older_ansible_core_gets_marks_on_all_but_harmless_texts(text):
    from ansible.utils.unsafe_proxy import AnsibleUnsafe

    for mark in (as_data, as_variable):
        [[key, [inner, _number]]] = mark({text: [text, 5]}).items()
        assert key == inner == text
        assert isinstance(key, AnsibleUnsafe) == isinstance(inner, AnsibleUnsafe) == (text in HARMFUL_TEXTS)
