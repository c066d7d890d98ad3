# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_base_template_info: the repositories, with their stencils on request."""

from __future__ import annotations

import pytest


@pytest.fixture
def read(run_module):
    return lambda **args: run_module("c66_base_template_info", **args).result


def test_the_list_is_complete(sim, read):
    for number in range(40):
        sim.world.add_base_template(git_branch=f"b{number}")
    assert len(read()["base_templates"]) == 41
    assert [row["name"] for row in read(git_branch="master")["base_templates"]] == ["Default"]


@pytest.mark.parametrize(
    ("code", "word"),
    list(enumerate(("unknown", "queued", "pulling", "verifying", "connection_error", "available"), start=1)),
)
def test_a_status_in_words(sim, read, code, word):
    sim.world.base_templates[139][0]["status"] = code
    assert read()["base_templates"][0]["status_name"] == word


@pytest.mark.parametrize("by_uid", [False, True])
def test_stencils_are_read_on_request(sim, read, by_uid):
    row = sim.world.base_templates[139][0]
    args = {"uid": row["uid"]} if by_uid else {"git_repo": row["git_repo"]}
    sim.world.add_base_template()

    def stencils(**asked):
        (found,) = read(**args, **asked)["base_templates"]
        return found["stencils"]

    assert stencils() is None
    assert [one["content"] for one in stencils(include_stencils=True)] == [None, None]
    assert stencils(include_content=True) == row["stencils"]
    assert len(sim.requests) == (3 if by_uid else 5), "only the selected one is read by itself"


def test_an_unknown_uid(read):
    assert "btr-nobody" in read(uid="btr-nobody")["msg"]
