# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The classes that declare a resource: codes, secrets, nested rows and filters."""

from __future__ import annotations

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.base import Has, Is, Resource, did_you_mean
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.fields import (
    PLAIN,
    Codes,
    Rows,
    Secret,
    described,
    secrets_in,
)

CODES = Codes({"ios": 1, "android": 2}, required=True)
FIELDS = {"type": CODES, "token": Secret(), "devices": Rows({"token": Secret(), "type": CODES})}


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [(1, "1", True), ("a", "a", True), (None, None, True), (None, "None", False), (1, 2, False), ([], [], True)],
)
def test_equal_plain_values(first, second, same):
    for pair in ((first, second), (second, first)):
        assert PLAIN.same(*pair) is same


@pytest.mark.parametrize(("value", "code"), [("ios", 1), ("1", 1), (1, 1), ("2", 2), ("other", "other"), (7, 7)])
def test_a_code_is_stored_as_a_number(value, code):
    assert CODES.stored(value) == code


@pytest.mark.parametrize(
    ("first", "second", "same"), [("ios", 1, True), ("1", "ios", True), ("ios", 2, False), (None, 1, False)]
)
def test_equal_codes(first, second, same):
    assert CODES.same(first, second) is same


@pytest.mark.parametrize(
    ("value", "word"), [(1, "ios"), ("2", "android"), ("ios", "ios"), (9, None), (None, None), ([], None)]
)
def test_the_word_of_a_code(value, word):
    assert described({"type": value}, FIELDS) == {"type": value, "type_name": word}


def test_a_plain_value_is_stored_unchanged():
    assert PLAIN.stored("1") == "1"


def test_the_argument_of_a_code():
    assert CODES.argument() == {"type": "str", "choices": ["ios", "android", "1", "2"]}


def test_a_row_as_shown_in_results():
    row = {"id": 1, "token": "x", "devices": [{"token": "y", "type": 2}]}
    assert described(row, FIELDS) == {"id": 1, "devices": [{"type": 2, "type_name": "android"}]}
    shown = described(row, FIELDS, {"token"})
    assert (shown["token"], shown["devices"][0]["token"]) == ("x", "y")
    assert described({"devices": None}, FIELDS) == {"devices": None}


def test_the_secrets_of_rows():
    rows = [{"token": "x", "devices": [{"token": "y"}, {"token": None}]}, {"devices": None}, {"type": 1}]
    assert secrets_in(rows, FIELDS) == {"x", "y"}


@pytest.mark.parametrize(
    ("filter_", "wanted", "kept"),
    [
        (Is("uid", "name"), "Lion", [1]),
        (Is("uid", "name"), "abc", [2]),
        (Is("group"), "128", [1]),
        (Has("roles"), "web", [1]),
        (Has("roles"), "we", []),
    ],
)
def test_filters(filter_, wanted, kept):
    rows = [
        {"id": 1, "name": "Lion", "group": 128, "roles": ["web", "app"]},
        {"id": 2, "uid": "abc", "group": None, "roles": None},
        {"id": 3},
    ]
    assert [row["id"] for row in rows if filter_.keeps(row, wanted)] == kept


def test_a_resource_reads_the_rows_that_match_its_filters():
    class Tag(Resource):
        plural = "tags"
        filters = {"name": Is("name")}

        def all(self):
            return [{"name": "web"}, {"name": "db"}]

    class NoClient:
        def labelled(self, noun, _scope):
            assert noun == "the tags"

    assert Tag(NoClient(), {"name": None}).read() == [{"name": "web"}, {"name": "db"}]
    assert Tag(NoClient(), {"name": "db"}).read() == [{"name": "db"}]


@pytest.mark.parametrize(
    ("wanted", "end"),
    [
        ("prod", " Did you mean production?"),
        ("PRODUCTOIN", " Did you mean production?"),
        ("staging1", " Did you mean staging-1 or staging-2?"),
        ("qa", " Available: all."),
        ("", " Available: all."),
    ],
)
def test_similar_names(wanted, end):
    assert did_you_mean(wanted, ["staging-2", "production", "staging-1"], "Available: all.") == end


def test_no_similar_name_and_nothing_else_to_say():
    assert did_you_mean("qa", ["production"]) == ""


def test_a_common_prefix_is_shown_but_not_compared():
    names = ["host", "path"]
    assert did_you_mean("hots", names, prefix="c66_deploy_") == " Did you mean c66_deploy_host?"
