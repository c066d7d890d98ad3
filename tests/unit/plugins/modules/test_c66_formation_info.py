# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_formation_info: formations with their parts, and what a stencil renders to."""

from __future__ import annotations

import base64
import json

import pytest
from simulator.seed import AWESOME_APP


@pytest.fixture
def read(run_module):
    return lambda **args: run_module("c66_formation_info", **{"stack": "Awesome App", **args}).result


@pytest.fixture
def stencil(sim):
    return sim.world.formations[AWESOME_APP][0]["stencils"][0]


@pytest.fixture
def render(sim, read):
    snapshot = sim.world.snapshots[AWESOME_APP][0]["uid"]

    def call(**args):
        return read(**{"formation": "production", "stencil": "web_deployment.yml", "snapshot": snapshot, **args})

    return call


def test_the_list_is_complete(sim, read):
    for number in range(40):
        sim.world.formations[AWESOME_APP].append(
            {**sim.world.formations[AWESOME_APP][0], "uid": f"fm-{number}", "name": "x"}
        )
    assert len(read()["formations"]) == 41
    assert [row["name"] for row in read(formation="production")["formations"]] == ["production"]
    assert {row["stack_uid"] for row in read()["formations"]} == {AWESOME_APP}


def test_texts_are_read_on_request(read, stencil):
    (row,) = read()["formations"]
    assert row["stencils"][0]["body"] is None
    assert row["base_templates"][0]["status_name"] == "available"
    (row,) = read(include_content=True)["formations"]
    assert row["stencils"][0]["body"] == stencil["body"]


@pytest.mark.parametrize("form", ["plain", "base64"])
def test_the_stored_text_is_rendered(sim, render, stencil, form):
    sim.settings(stencil_body_read=form)
    result = render(stencil=stencil["uid"])
    assert result["renders"]["stencils"] == [
        {"content": stencil["body"], "filename": "web_deployment.yml", "sequence": 10}
    ]
    assert not result["changed"]


def test_another_text_is_rendered_but_not_stored(sim, render, stencil):
    before = stencil["body"]
    assert render(body="kind: Job\n")["renders"]["stencils"][0]["content"] == "kind: Job\n"
    assert base64.b64decode(json.loads(sim.writes[0].body)["body"]) == b"kind: Job\n"
    assert stencil["body"] == before


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"stencil": "web_deploymnet.yml"}, "Did you mean web_deployment.yml?"),
        ({"formation": "nothing"}, "No formation of stack Awesome App matches 'nothing'."),
        ({"snapshot": "sn-nothing"}, "the stencil web_deployment.yml of formation production"),
    ],
)
def test_an_unknown_name(render, args, message):
    assert message in render(**args)["msg"]


def test_a_lost_answer_is_no_write(sim, render):
    """Rendering is repeated like a read, and the error does not say that something may have been written."""
    sim.fault("html", method="POST", times=1)
    assert render(api_retries=1)["renders"]
    sim.fault("html", method="POST")
    result = render()
    assert (result["failed"], result["changed"]) == (True, False)
    assert "may have been applied" not in result["msg"]


# Workflows


@pytest.fixture
def compiled(sim, read):
    snapshot = sim.world.snapshots[AWESOME_APP][0]["uid"]
    return lambda **args: read(**{"formation": "production", "workflow": "default", "snapshot": snapshot, **args})


@pytest.mark.parametrize("use_latest", [True, False])
def test_a_workflow_is_compiled(sim, compiled, use_latest):
    result = compiled(use_latest=use_latest)
    snapshot = sim.world.snapshots[AWESOME_APP][0]["uid"]
    assert result["pipeline"] == {"name": "default", "steps": [{"snapshot": snapshot}]}
    assert not result["changed"]
    query = sim.requests[-1].query
    assert f"use_latest={str(use_latest).lower()}" in query
    assert not sim.writes


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"workflow": "defualt"}, "No workflow of formation production matches 'defualt'. Did you mean default?"),
        ({"formation": "nothing"}, "No formation of stack Awesome App matches 'nothing'."),
        ({"snapshot": "sn-nothing"}, "the workflow default of formation production"),
        ({"workflow": None}, "snapshot also requires stencil or workflow."),
    ],
)
def test_a_workflow_that_cannot_be_compiled(compiled, args, message):
    assert message in compiled(**args)["msg"]
