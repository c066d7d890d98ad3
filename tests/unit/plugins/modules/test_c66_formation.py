# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_formation: a formation and its parts, which can be added, but of which only the texts of stencils can change."""

from __future__ import annotations

import base64
import json

import pytest
from simulator.seed import AWESOME_APP, STOREFRONT
from unit.fixtures.writes import LOST

REPOSITORY = {"repo": "https://git.example.com/stencils.git", "branch": "master"}
NEW = {"name": "staging", "tags": ["staging", "eu"], "base_templates": [REPOSITORY]}
STENCIL = {"filename": "api.yml", "base_template": "default", "context_id": "api", "body": "kind: Deployment\n"}
PARTS = {
    "stencils": [STENCIL],
    "policies": [{"name": "no-latest", "selector": "*", "sequence": 2, "body": "deny {}", "tags": ["a"]}],
    "transformations": [{"name": "team", "body": "function run() {}"}],
    "workflows": [{"name": "canary", "default": False, "body": "steps: []"}],
    "helm_releases": [{"display_name": "mail", "chart_name": "postfix", "version": "1.2.3", "body": "replicas: 1"}],
}
# The paths of the calls that add the parts.
ADDED = ["helm_releases", "policies", "stencils", "transformations", "workflows"]
OLD = "kind: Deployment\nmetadata:\n  name: web\n"
CHANGED = {"name": "production", "stencils": [{"filename": "web_deployment.yml", "body": "kind: Job\n"}]}


@pytest.fixture
def formation(run_module):
    def call(**args):
        return run_module("c66_formation", **{"diff": True, "stack": "Awesome App", "name": "production", **args})

    return call


@pytest.fixture
def rows(sim):
    def read():
        sim.world.settle()
        return {row["name"]: row for row in sim.world.formations[AWESOME_APP]}

    return read


def paths(sim):
    return [write.path.partition("formations")[2].lstrip("/") for write in sim.writes]


def body_of(write):
    return json.loads(write.body)


def test_a_new_formation_twice(sim, formation, rows):
    first = formation(**NEW)
    assert first.result["changed"]
    assert first.result["changes"]["added"] == ["formation staging"]
    assert first.result["formation"]["uid"] == rows()["staging"]["uid"]
    assert [one["status_name"] for one in first.result["formation"]["base_templates"]] == ["available"]
    assert body_of(sim.writes[0]) == NEW
    second = formation(**{**NEW, "tags": NEW["tags"][::-1]})
    assert (second.result["changed"], second.result["formation"]) == (False, first.result["formation"])
    assert paths(sim) == [""]


@pytest.mark.parametrize("new", [False, True])
def test_all_kinds_of_parts_twice(sim, formation, rows, new):
    """Also in a formation that the same task creates."""
    args = {**(NEW if new else {}), **PARTS, "commit_message": "More"}
    first = formation(**args)
    name = "staging" if new else "production"
    uid = rows()[name]["uid"]
    assert sorted(paths(sim)) == ([""] if new else []) + [f"{uid}/{kind}" for kind in ADDED]
    assert {body_of(write)["message"] for write in sim.writes[int(new) :]} == {"More"}
    stored = rows()[name]
    for kind, parts in PARTS.items():
        wanted = {key: value for key, value in parts[0].items() if key != "base_template"}
        assert {**stored[kind][-1], **wanted} == stored[kind][-1]
        assert first.result["formation"][kind] == stored[kind]
    second = formation(**args)
    assert (second.result["changed"], second.result["formation"]) == (False, first.result["formation"])
    assert len(sim.writes) == 5 + new


@pytest.mark.parametrize("read", ["plain", "base64"])
def test_the_text_of_a_stencil(sim, formation, rows, read):
    sim.settings(stencil_body_read=read)
    assert not formation(stencils=[{"filename": "web_deployment.yml", "body": OLD.rstrip()}]).result["changed"]
    first = formation(**CHANGED)
    assert first.result["changes"] == {"added": [], "changed": ["stencil web_deployment.yml"], "removed": []}
    assert rows()["production"]["stencils"][0]["body"] == "kind: Job\n"
    assert [write.method for write in sim.writes] == ["PUT"]
    sent = body_of(sim.writes[0])
    assert (base64.b64decode(sent["body"]), sent["message"]) == (b"kind: Job\n", "Changed by Ansible")
    assert not formation(**CHANGED).result["changed"]
    assert len(sim.writes) == 1


def test_the_diff_has_the_texts(formation):
    diff = formation(**CHANGED).result["diff"]
    assert (diff["before"]["stencil web_deployment.yml"], diff["after"]["stencil web_deployment.yml"]) == (
        OLD,
        "kind: Job\n",
    )


def test_stencils_of_one_base_template_are_added_together(sim, formation, rows):
    stencils = [{**STENCIL, "filename": f"{number}.yml"} for number in range(3)]
    assert len(formation(stencils=stencils).result["actions"]) == 1
    assert len(rows()["production"]["stencils"]) == 4
    assert len(sim.writes) == 1


@pytest.mark.parametrize("name", ["default", "Default", "https://git.example.com/stencils.git"])
def test_names_of_a_base_template(formation, name):
    assert formation(stencils=[{**STENCIL, "base_template": name}]).result["changed"]


# What is refused before anything is written


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"name": "staging"}, "There is no formation staging of stack Awesome App yet; creating it also requires"),
        ({"name": "staging", "base_templates": []}, "creating it also requires base_templates."),
        ({"stencils": [{"filename": "a.yml"}]}, "creating it also requires base_template and body."),
        ({"helm_releases": [{"display_name": "a"}]}, "creating it also requires chart_name."),
        (
            {"stencils": [{**STENCIL, "base_template": "defualt"}]},
            "stencil api.yml: No base template matches 'defualt'.",
        ),
        ({"tags": ["other"]}, "The formation production of stack Awesome App differs in tags, which Cloud 66's API"),
        ({"base_templates": [{**REPOSITORY, "branch": "next"}]}, "differs in base_templates"),
        ({"policies": [{"name": "no-root", "body": "deny {}"}]}, "The policy no-root of formation production"),
        ({"stencils": [{"filename": "web_deployment.yml", "body": "x", "sequence": 7}]}, "differs in sequence,"),
        ({"workflows": [{"name": "a"}, {"name": "a"}]}, "workflows contains the workflow a twice."),
        ({"name": " "}, "name is empty."),
    ],
)
def test_refusals(sim, formation, check, args, message):
    """Even if other parts could be added."""
    result = formation(check=check, **{"transformations": [{"name": "team"}], **args}).result
    assert (result["failed"], result["changed"]) == (True, False)
    assert message in result["msg"]
    assert sim.writes == []


def test_a_formation_cannot_be_removed(sim, formation):
    result = formation(state="absent").result
    assert result["failed"]
    assert "has no call to delete a formation: delete it in Cloud 66's dashboard" in result["msg"]
    absent = formation(state="absent", name="nothing").result
    assert (absent["changed"], absent["formation"], sim.writes) == (False, None, [])


def test_two_formations_with_one_name(sim, formation, rows):
    sim.world.formations[AWESOME_APP].append({**rows()["production"], "uid": "fm-2"})
    assert "2 formations of stack Awesome App are called production" in formation().result["msg"]


# Check mode and faults


@pytest.mark.parametrize("args", [NEW, {**NEW, **PARTS}, PARTS, CHANGED, {}, {"name": "nothing", "state": "absent"}])
def test_check_mode_predicts_the_change_and_sends_no_write(sim, formation, args):
    check = formation(check=True, **args).result
    assert sim.writes == []
    real = formation(**args).result
    for name in ("changed", "changes", "diff"):
        assert check[name] == real[name]
    for kind in PARTS:
        names = [
            [one.get("name", one.get("filename")) for one in (run["formation"] or {}).get(kind, [])]
            for run in (check, real)
        ]
        assert names[0] == names[1]


@pytest.mark.parametrize("args", [NEW, PARTS, CHANGED])
def test_without_the_permission(sim, formation, args):
    sim.fault("status", status=403, path="*/formations*")
    result = formation(**args).result
    assert (result["failed"], result["changed"], result["status"]) == (True, False, 403)


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
@pytest.mark.parametrize("args", [NEW, *({name: parts} for name, parts in PARTS.items())])
def test_a_lost_answer(sim, formation, rows, kind, options, applied, args):
    """Nothing is added twice."""
    sim.fault(kind, method="POST", times=1, **options)
    run = formation(**args)
    assert (run.result["changed"], run.result.get("failed")) == (True, None)
    assert len(sim.writes) == (1 if applied else 2)
    assert not formation(**args).result["changed"]


@pytest.mark.parametrize(("kind", "options", "_applied"), LOST)
def test_a_lost_answer_to_a_change(sim, formation, rows, kind, options, _applied):
    sim.fault(kind, method="PUT", times=1, **options)
    assert formation(**CHANGED, api_retries=1).result["changed"]
    assert rows()["production"]["stencils"][0]["body"] == "kind: Job\n"


@pytest.mark.usefixtures("lost")
def test_a_lost_answer_to_a_slow_action(sim, formation):
    """Stencils that are not there yet are waited for, and not added twice."""
    sim.settings(action_seconds=300)
    assert formation(stencils=[STENCIL]).result["changed"]
    assert len(sim.writes) == 1


def test_a_failed_action(sim, formation):
    sim.settings(action_failure="The template is broken")
    result = formation(stencils=[STENCIL]).result
    assert (result["failed"], result["changed"]) == (True, True)
    assert "The template is broken" in result["msg"]


def test_an_error_after_the_first_write(sim, formation, rows):
    sim.fault("status", status=400, path="*/policies")
    run = formation(**NEW, **PARTS)
    assert (run.result["failed"], run.result["changed"], run.result["status"]) == (True, True, 400)
    assert run.result["changes"]["added"] == ["formation staging"]
    assert "the formation staging of stack Awesome App" in run.warnings[0]
    again = formation(**NEW, **PARTS, api_retries=0)
    assert again.result["failed"]
    assert list(rows()) == ["production", "staging"]


def test_another_stack(sim, formation):
    assert formation(**NEW, stack="Storefront").result["changed"]
    assert len(sim.world.formations[STOREFRONT]) == 2
