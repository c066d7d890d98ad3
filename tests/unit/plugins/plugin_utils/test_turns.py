# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns: one host does what several ask for. tests/unit/plays/test_roles.py has whole plays."""

from __future__ import annotations

import pytest
from ansible import constants
from ansible_collections.cloud66.cloud.plugins.plugin_utils.turns import Turns, refusal


@pytest.fixture
def turns(tmp_path, monkeypatch):
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    return Turns("here")


def test_the_first_host_does_the_work(turns):
    turn, host, _differ = turns.take("a", "shop", {})
    assert host == "a"
    assert turns.take("b", "shop", {}) == (turn, "a", [])
    assert turns.take("c", "blog", {})[1] == "c"
    assert Turns("elsewhere").take("b", "shop", {})[1] == "b"


def test_a_host_that_asks_again_gets_another_turn(turns):
    first = turns.take("a", "shop", {})[0]
    second = turns.take("a", "shop", {})[0]
    assert first != second
    assert [turns.take("b", "shop", {})[0] for _time in range(2)] == [first, second]


def test_values_that_differ_are_named(turns):
    turns.take("a", "shop", {"ref": "1", "colour": "2"})
    assert turns.take("b", "shop", {"ref": "1", "colour": "3"})[2] == ["colour"]


def test_the_outcome_is_there_once_it_is_recorded(turns):
    turn = turns.take("a", "shop", {})[0]
    assert turns.outcome(turn, 0) is None
    turns.end(turn, {"state": "done"})
    assert turns.outcome(turn, 0) == {"state": "done"}


def test_a_refusal_is_found_once_for_all_each_time(turns):
    answers = iter(["no", ""])
    found = [turns.refusal(host, lambda: next(answers)) for host in ("a", "b", "b", "a")]
    assert found == ["no", "no", "", ""]


def test_unknown_values_are_not_compared():
    assert refusal({"a": ("shop", {"ref": "1"}), "b": ("Shop", {})}, ["ref"], {}) == ""
    assert "different values of ref" in refusal({"a": ("shop", {"ref": "1"}), "b": ("Shop", {"ref": "2"})}, ["ref"], {})


def test_different_work_needs_different_files():
    wanted = {"a": ("shop", {}), "b": ("blog", {}), "c": ("Shop", {})}
    assert refusal(wanted, [], {"a": ["1.json", "1.md"], "b": ["2.json", "2.md"], "c": ["1.json"]}) == ""
    for files in (["1.json"], ["2.json", "1.json"]):
        assert refusal(wanted, [], {"a": ["1.json"], "b": files}).startswith(
            "1.json would be written for shop and for blog."
        )
