# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_snapshot_info: snapshots, and the files that a formation renders to."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP, STOREFRONT


@pytest.fixture
def read(run_module):
    return lambda **args: run_module("c66_snapshot_info", **{"stack": "Awesome App", **args}).result


@pytest.fixture
def uid(sim):
    return sim.world.snapshots[AWESOME_APP][0]["uid"]


def test_the_list_is_complete(sim, read):
    sim.settings(per_page=1)
    assert [row["action"] for row in read()["snapshots"]] == ["deploy", "create"]
    assert [row["action"] for row in read(action="create")["snapshots"]] == ["create"]
    assert {row["stack_uid"] for row in read()["snapshots"]} == {AWESOME_APP}


@pytest.mark.parametrize("name", ["name", "uid"])
def test_a_formation_is_rendered(sim, read, uid, name):
    formation = sim.world.formations[AWESOME_APP][0]
    result = read(snapshot=uid, formation=formation[name])
    assert [row["uid"] for row in result["snapshots"]] == [uid]
    assert [one["content"] for one in result["renders"]["stencils"]] == [formation["stencils"][0]["body"]]
    assert sim.requests[-1].query == "use_latest=true"


def test_some_files_and_a_filter(sim, read, uid):
    result = read(snapshot=uid, formation="production", files=["a.yml", "b.yml"], filter="web", use_latest=False)
    assert result["renders"]["requested_files"] == ["a.yml", "b.yml"]
    assert result["renders"]["issues"][0]["text"] == "There is no filter web"
    assert "use_latest=false" in sim.requests[-1].query


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"snapshot": "sn-nothing"}, "No snapshot of stack Awesome App matches 'sn-nothing'."),
        (
            {"formation": "produktion"},
            "No formation of stack Awesome App matches 'produktion'. Did you mean production?",
        ),
    ],
)
def test_an_unknown_name(read, uid, args, message):
    assert message in read(**{"snapshot": uid, "formation": "production", **args})["msg"]


def test_another_stack(sim, read):
    assert {row["stack_uid"] for row in read(stack="Storefront")["snapshots"]} == {STOREFRONT}
