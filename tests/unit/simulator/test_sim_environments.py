# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading environment variables."""

from __future__ import annotations

import json

import pytest

STACK = "f196c5b41758cb7977620d49eb1492ef"
PATH = f"/stacks/{STACK}/environments"


@pytest.fixture
def read(call, conforms):
    """Reads the variables, by key."""

    def variables():
        rows = conforms("list_environment_variables", call("GET", PATH))["response"]
        return {row["key"]: row for row in rows}

    return variables


def test_every_kind_of_variable_exists(read):
    kinds = {(row["is_generated"], row["readonly"], row["is_password"]) for row in read().values()}
    assert kinds >= {(True, True, False), (True, False, True), (True, False, False), (False, False, True)}
    assert [old["value"] for old in read()["LOG_LEVEL"]["history"]] == ["debug", "warn"]
    assert read()["STACK_GIT_BRANCH"]["readonly"]


def test_pages(sim, call, conforms):
    for number in range(40):
        sim.world.add_env_var(STACK, f"MORE_{number}", "x")
    pages = [conforms("list_environment_variables", call("GET", f"{PATH}?page={page}")) for page in (1, 2)]
    keys = [row["key"] for page in pages for row in page["response"]]
    assert len(keys) == len(set(keys)) == pages[0]["pagination"]["count"] == len(sim.world.env_vars[STACK])


def test_variable_by_id_or_key(sim, call, conforms, read):
    row = read()["LOG_LEVEL"]
    for by, statuses in (("id", (200, 404)), ("key", (404, 200)), ("both", (200, 200))):
        sim.settings(env_get_by=by)
        replies = [call("GET", f"{PATH}/{name}") for name in (row["id"], "LOG_LEVEL")]
        assert tuple(reply.status for reply in replies) == statuses
        for reply in replies:
            conforms("get_environment_variable", reply)
            assert reply.status == 404 or reply.json["response"] == row


def test_typed_values(sim, read):
    sim.world.add_env_var(STACK, "DEBUG", "false")
    assert read()["WEB_CONCURRENCY"]["value"] == "4"
    sim.settings(env_typed_values=True)
    assert (read()["WEB_CONCURRENCY"]["value"], read()["DEBUG"]["value"]) == (4, False)


def test_exports(sim, call, conforms):
    def export(query):
        return conforms("list_environment_variables", call("GET", f"{PATH}?{query}"))["response"]["contents"]

    sim.world.add_env_var(STACK, "MOTTO", 'say "hi"\nand $more\\')
    lines = export("environments_format=dotenv&requested_types=user").splitlines()
    assert lines[-1] == 'MOTTO="say \\"hi\\"\\nand $more\\\\"'
    assert "LOG_LEVEL=info" in lines
    assert not any(line.startswith(("RAILS_ENV", "STACK_")) for line in lines)
    generated = json.loads(export("environments_format=json&requested_types=generated,locked"))
    assert {"RAILS_ENV", "STACK_BASE"} < set(generated)
    assert "LOG_LEVEL" not in generated
    assert call("GET", f"{PATH}?environments_format=api").json["pagination"]["count"]
    for query in ("environments_format=xml", "environments_format=json&requested_types=mine"):
        assert call("GET", f"{PATH}?{query}").status == 400


def test_scope(call):
    assert call("GET", PATH, token="public-only-4c9c9b2222").status == 403
