# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_application_variant: the share of a canary, its commit, and the removal of previews."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN
from unit.fixtures.writes import LOST

ACTIVE, CANARY, PREVIEW = range(3)


@pytest.fixture
def variant(run_module):
    def call(**args):
        return run_module(
            "c66_application_variant", **{"diff": True, "stack": "Awesome App", "variant": "release", **args}
        )

    return call


@pytest.fixture
def rows(sim):
    def read():
        sim.world.settle()
        return sim.world.variants[AWESOME_APP]

    return read


@pytest.fixture(params=["site", "go"])
def fields(request, sim):
    """Whatever the fields that say what a variant is."""
    sim.settings(variant_fields=request.param)


def methods(sim):
    return [write.method for write in sim.writes]


@pytest.mark.usefixtures("fields")
@pytest.mark.parametrize("answer", ["action", "empty"])
@pytest.mark.parametrize(("accepted", "used"), [("both", ["PATCH"]), ("patch", ["PATCH"]), ("put", ["PATCH", "PUT"])])
def test_a_percentage_twice(sim, variant, rows, sent, answer, accepted, used):
    sim.settings(variant_answer=answer, variant_methods=accepted)
    uid = rows()[CANARY]["uid"]
    first = variant(percentage=50)
    assert first.result["changed"]
    assert first.result["changes"] == {"added": [], "changed": [uid], "removed": []}
    assert (first.result["diff"]["before"], first.result["diff"]["after"]) == ({uid: 20}, {uid: 50})
    assert (first.result["application_variant"]["percentage"], rows()[CANARY]["percentage"]) == (50, 50)
    assert len(first.result["actions"]) == (1 if answer == "action" else 0)
    second = variant(percentage=50)
    assert (second.result["changed"], second.result["application_variant"]["uid"]) == (False, uid)
    assert methods(sim) == used
    assert sent()[-1] == (used[-1], uid, {"operation": "commit", "canary_percentage": 50})


@pytest.mark.usefixtures("fields")
@pytest.mark.parametrize("answer", ["action", "empty"])
@pytest.mark.parametrize("committed", ["active", "merged"])
def test_a_commit_twice(sim, variant, rows, sent, answer, committed):
    sim.settings(variant_answer=answer, variant_committed=committed)
    row = dict(rows()[CANARY])
    first = variant(variant=row["git_hash"], state="committed")
    assert first.result["changed"]
    assert sent() == [("PATCH", row["uid"], {"operation": "commit"})]
    assert (first.result["application_variant"]["git_hash"], first.result["application_variant"]["percentage"]) == (
        row["git_hash"],
        100,
    )
    second = variant(variant=row["git_hash"], state="committed")
    assert not second.result["changed"]
    assert second.result["application_variant"] == first.result["application_variant"]


@pytest.mark.parametrize("name", ["uid", "git_hash", "git_ref"])
def test_absent_twice(sim, variant, rows, name):
    row = rows()[PREVIEW]
    first, second = (variant(variant=row[name], state="absent") for _number in range(2))
    assert (first.result["changed"], first.result["application_variant"]) == (True, None)
    assert first.result["changes"]["removed"] == [row["uid"]]
    assert first.result["diff"]["before"] == {row["uid"]: 0}
    assert (second.result["changed"], methods(sim), len(rows())) == (False, ["DELETE"], 2)


@pytest.mark.usefixtures("fields")
@pytest.mark.parametrize("args", [{"percentage": 10}, {"state": "absent"}])
def test_the_active_variant_is_kept(sim, variant, args):
    result = variant(variant="main", **args).result
    assert (result["failed"], methods(sim)) == (True, [])
    assert "is the active one and cannot be" in result["msg"]


@pytest.mark.parametrize("percentage", [-1, 101])
def test_an_impossible_percentage(sim, variant, percentage):
    assert variant(percentage=percentage).result["msg"] == f"percentage must be from 0 to 100, not {percentage}."
    assert sim.requests == []


@pytest.mark.parametrize("args", [{"percentage": 10}, {"state": "committed"}])
def test_an_unknown_variant(sim, variant, args):
    assert (
        "No application variant of stack Awesome App matches 'relaese'"
        in variant(variant="relaese", **args).result["msg"]
    )
    assert methods(sim) == []


def test_two_variants_with_one_name(sim, variant):
    sim.world.add_variant(AWESOME_APP, "canary", git_ref="release")
    assert "Specify one by its uid." in variant(percentage=10).result["msg"]


def test_a_refusal_has_the_words_of_cloud_66(variant):
    result = variant(state="absent").result
    assert (result["failed"], result["changed"], result["status"]) == (True, False, 409)
    assert "This is not a preview variant" in result["msg"]


def test_a_failed_action(sim, variant):
    sim.settings(action_failure="The new version does not start")
    result = variant(percentage=50).result
    assert (result["failed"], result["changed"]) == (True, True)
    assert "The new version does not start" in result["msg"]


@pytest.mark.parametrize(
    "args",
    [
        {"percentage": 20},
        {"percentage": 50},
        {"state": "committed"},
        {"variant": "feature", "state": "absent"},
        {"variant": "nothing", "state": "absent"},
    ],
)
def test_check_mode_predicts_the_change_and_sends_no_write(sim, variant, args):
    check = variant(check=True, **args).result
    assert methods(sim) == []
    real = variant(**args).result
    for name in ("changed", "changes", "diff", "application_variant"):
        assert check[name] == real[name]


@pytest.mark.parametrize(
    "args", [{"percentage": 50}, {"state": "committed"}, {"variant": "feature", "state": "absent"}]
)
def test_without_the_scope_nothing_is_written(sim, variant, args):
    result = variant(api_token=PUBLIC_TOKEN, **args).result
    assert (result["status"], result["changed"], methods(sim)) == (403, False, [])
    assert "the scope redeploy" in result["msg"]


@pytest.mark.parametrize("committed", ["active", "merged"])
@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
@pytest.mark.parametrize(
    "args", [{"percentage": 50}, {"state": "committed"}, {"variant": "feature", "state": "absent"}]
)
def test_a_lost_answer(sim, variant, kind, options, applied, args, committed):
    sim.settings(variant_committed=committed)
    method = "DELETE" if args.get("state") == "absent" else "PATCH"
    sim.fault(kind, method=method, times=1, **options)
    run = variant(**args)
    assert (run.result["changed"], run.result.get("failed")) == (True, None)
    assert methods(sim) == ([method] if applied else [method, method])


def test_without_wait(sim, clock, variant):
    sim.settings(action_seconds=90)
    run = variant(percentage=50, wait=False)
    assert (run.result["changed"], run.result["application_variant"]["percentage"]) == (True, 50)
    assert clock.elapsed < 10
