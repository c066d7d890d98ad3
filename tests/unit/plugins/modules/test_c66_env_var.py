# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_env_var: variables are added, changed and removed, and no value is shown."""

from __future__ import annotations

import json

import pytest
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN

OWN = {"LOG_LEVEL": "info", "WEB_CONCURRENCY": "4", "API_SECRET": f"secret of {AWESOME_APP}"}
SECRET = "a-value-that-nobody-must-see"


@pytest.fixture
def env_var(run_module):
    def call(**args):
        run = run_module("c66_env_var", **{"stack": "Awesome App", "diff": True, **args})
        assert SECRET not in str([run.result, run.warnings, run.notices, run.logs])
        return run

    return call


@pytest.fixture
def info(run_module):
    return lambda **args: run_module("c66_env_var_info", **{"stack": "Awesome App", **args})


def keys_of(result):
    return [row["key"] for row in result["env_vars"]]


# A single variable


def test_a_variable_is_added_changed_and_removed(env_var, values, sent, sim):
    added = env_var(key="COLOUR", value=SECRET).result
    assert added["changes"] == {"added": ["COLOUR"], "changed": [], "removed": []}
    assert values()["COLOUR"] == SECRET
    changed = env_var(key="COLOUR", value="blue", apply_strategy="immediately").result
    assert changed["changes"] == {"added": [], "changed": ["COLOUR"], "removed": []}
    assert values()["COLOUR"] == "blue"
    removed = env_var(key="COLOUR", state="absent").result
    assert removed["changes"] == {"added": [], "changed": [], "removed": ["COLOUR"]}
    assert "COLOUR" not in values()
    assert sent() == [
        ("POST", "environments", {"key": "COLOUR", "value": SECRET, "apply_strategy": "deployment"}),
        ("PUT", "COLOUR", {"value": "blue", "apply_strategy": "immediately"}),
        ("DELETE", "COLOUR", None),
    ]
    assert [keys_of(group) for group in (added, changed, removed)] == [["COLOUR"], ["COLOUR"], []]
    assert all("value" not in row for row in added["env_vars"] + changed["env_vars"])
    assert all(
        group["changed"] and group["actions"][0]["finished_success"] is True for group in (added, changed, removed)
    )
    assert all("value" not in old for old in changed["env_vars"][0]["history"])
    assert [group["diff"]["after"] for group in (added, changed, removed)] == [
        {"added": ["COLOUR"]},
        {"changed": ["COLOUR"]},
        {"removed": ["COLOUR"]},
    ]
    assert all(group["diff"]["before"] == {} for group in (added, changed, removed))


@pytest.mark.parametrize("args", [{"key": "LOG_LEVEL", "value": "debug"}, {"key": "LOG_LEVEL", "state": "absent"}])
def test_the_second_run_changes_nothing(env_var, sim, args):
    assert env_var(**args).result["changed"]
    again = env_var(**args)
    assert not again.result["changed"]
    assert again.result["actions"] == []
    assert again.result["diff"]["before"] == again.result["diff"]["after"] == {}
    assert len(sim.writes) == 1
    assert not any("Action" in text for text in again.notices)


@pytest.mark.parametrize(
    ("value", "stored"),
    [("text", "text"), (8, "8"), (1.5, "1.5"), (True, "true"), (False, "false"), ("", ""), ("True", "True")],
)
@pytest.mark.parametrize("typed", [False, True])
def test_every_value_is_sent_as_a_string(env_var, values, sim, value, stored, typed):
    sim.settings(env_typed_values=typed)
    assert env_var(key="X", value=value).result["changed"]
    assert values()["X"] == stored
    assert not env_var(key="X", value=value).result["changed"]
    assert not env_var(key="X", value=stored).result["changed"]


def test_a_key_needs_a_value(env_var, sim):
    run = env_var(key="X")
    assert run.result["msg"].startswith("There is no value for X: set value, or state: absent")
    assert not sim.requests


@pytest.mark.parametrize("given", [{"key": "X", "value": wrong} for wrong in ([SECRET], {"a": SECRET})])
def test_invalid_values_are_refused(env_var, sim, given):
    run = env_var(**given)
    assert run.result["failed"]
    assert run.result["msg"].startswith("X: the value of an environment variable is a string, a number or a boolean")
    assert "to_json" in run.result["msg"]
    assert not sim.requests
    run = env_var(env_vars={"GOOD": "1", "X": given["value"]})
    assert run.result["msg"].startswith("X: ")


@pytest.mark.parametrize("value", [float("inf"), float("nan"), 1.2e46, 1e-7])
def test_numbers_that_cannot_be_stored_as_written_are_refused(env_var, sim, value):
    """A short hash such as 12e4567 comes as such a number from a template in native Jinja before ansible-core 2.19."""
    message = env_var(env_vars={"A": "1", "HASH": value}).result["msg"]
    assert message.startswith("HASH: the value is a number that cannot be stored as it was written.")
    assert "filter string" in message
    assert not sim.requests


def test_values_that_yaml_may_have_changed_are_warned_about_once(env_var, values):
    given = {"A": 1.1, "B": False, "C": True, "D": 8, "E": "1.10", "F": 2.5}
    advice = "To store what was written, write it in quotes."
    assert env_var(env_vars=given).warnings == [
        f"The value of C is the boolean true, stored as true. {advice}",
        f"The value of B is the boolean false, stored as false. {advice}",
        f"The value of A, F is a number with a fraction, stored without zeros at its end. {advice}",
    ]
    assert {key: values()[key] for key in "ABCDEF"} == {
        "A": "1.1",
        "B": "false",
        "C": "true",
        "D": "8",
        "E": "1.10",
        "F": "2.5",
    }
    assert env_var(env_vars=given).warnings == []
    assert "boolean" in env_var(key="X", value=False, check=True).warnings[0]


@pytest.mark.parametrize("key", ["false", "true", "null", "7", "A B", "A=B", "2020-01-01", "Ä", "A\n"])
@pytest.mark.parametrize("check", [False, True])
def test_keys_that_cannot_be_names_are_refused(env_var, sim, key, check):
    message = env_var(env_vars={key: "x", "GOOD": "y"}, check=check).result["msg"]
    assert message.startswith(f"{key} cannot be the name of an environment variable.")
    assert ("write the key in quotes" in message) is (key in ("false", "true", "null"))
    assert not sim.writes
    assert not env_var(key=key, state="absent").result.get("failed")


@pytest.mark.parametrize("key", ["NO", "_a", "spring.datasource-url", "x1"])
def test_keys_that_can_be_names_are_taken(env_var, values, key):
    assert env_var(key=key, value="x").result["changes"]["added"] == [key]
    assert values()[key] == "x"


@pytest.mark.parametrize("value", ["AUTO_GENERATE", "AUTO_GENERATE_32"])
def test_a_generated_value_is_written_once(env_var, values, sim, value):
    """Writing the placeholder again would have Cloud 66 replace the secret."""
    assert env_var(env_vars={"SECRET": value, "OTHER": "1"}).result["changed"]
    assert values()["SECRET"] == value
    assert env_var(key="SECRET", value="generated-by-cloud-66").result["changed"]
    run = env_var(env_vars={"SECRET": value, "OTHER": "2"}, purge=False)
    assert run.result["changes"]["changed"] == ["OTHER"]
    assert values()["SECRET"] == "generated-by-cloud-66"
    assert env_var(key="SECRET", value=f"{value}_X").result["changed"]


def test_an_empty_key_is_refused(env_var, sim):
    assert "cannot be empty" in env_var(env_vars={"": "x"}).result["msg"]
    assert not sim.requests


def test_a_string_that_ansible_lets_through_is_not_a_dictionary(run_module, sim):
    """ansible-core 2.16 does so by mistake if a template returns a dictionary with a date."""
    text = f"{{'A': datetime.date(2020, 1, 1), 'B': '{SECRET}'}}"
    for name, option in (("c66_env_var", "env_vars"), ("c66_stack_setting", "settings")):
        try:
            run = run_module(name, **{"stack": "Awesome App", option: text})
        except AssertionError:
            # Ansible has refused it, as expected.
            continue
        assert run.result["msg"] == f"{option} is not a dictionary. Write dates in it in quotes."
    assert not sim.requests


# A set


def test_a_set_is_one_bulk_request_with_all_of_the_users_variables(env_var, values, sent, sim):
    wanted = {"LOG_LEVEL": "debug", "NEW": SECRET, "WEB_CONCURRENCY": 4}
    run = env_var(env_vars=wanted)
    [(method, path, body)] = sent()
    assert (method, path, body["environments_format"], body["apply_strategy"]) == (
        "PATCH",
        "bulk",
        "json",
        "deployment",
    )
    assert json.loads(body["contents"]) == {**OWN, "LOG_LEVEL": "debug", "NEW": SECRET}
    assert run.result["changes"] == {"added": ["NEW"], "changed": ["LOG_LEVEL"], "removed": []}
    assert keys_of(run.result) == list(wanted)
    assert values()["NEW"] == SECRET
    assert not env_var(env_vars=wanted).result["changed"]
    assert len(sim.writes) == 1


@pytest.mark.parametrize("deletes", [False, True])
@pytest.mark.parametrize("purge", [False, True])
def test_a_bulk_write_never_deletes_by_accident(env_var, values, sim, deletes, purge):
    """Whichever of the two bulk methods deletes."""
    sim.settings(bulk_patch_deletes=deletes)
    before = values()
    run = env_var(env_vars={"LOG_LEVEL": "debug", "A": "1", "B": "2"}, purge=purge)
    removed = {"API_SECRET", "WEB_CONCURRENCY"} if purge else set()
    rest = {key: value for key, value in before.items() if key not in removed}
    assert values() == {**rest, "LOG_LEVEL": "debug", "A": "1", "B": "2"}
    assert set(run.result["changes"]["removed"]) == removed
    # Keys being removed are left out: sending them could recreate them.
    assert set(json.loads(json.loads(sim.writes[0].body)["contents"])) == (set(OWN) - removed) | {"A", "B"}
    assert not any(write.method == "POST" for write in sim.writes)
    assert not env_var(env_vars={"LOG_LEVEL": "debug", "A": "1", "B": "2"}, purge=purge).result["changed"]


def test_purge_removes_key_by_key_and_keeps_generated_variables(env_var, values, sent, sim):
    made = {key: value for key, value in values().items() if key not in OWN}
    run = env_var(env_vars={"LOG_LEVEL": "info"}, purge=True)
    assert run.result["changes"] == {"added": [], "changed": [], "removed": ["API_SECRET", "WEB_CONCURRENCY"]}
    assert [(method, path) for method, path, _body in sent()] == [
        ("DELETE", "WEB_CONCURRENCY"),
        ("DELETE", "API_SECRET"),
    ]
    assert values() == {**made, "LOG_LEVEL": "info"}
    assert keys_of(run.result) == ["LOG_LEVEL"]
    assert not env_var(env_vars={"LOG_LEVEL": "info"}, purge=True).result["changed"]


def test_all_keys_of_a_set_can_be_absent(env_var, values, sim):
    before = values()
    run = env_var(env_vars={"LOG_LEVEL": None, "NOBODY": "x", "WEB_CONCURRENCY": ["x"]}, state="absent")
    assert run.result["changes"]["removed"] == ["LOG_LEVEL", "WEB_CONCURRENCY"]
    assert set(before) - set(values()) == {"LOG_LEVEL", "WEB_CONCURRENCY"}
    assert {write.method for write in sim.writes} == {"DELETE"}


def test_a_single_difference_in_a_set_is_not_a_bulk_request(env_var, sent):
    env_var(env_vars={**OWN, "LOG_LEVEL": "debug"})
    assert [(method, path) for method, path, _body in sent()] == [("PUT", "LOG_LEVEL")]


def test_the_actions_of_a_set_are_waited_for_together(env_var, sim, clock):
    sim.settings(action_seconds=20)
    run = env_var(env_vars={}, purge=True)
    assert len(run.result["actions"]) == 3
    assert all(action["finished_success"] for action in run.result["actions"])
    assert 20 <= clock.elapsed < 40
    order = [request.method for request in sim.requests]
    assert order.index("DELETE") + 3 == order.index("GET", order.index("DELETE"))
    begun = [text for text in run.notices if "has begun" in text]
    assert len(begun) == 3
    assert run.notices[:3] == begun


def test_unexpectedly_removed_keys_are_noticed(env_var, sim):
    """In case a bulk write deletes something nevertheless."""
    original = sim.world.start_action

    def deleting(*args, **options):
        sim.world.env_vars[AWESOME_APP][:] = [
            row for row in sim.world.env_vars[AWESOME_APP] if row["key"] != "WEB_CONCURRENCY"
        ]
        return original(*args, **{**options, "then": None})

    sim.world.start_action = deleting
    run = env_var(env_vars={"A": SECRET, "B": "2"})
    assert run.result["failed"]
    assert "unexpectedly removed: WEB_CONCURRENCY" in run.result["msg"]
    assert "not as wanted: A, B" in run.result["msg"]


# Impossible changes


@pytest.mark.parametrize(
    ("args", "named"),
    [
        ({"env_vars": {"STACK_BASE": SECRET, "A": "1"}}, ["STACK_BASE is read-only"]),
        ({"key": "MYSQL_URL", "state": "absent"}, ["MYSQL_URL is read-only or generated"]),
        (
            {"env_vars": {"STACK_BASE": "", "RAILS_ENV": "", "LOG_LEVEL": ""}, "state": "absent"},
            ["STACK_BASE is read-only or generated", "RAILS_ENV is read-only or generated"],
        ),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_impossible_changes_are_refused_before_any_write(env_var, sim, args, named, check):
    run = env_var(**args, check=check)
    assert run.result["failed"]
    assert all(text in run.result["msg"] for text in named)
    assert not sim.writes


def test_a_read_only_variable_with_its_own_value_is_accepted(env_var, sim):
    assert not env_var(env_vars={"STACK_BASE": AWESOME_APP[:8]}, purge=False).result["changed"]
    assert not sim.writes


def test_a_generated_variable_that_is_not_read_only_can_be_changed(env_var, values):
    assert env_var(key="RAILS_ENV", value="staging").result["changed"]
    assert values()["RAILS_ENV"] == "staging"


# Check mode, waiting, and errors


@pytest.mark.parametrize(
    "args",
    [
        {"key": "LOG_LEVEL", "value": "debug"},
        {"key": "NEW", "value": "x"},
        {"key": "LOG_LEVEL", "state": "absent"},
        {"env_vars": {"LOG_LEVEL": "debug", "NEW": "x"}, "purge": True},
        {"env_vars": {"LOG_LEVEL": "info"}},
    ],
)
def test_check_mode_predicts_the_change_and_sends_no_write(env_var, sim, args):
    predicted = env_var(**args, check=True).result
    assert not sim.writes
    real = env_var(**args).result
    assert [predicted[name] for name in ("changed", "changes", "diff")] == [
        real[name] for name in ("changed", "changes", "diff")
    ]
    assert keys_of(predicted) == keys_of(real)
    assert predicted["actions"] == []
    after = env_var(**args, check=True).result
    assert not after["changed"]
    assert after["diff"]["after"] == {}


@pytest.mark.parametrize("visible", ["start", "end"])
def test_without_wait_it_returns_the_running_actions(env_var, values, sim, clock, visible):
    sim.settings(async_visible=visible)
    run = env_var(env_vars={"A": "1", "B": "2"}, purge=True, wait=False)
    assert run.result["changed"]
    assert [action["finished_at"] for action in run.result["actions"]] == [None] * 4
    assert keys_of(run.result) == ["A", "B"]
    assert not clock.pauses
    assert [request.method for request in sim.requests][-4:] == ["PATCH", "DELETE", "DELETE", "DELETE"]
    clock.move(10)
    assert values()["A"] == "1"
    assert "LOG_LEVEL" not in values()


@pytest.mark.parametrize("visible", ["start", "end"])
@pytest.mark.parametrize("answer", ["action", "empty"])
def test_a_removal_may_have_an_empty_answer(env_var, values, sim, answer, visible):
    """Then only the effect shows that it was applied, however long that takes."""
    sim.settings(env_delete_answer=answer, async_visible=visible, action_seconds=60)
    run = env_var(key="LOG_LEVEL", state="absent")
    assert run.result["changed"]
    assert len(run.result["actions"]) == (answer == "action")
    assert "LOG_LEVEL" not in values()
    assert len(sim.writes) == 1


def test_a_removal_without_effect_fails(env_var, sim):
    sim.settings(env_delete_answer="empty", action_seconds=1000)
    run = env_var(key="LOG_LEVEL", state="absent", wait_timeout=30)
    assert run.result["failed"]
    assert "not as wanted: LOG_LEVEL" in run.result["msg"]


def test_a_variable_that_somebody_else_removes_is_removed(env_var, sim):
    fault = sim.fault("status", status=404, method="DELETE", times=1, applied=True)
    sim.settings(action_seconds=0)
    assert env_var(key="LOG_LEVEL", state="absent").result["changed"]
    assert fault.hits == 1


def test_a_failed_action_fails_the_task(env_var, sim):
    sim.settings(action_failure="The agent is away")
    run = env_var(key="LOG_LEVEL", value="debug")
    assert run.result["msg"].endswith("(env-var-update) of stack Awesome App failed: The agent is away")
    sim.settings(action_failure="No")
    run = env_var(env_vars={}, purge=True)
    assert "(env-var-delete): No (3 of 3 failed)" in run.result["msg"]


def test_a_change_without_effect_fails_and_names_the_keys(env_var, sim):
    original = sim.world.start_action
    sim.world.start_action = lambda *args, **options: original(*args, **{**options, "then": None})
    run = env_var(env_vars={"A": SECRET, "LOG_LEVEL": SECRET})
    assert run.result["failed"]
    assert "the environment variables of stack Awesome App did not end within 7 seconds" in run.result["msg"]
    assert "not as wanted: A, LOG_LEVEL" in run.result["msg"]


@pytest.mark.parametrize("status", [400, 409])
def test_a_key_that_somebody_else_adds_is_an_error(env_var, sim, status):
    sim.settings(duplicate_key_status=status)
    sim.world.coming_keys[AWESOME_APP] = ["NEW"]
    run = env_var(key="NEW", value="x")
    assert run.result["status"] == status
    assert "the environment variable NEW of stack Awesome App" in run.result["msg"]
    assert "Use PUT to change it" in run.result["msg"]
    assert len(sim.writes) == 1


def test_a_failure_names_the_earlier_writes(env_var, sim):
    sim.fault("status", status=400, method="DELETE", path="*API_SECRET")
    run = env_var(env_vars={"LOG_LEVEL": "debug"}, purge=True)
    assert run.result["status"] == 400
    assert run.result["changed"]
    assert run.result["changes"] == {"added": [], "changed": ["LOG_LEVEL"], "removed": ["WEB_CONCURRENCY"]}
    assert len(run.result["actions"]) == 2


def test_a_conflict_with_an_action_of_this_run_is_waited_for(env_var, values, sim, clock):
    sim.settings(action_seconds=20)
    fault = sim.fault("status", status=409, method="DELETE", times=1)
    run = env_var(env_vars={"LOG_LEVEL": "debug"}, purge=True)
    assert run.result["changed"]
    assert fault.hits == 1
    assert len(sim.writes) == 4
    assert "API_SECRET" not in values()
    assert clock.elapsed >= 40


def test_a_conflict_with_another_action_fails(env_var, sim, clock):
    sim.fault("status", status=409, method="PUT")
    run = env_var(key="LOG_LEVEL", value="debug")
    assert run.result["status"] == 409
    assert len(sim.writes) == 1
    assert not clock.pauses


def test_purge_requires_present(env_var, sim):
    assert "state: present" in env_var(env_vars={}, purge=True, state="absent").result["msg"]
    assert not sim.requests


@pytest.mark.parametrize("stack", ["Nobody", "0" * 32])
def test_a_missing_stack_is_an_error(env_var, stack):
    assert "No stack matches" in env_var(stack=stack, key="X", value="x").result["msg"]


def test_a_missing_scope_is_named(env_var, info, sim):
    assert "lacks the scope admin" in env_var(key="X", value="x", api_token=PUBLIC_TOKEN).result["msg"]
    assert "lacks the scope admin" in info(api_token=PUBLIC_TOKEN).result["msg"]
    assert not sim.writes


# Reading


def test_the_list_has_no_values(info, values):
    rows = info().result["env_vars"]
    assert [row["key"] for row in rows] == list(values())
    assert all("value" not in row and all("value" not in old for old in row["history"]) for row in rows)
    assert [row["key"] for row in info(key="LOG_LEVEL").result["env_vars"]] == ["LOG_LEVEL"]
    assert info(key="NOBODY").result["env_vars"] == []


def test_values_are_returned_on_request(info, values):
    run = info(include_values=True)
    assert {row["key"]: row["value"] for row in run.result["env_vars"]} == values()
    [row] = info(key="LOG_LEVEL", include_values=True).result["env_vars"]
    assert [old["value"] for old in row["history"]] == ["debug", "warn"]
    # They are not hidden in the requested values.
    assert not run.secrets & set(values().values())


def test_values_are_hidden_everywhere_else(env_var, info, values):
    secret = values()["API_SECRET"]
    assert secret in env_var(key="X", value=SECRET).secrets
    assert SECRET in env_var(key="X", value=SECRET).secrets
    assert secret in info().secrets
    # This value would hide the UID of the stack in every result.
    assert AWESOME_APP[:8] not in env_var(key="X", value=SECRET).secrets


def test_a_long_list_is_read_completely(env_var, info, sim):
    for number in range(70):
        sim.world.add_env_var(AWESOME_APP, f"MORE_{number}", "x")
    assert len(info().result["env_vars"]) == 78
    run = env_var(env_vars={"MORE_69": "y", "MORE_68": "y"})
    assert run.result["changes"]["changed"] == ["MORE_68", "MORE_69"]
    assert len(json.loads(json.loads(sim.writes[0].body)["contents"])) == 73


@pytest.mark.parametrize(("by", "requests"), [("id", 2), ("both", 2), ("key", 3)])
def test_one_variable_is_read_by_its_id(sim, info, env_var, by, requests):
    """Where Cloud 66 takes only keys, the list is read."""
    sim.settings(env_get_by=by)
    number = env_var(key="COLOUR", value="blue").result["env_vars"][0]["id"]
    before = len(sim.requests)
    assert keys_of(info(env_var_id=number, include_values=True).result) == ["COLOUR"]
    assert len(sim.requests) - before == requests
    assert "environment variable 999999" in info(env_var_id=999999).result["msg"]
