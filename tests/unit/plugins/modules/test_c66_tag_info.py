# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_tag_info: the tags of a server or load balancer."""

from __future__ import annotations

import pytest


@pytest.fixture
def read(run_module):
    return lambda **args: run_module("c66_tag_info", **args).result


@pytest.mark.parametrize("answer", ["list", "object"])
@pytest.mark.parametrize("form", ["objects", "texts"])
def test_every_form_of_tags_is_read(sim, read, answer, form):
    sim.settings(tag_answer=answer, tags_as=form)
    rows = read(stack="Awesome App", server="Lion")["tags"]
    assert [row["value"] for row in rows] == ["web", "blue", "c66-managed"]
    assert [row["reserved"] for row in rows][-1] is (form == "objects")


@pytest.mark.parametrize("untagged", ["entry", "empty"])
def test_a_server_without_tags(sim, read, untagged):
    sim.settings(untagged_answer=untagged)
    assert read(stack="Awesome App", server="Caribou")["tags"] == []


def test_a_load_balancer(sim, read):
    uid, number = next(iter(sim.world.taggable("loadbalancer")))
    sim.world.add_tags("loadbalancer", uid, "edge")
    for entity in (uid, str(number)):
        assert read(entity_type="loadbalancer", entity_id=entity)["tags"] == [{"value": "edge", "reserved": False}]


def test_a_missing_server_or_load_balancer(read):
    result = read(entity_type="loadbalancer", entity_id="4711")
    assert (result["failed"], result["status"]) == (True, 404)
    assert "loadbalancer 4711" in result["msg"]
