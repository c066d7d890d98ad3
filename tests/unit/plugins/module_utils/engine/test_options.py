# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that are texts take texts, on every module and in both ways of running."""

from __future__ import annotations

import json

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.run import spec_for_ansible
from unit.fixtures.collection import MODULES, declared

INFINITE = float("inf")
TEXTS = [
    (name, option)
    for name in MODULES
    for option, spec in declared(name).argument_spec.items()
    if spec.get("type", "str") in ("str", "path") and "choices" not in spec
]
LISTS = [
    (name, option)
    for name in MODULES
    for option, spec in declared(name).argument_spec.items()
    if (spec.get("type"), spec.get("elements")) == ("list", "str") and "choices" not in spec
]


def validated(name, option, value):
    """The value of an option after its validation, or the message that refuses it."""
    spec = {option: {**declared(name).argument_spec[option], "required": False}}
    checked = ArgumentSpecValidator(spec_for_ansible(spec)).validate({option: value})
    return checked.error_messages[0] if checked.error_messages else checked.validated_parameters[option]


@pytest.mark.parametrize("value", [INFINITE, 1.1, True, False, {"a": None}, ["a"], {}, []])
def test_a_text_is_no_other_kind_of_value(value):
    for name, option in TEXTS:
        message = validated(name, option, value)
        assert f"'{option}'" in message and "we were unable to convert to" in message
        assert "filter" in message


@pytest.mark.parametrize(("value", "text"), [("12e4567", "12e4567"), (1234567, "1234567"), ("True", "True"), ("", "")])
def test_a_text_is_kept(value, text):
    assert {validated(name, option, value) for name, option in TEXTS} == {text}


@pytest.mark.parametrize(
    ("value", "items"),
    [
        (["a", "12e4567", 7], ["a", "12e4567", "7"]),
        ('["a", "b"]', ["a", "b"]),
        (' ["a, b"]\n', ["a, b"]),
        ("[]", []),
        ("a,b", ["a", "b"]),
        ("a", ["a"]),
        (7, ["7"]),
    ],
)
def test_a_list_of_texts_comes_as_a_list_or_as_json(value, items):
    assert all(validated(name, option, value) == items for name, option in LISTS)


@pytest.mark.parametrize(
    "value", ["['a']", '["a"', '["a"], "b"', [1.1], [True], [None], [{"a": 1}], "[1.5]", 1.1, True, {"a": 1}]
)
def test_a_list_whose_texts_cannot_be_told_is_refused(value):
    for name, option in LISTS:
        message = validated(name, option, value)
        assert f"'{option}'" in message and "we were unable to convert to" in message


def test_there_are_such_options():
    assert len(TEXTS) > 100
    assert {("c66_tag", "tags"), ("c66_deployment", "services"), ("c66_server_info", "stack")} <= set(LISTS)


def test_suboptions_are_checked_too():
    spec = {"a": {"type": "list", "elements": "dict", "options": {"b": {"type": "str"}}}}
    checked = ArgumentSpecValidator(spec_for_ansible(spec)).validate({"a": [{"b": 1.1}]})
    assert "1.10" in checked.error_messages[0]
    checked = ArgumentSpecValidator(spec_for_ansible(spec)).validate({"a": [{"b": 1}]})
    assert checked.validated_parameters == {"a": [{"b": "1"}]}


# In plays


@pytest.mark.parametrize("in_worker", [True, False], ids=["worker", "process"])
def test_a_text_in_a_play(play, sim, in_worker):
    """With native Jinja, ansible-core before 2.19 makes a number or a list of a text that looks like one."""
    of = {**play.connection, "stack": "Awesome App"}
    tasks = [
        ("number", "c66_deployment", {**of, "git_ref": "{{ hash }}", "wait": False}),
        ("number as text", "c66_deployment", {**of, "git_ref": "{{ hash | string }}", "wait": False}),
        ("literal", "c66_deployment", {**of, "git_ref": 1.10}),
        ("switch", "c66_deployment", {**of, "deployment_profile": False}),
        ("list", "c66_tag", {**of, "server": "Lion", "tags": "{{ given }}"}),
        ("broken list", "c66_tag", {**of, "tags": "['a'"}),
        ("dictionary", "c66_config_store_record", {**of, "key": "a", "value": {"a": None}}),
    ]
    variables = {"cloud66_in_worker": in_worker, "hash": "12e4567", "given": '["a, b", "c"]'}
    made = [
        {"name": name, f"cloud66.cloud.{module}": options, "vars": variables, "ignore_errors": True}
        for name, module, options in tasks
    ]
    playbook = play(*made, ANSIBLE_JINJA2_NATIVE="true")
    results = {name: playbook[name].result for name, _module, _options in tasks}
    failed = {name for name in results if playbook[name].event == "failed"}
    assert {playbook[name].way for name in results} == {"worker" if in_worker else "process"}
    sent = [json.loads(request.body)["git_ref"] for request in sim.writes if "git_ref" in str(request.body)]
    assert set(sent) == {"12e4567"}
    unclear = {"literal", "switch", "broken list", "dictionary"}
    assert failed - {"number"} == unclear
    assert ("number" in failed) is (len(sent) == 1)
    assert {tag["value"] for tag in results["list"]["tags"]} >= {"a, b", "c"}
    assert all("unable to convert" in results[name]["msg"] for name in unclear)
    assert "None" not in results["dictionary"]["msg"]
