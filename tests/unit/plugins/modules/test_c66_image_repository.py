# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_image_repository: two fields as the key, and a password that is never returned."""

from __future__ import annotations

import pytest
from simulator.seed import NO_USERS_TOKEN, PUBLIC_TOKEN
from unit.fixtures.writes import LOST

PASSWORD = "a-password-that-nobody-must-see"
SHOWN = {"url": "https://ghcr.io", "username": "robot", "email": "robot@example.com"}
WANTED = {**SHOWN, "password": PASSWORD}
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


@pytest.fixture
def repository(run_module):
    """Run c66_image_repository, and check that the password is not shown."""

    def call(**args):
        run = run_module("c66_image_repository", **{"diff": True, **WANTED, **args})
        assert PASSWORD not in str([run.result, run.warnings, run.notices, run.logs])
        return run

    return call


@pytest.fixture
def existing(sim):
    return sim.world.add_image_repository(**WANTED)


def rows(sim):
    """The image repositories besides the seeded ones."""
    return sim.world.image_repositories[139][1:]


def methods(sim):
    return [write.method for write in sim.writes]


def states(run):
    return run.result["diff"]["before"], run.result["diff"]["after"]


def test_present_twice(sim, repository, sent):
    first = repository()
    assert first.result["changed"]
    assert states(first) == ({}, {**SHOWN, "password": HIDDEN})
    assert first.result["image_repository"] == {key: rows(sim)[0][key] for key in first.result["image_repository"]}
    assert {**first.result["image_repository"], **SHOWN} == first.result["image_repository"]
    second = repository()
    assert not second.result["changed"]
    assert states(second) == (SHOWN, SHOWN)
    assert second.result["image_repository"] == first.result["image_repository"]
    assert sent() == [("POST", "image_repositories", WANTED)]


@pytest.mark.usefixtures("existing")
@pytest.mark.parametrize("changes", [{"url": "https://quay.io"}, {"username": "other"}])
def test_another_url_or_user_is_another_repository(sim, repository, changes):
    assert repository(**changes).result["changed"]
    assert methods(sim) == ["POST"]
    assert len(rows(sim)) == 2


def test_a_change_replaces_the_whole_entry(sim, repository, sent, existing):
    run = repository(email="ops@example.com")
    assert states(run) == (SHOWN, {**SHOWN, "email": "ops@example.com", "password": HIDDEN})
    assert sent() == [("PUT", str(existing["id"]), {**WANTED, "email": "ops@example.com"})]
    assert run.result["image_repository"]["email"] == "ops@example.com"
    assert not repository(email="ops@example.com").result["changed"]


@pytest.mark.usefixtures("existing")
@pytest.mark.parametrize("check", [False, True])
def test_a_change_needs_the_password(sim, repository, check):
    result = repository(email="ops@example.com", password=None, check=check).result
    assert result["failed"]
    assert not result["changed"]
    assert result["msg"] == "Changing image repository https://ghcr.io, robot also requires password."
    assert methods(sim) == []


@pytest.mark.usefixtures("existing")
@pytest.mark.parametrize("password", [None, PASSWORD, "another-password"])
def test_a_password_alone_is_no_difference(sim, repository, password):
    assert not repository(password=password).result["changed"]
    assert methods(sim) == []


@pytest.mark.parametrize("check", [True, False])
def test_a_password_can_be_sent_every_time(sim, repository, existing, check):
    for _number in range(2):
        run = repository(password="another-password", update_password="always", check=check)
        assert run.result["changed"]
        assert states(run) == (SHOWN, {**SHOWN, "password": HIDDEN})
    assert methods(sim) == ([] if check else ["PUT", "PUT"])
    assert existing["password"] == (PASSWORD if check else "another-password")


@pytest.mark.usefixtures("existing")
def test_a_password_that_is_not_given_is_not_sent(sim, repository):
    assert not repository(password=None, update_password="always").result["changed"]
    assert methods(sim) == []


@pytest.mark.usefixtures("existing")
def test_absent_twice(sim, repository):
    """The key is sufficient."""
    first, second = (repository(state="absent", email=None, password=None) for _number in range(2))
    assert (first.result["changed"], states(first)) == (True, (SHOWN, {}))
    assert (second.result["changed"], states(second)) == (False, ({}, {}))
    assert first.result["image_repository"] is second.result["image_repository"] is None
    assert (methods(sim), rows(sim)) == (["DELETE"], [])


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize(
    "args",
    [{}, {"email": "ops@example.com"}, {"update_password": "always"}, {"state": "absent"}, {"username": "other"}],
)
def test_check_mode_predicts_the_change_and_sends_no_write(sim, repository, exists, args):
    if exists:
        sim.world.add_image_repository(**WANTED)
    check = repository(check=True, **args).result
    assert methods(sim) == []
    real = repository(**args).result
    assert (check["changed"], check["diff"]) == (real["changed"], real["diff"])
    for name in SHOWN:
        assert (check["image_repository"] or {}).get(name) == (real["image_repository"] or {}).get(name)


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("args", "missing"), [({"email": None}, "email"), ({"email": None, "password": None}, "email and password")]
)
def test_a_new_repository_needs_all_options(sim, repository, args, missing, check):
    result = repository(check=check, **args).result
    assert result["failed"]
    assert result["msg"].endswith(f"creating it also requires {missing}.")
    assert methods(sim) == []


def test_a_rejection_has_the_words_of_cloud_66(sim, repository):
    result = repository(url="ghcr.io").result
    assert (result["failed"], result["changed"], result["status"]) == (True, False, 400)
    assert result["msg"].startswith("Cannot add image repository ghcr.io, robot: Cloud 66 answered 400 bad_request")
    assert rows(sim) == []


@pytest.mark.parametrize("state", ["present", "absent"])
def test_without_the_scope_nothing_is_written(sim, repository, state):
    result = repository(api_token=PUBLIC_TOKEN, state=state).result
    assert "lacks the scope admin, or its user may not do this" in result["msg"]
    assert (result["status"], result["changed"], methods(sim)) == (403, False, [])
    assert repository(api_token=NO_USERS_TOKEN, state=state).result["changed"] is (state == "present")


def test_a_duplicate_repository(sim, repository):
    for _number in range(2):
        sim.world.add_image_repository(**WANTED)
    assert "stored 2 times" in repository().warnings[0]
    assert repository(state="absent").result["changed"]
    assert (methods(sim), rows(sim)) == (["DELETE", "DELETE"], [])


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
@pytest.mark.parametrize("duplicates", ["store", "conflict", "bad_request"])
def test_a_lost_answer_to_the_post(sim, repository, kind, options, applied, duplicates):
    sim.settings(duplicate_repositories=duplicates)
    sim.fault(kind, method="POST", times=1, **options)
    run = repository()
    assert (run.result["changed"], states(run)) == (True, ({}, {**SHOWN, "password": HIDDEN}))
    assert len(rows(sim)) == 1
    assert methods(sim) == (["POST"] if applied else ["POST", "POST"])
    assert not repository().result["changed"]


@pytest.mark.parametrize(("kind", "options", "_applied"), LOST)
@pytest.mark.parametrize("args", [{"email": "ops@example.com"}, {"update_password": "always"}, {"state": "absent"}])
def test_a_lost_answer_to_the_put_or_delete(sim, repository, existing, kind, options, _applied, args):
    sim.fault(kind, method="DELETE" if "state" in args else "PUT", times=1, **options)
    run = repository(api_retries=1, **args)
    assert run.result["changed"]
    assert not run.result.get("failed")
    assert rows(sim) == ([] if "state" in args else [existing])
    assert existing["email"] == args.get("email", SHOWN["email"])


@pytest.mark.parametrize("args", [{}, {"email": "ops@example.com"}, {"update_password": "always"}, {"state": "absent"}])
def test_a_write_that_cannot_be_read_back(sim, repository, args):
    """It was applied, and the failure says so."""
    if args:
        sim.world.add_image_repository(**WANTED)
    sim.fault("html", method="GET", skip=1)
    result = repository(**args).result
    assert (result["failed"], result["changed"], result["status"]) == (True, True, 502)
    assert len(methods(sim)) == 1
    last_seen = result["image_repository"]
    assert last_seen is None if not args else last_seen["email"] == SHOWN["email"], "as last seen"


def test_a_write_without_effect(sim, repository):
    sim.fault("empty", method="POST", applied=False)
    result = repository().result
    assert (result["failed"], result["changed"]) == (True, True)
    assert "no effect" in result["msg"] or "may have been applied" in result["msg"]


def test_a_short_password_is_hidden_too(sim, repository):
    run = repository(password="2")
    assert states(run)[1]["password"] == HIDDEN
    assert run.result["image_repository"]["id"] == rows(sim)[0]["id"], "no digit of a number is hidden"
    assert rows(sim)[0]["password"] == "2"


def test_the_account(sim, repository):
    assert repository(account_id=207).result["changed"]
    assert [row["username"] for row in sim.world.image_repositories[207]] == ["robot"]
    assert rows(sim) == []


@pytest.mark.parametrize("option", ["url", "username", "email", "password"])
@pytest.mark.parametrize("blank", ["", " "])
def test_an_empty_value_is_refused_before_anything_is_sent(sim, repository, option, blank):
    assert repository(**{option: blank}).result["msg"] == f"The option {option} is empty."
    assert not sim.requests
