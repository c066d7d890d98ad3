# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_configuration: texts are compared, and a new version is added only if they differ."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.cloud66.cloud.plugins.module_utils.resources import texts
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN
from unit.fixtures.writes import LOST

TEXT = "services:\n  web:\n    git_url: https://git.example.com/new.git\n"
KINDS = {
    "service_yaml": {"service_yaml": TEXT, "comments": "why"},
    "manifest_yaml": {"manifest_yaml": TEXT, "comments": "why"},
    "nginx": {"body": TEXT, "commit_message": "why", "must_apply": False},
}
YAMLS = ("service_yaml", "manifest_yaml")


@pytest.fixture
def configuration(run_module):
    return lambda kind, **args: run_module("c66_configuration", stack="Awesome App", type=kind, diff=True, **args)


@pytest.fixture
def info(run_module):
    return lambda **args: run_module("c66_configuration_info", stack="Awesome App", **args).result["configurations"]


def stored(sim, kind):
    """The current text of a type."""
    sim.world.settle()
    if kind in YAMLS:
        return getattr(sim.world, f"{kind}s")[AWESOME_APP][0]["body"]
    return next(row["body"] for row in sim.world.configurations[AWESOME_APP] if row["type"] == kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_a_new_text_is_stored_once(configuration, sim, sent, kind, order):
    sim.settings(version_order=order)
    before = stored(sim, kind)
    run = configuration(kind, body=TEXT, comments="why")
    assert run.result["changes"] == {"added": [], "changed": [kind], "removed": []}
    assert [body for _method, _path, body in sent()] == [KINDS[kind]]
    assert (run.result["configuration"]["type"], run.result["configuration"]["body"]) == (kind, TEXT)
    assert run.result["diff"] == {
        "before": before,
        "after": TEXT,
        "before_header": f"{kind} of stack Awesome App",
        "after_header": f"{kind} of stack Awesome App",
    }
    assert len(run.result["actions"]) == (kind not in YAMLS)
    again = configuration(kind, body=TEXT, comments="another")
    assert not again.result["changed"]
    assert again.result["diff"]["before"] == again.result["diff"]["after"]
    assert again.result["configuration"]["body"] == TEXT
    assert len(sim.writes) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_check_mode_predicts_the_change_and_sends_no_write(configuration, sim, kind):
    predicted = configuration(kind, body=TEXT, check=True).result
    assert not sim.writes
    real = configuration(kind, body=TEXT).result
    assert [predicted[name] for name in ("changed", "changes", "diff")] == [
        real[name] for name in ("changed", "changes", "diff")
    ]
    assert predicted["configuration"]["body"] == real["configuration"]["body"]
    assert not configuration(kind, body=TEXT, check=True).result["changed"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\r\n"])
def test_line_endings_make_no_difference(configuration, sim, kind, end):
    text = stored(sim, kind).rstrip("\n")
    assert not configuration(kind, body=text.replace("\n", "\r\n") + end).result["changed"]
    assert not sim.writes


def test_windows_line_endings_are_not_sent(configuration, sim, sent):
    configuration("nginx", body="a;\r\nb;\r\n")
    assert sent()[0][2]["body"] == "a;\nb;\n"


def test_the_text_can_be_read_from_a_file(configuration, sim, tmp_path):
    file = tmp_path / "service.yml"
    file.write_text(TEXT, encoding="utf-8")
    assert configuration("service_yaml", src=str(file)).result["changed"]
    assert not configuration("service_yaml", src=str(file)).result["changed"]
    assert stored(sim, "service_yaml") == TEXT


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_an_unreadable_file_is_an_error(configuration, sim, tmp_path, content):
    file = tmp_path / "service.yml"
    if content:
        file.write_bytes(content)
    message = configuration("service_yaml", src=str(file)).result["msg"]
    assert message.startswith(str(file))
    assert "is not UTF-8 text" in message or "cannot be read: No such file" in message
    assert not sim.requests


def test_the_first_version_is_added(configuration, sim):
    sim.world.service_yamls[AWESOME_APP].clear()
    run = configuration("service_yaml", body=TEXT)
    assert run.result["changes"]["added"] == ["service_yaml"]
    assert run.result["diff"]["before"] == ""
    assert not configuration("service_yaml", body=TEXT).result["changed"]


def test_an_older_text_is_a_change(configuration, sim):
    assert configuration("service_yaml", body="{}\n").result["changed"]
    assert stored(sim, "service_yaml") == "{}\n"


@pytest.mark.parametrize("check", [False, True])
def test_an_unknown_type_is_refused(configuration, sim, check):
    message = configuration("ngnix", body="x", check=check).result["msg"]
    assert message == "Stack Awesome App has no configuration of the type ngnix. Did you mean nginx?"
    message = configuration("varnish", body="x", check=check).result["msg"]
    assert message.endswith("the type varnish. Available types: service_yaml, manifest_yaml, nginx, haproxy, redis.")
    assert not sim.writes


# Applying


def test_apply_applies_the_new_version(configuration, sim):
    run = configuration("nginx", body=TEXT, apply=True)
    assert run.warnings == []
    assert sim.world.applied[f"{AWESOME_APP}/nginx"] == TEXT
    configuration("haproxy", body=TEXT)
    assert list(sim.world.applied) == [f"{AWESOME_APP}/nginx"]


def test_an_unchanged_text_is_not_applied(configuration, sim):
    run = configuration("nginx", body="worker_processes 1;\n", apply=True)
    assert not run.result["changed"]
    assert run.warnings == []
    assert not sim.writes


@pytest.mark.parametrize("unable", ["conflict", "ignore"])
@pytest.mark.parametrize("check", [False, True])
def test_a_type_that_cannot_be_applied_causes_a_warning(configuration, sim, sent, unable, check):
    sim.settings(apply_unable=unable)
    run = configuration("redis", body=TEXT, apply=True, check=check)
    assert run.result["changed"]
    assert run.warnings == ["The configuration redis is only stored, because Cloud 66 cannot apply it."]
    assert not sim.world.applied
    assert not any(body["must_apply"] for _method, _path, body in sent())
    assert configuration("redis", body="other", check=check).warnings == []


@pytest.mark.parametrize("kind", YAMLS)
def test_a_version_takes_effect_with_the_next_deployment(configuration, kind):
    assert "takes effect with the next deployment" in configuration(kind, body=TEXT, apply=True).warnings[0]
    assert configuration(kind, body="x: 2", apply=False).warnings == []


@pytest.mark.parametrize("visible", ["start", "end"])
def test_without_wait_nothing_is_verified(configuration, sim, clock, visible):
    sim.settings(async_visible=visible)
    run = configuration("nginx", body=TEXT, wait=False)
    assert run.result["configuration"]["body"] == TEXT
    assert run.result["actions"][0]["finished_at"] is None
    assert not clock.pauses


def test_a_failed_action_fails_the_task(configuration, sim):
    sim.settings(action_failure="nginx -t says no")
    assert configuration("nginx", body=TEXT).result["msg"].endswith(" failed: nginx -t says no")


def test_a_rejection_has_the_words_of_cloud_66(configuration, sim):
    run = configuration("service_yaml", body="a: [")
    assert run.result["status"] == 400
    assert "service_yaml of stack Awesome App" in run.result["msg"]


def test_a_denied_call_names_no_unknown_scope(configuration, sim):
    """The required scope is not documented."""
    sim.fault("status", status=403, path="*/configuration*")
    run = configuration("nginx", body=TEXT, api_token=PUBLIC_TOKEN)
    assert run.result["status"] == 403
    assert "lacks the required scope" in run.result["msg"]


# Applying what is stored


@pytest.fixture
def applied(configuration):
    return lambda kind="nginx", **args: configuration(kind, state="applied", **args)


def test_the_stored_text_is_applied_by_each_run(applied, configuration, sim, sent):
    configuration("nginx", body=TEXT)
    assert not sim.world.applied
    for _number in range(2):
        run = applied()
        assert run.result["changed"]
        assert (run.result["diff"]["before"], run.result["diff"]["after"]) == ({}, {"applied": "nginx"})
        assert run.result["configuration"]["body"] == TEXT
        assert run.result["action"]["finished_success"]
    assert sim.world.applied == {f"{AWESOME_APP}/nginx": TEXT}
    assert [(method, path) for method, path, _body in sent()[1:]] == [("POST", "apply")] * 2


def test_check_mode_applies_nothing(applied, sim):
    check = applied(check=True).result
    assert not sim.writes
    real = applied().result
    assert (check["changed"], check["diff"]) == (True, real["diff"])


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("ngnix", {}, "Stack Awesome App has no configuration of the type ngnix. Did you mean nginx?"),
        ("redis", {}, "Cloud 66 cannot apply the configuration redis."),
        ("service_yaml", {}, "service_yaml cannot be applied separately: it takes effect with the next deployment."),
        ("nginx", {"body": "x"}, "body cannot be given with state: applied, which applies what is stored."),
        ("nginx", {"src": "x", "comments": "y"}, "src and comments cannot be given with state: applied, which applies"),
    ],
)
def test_what_cannot_be_applied(applied, sim, kind, options, message, check):
    assert applied(kind, check=check, **options).result["msg"].startswith(message)
    assert not sim.writes


@pytest.mark.parametrize(("kind", "options", "_applied"), LOST)
def test_a_lost_answer_to_applying(applied, sim, clock, kind, options, _applied):
    """The action is not recognised, so it is not sent again."""
    sim.fault(kind, method="POST", **options)
    result = applied(api_retries=3).result
    assert (result["failed"], result["changed"], len(sim.writes)) == (True, True, 1)
    assert "Not found for certain among the actions of stack Awesome App; it is not started again." in result["msg"]
    assert clock.elapsed <= 70


def test_applying_that_fails(applied, sim):
    sim.settings(action_failure="nginx -t says no")
    result = applied().result
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["msg"].endswith(" failed: nginx -t says no")


def test_applying_is_denied(applied, sim):
    sim.fault("status", method="POST", status=403)
    result = applied().result
    assert (result["status"], result["changed"], sim.world.applied) == (403, False, {})


# Reading


def test_one_type_is_read_without_the_list(info, sim):
    assert [row["name"] for row in info(type="redis")] == ["redis.conf"]
    assert sim.requests[-1].operation_id == "get_configuration"
    assert "list_configurations" not in [request.operation_id for request in sim.requests]


def test_all_types_are_listed_with_their_newest_texts(info, sim):
    assert [row["type"] for row in info()] == ["nginx", "haproxy", "redis", *YAMLS]
    assert all(row["body"] for row in info())
    assert [row["name"] for row in info(type="redis")] == ["redis.conf"]
    assert info(type="ngnix") == []


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_versions_are_listed_newest_first(info, configuration, sim, order):
    sim.settings(version_order=order)
    configuration("service_yaml", body=TEXT, comments="why")
    rows = info(type="service_yaml", versions=True)
    assert [row["comments"] for row in rows] == ["why", "newer", None]
    assert rows[0]["body"] == TEXT
    assert info(type="service_yaml") == rows[:1]
    assert len(info(versions=True)) == 3 + 3 + 2


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_the_later_of_two_versions_in_one_second_is_the_newest(info, configuration, sim, order):
    sim.settings(version_order=order)
    configuration("service_yaml", body="a: 1")
    configuration("service_yaml", body="b: 1")
    rows = sim.world.service_yamls[AWESOME_APP]
    rows[0]["created_at_iso"] = rows[1]["created_at_iso"]
    assert info(type="service_yaml")[0]["body"] == "b: 1"
    assert not configuration("service_yaml", body="b: 1").result["changed"]


# Dictionaries


@pytest.mark.parametrize("kind", YAMLS)
def test_a_dictionary_is_stored_as_yaml(configuration, sim, kind):
    body = {"services": {"web": {"image": "nginx:1.27", "grace": None, "text": "y" * 200, "name": "Zoë"}}}
    run = configuration(kind, body=body)
    assert run.result["changes"]["changed"] == [kind]
    assert yaml.safe_load(stored(sim, kind)) == body
    assert stored(sim, kind).startswith("services:\n  web:\n    image: nginx:1.27\n    grace: null\n")
    assert not configuration(kind, body=body).result["changed"]


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("nginx", {"a": None}, "body of nginx must be a string. Use the filter to_json"),
        ("nginx", 1.1, "body of nginx must be a string"),
        ("service_yaml", ["a"], "body must be a string or a dictionary."),
        ("service_yaml", False, "body must be a string or a dictionary."),
    ],
)
def test_a_body_that_is_no_text_is_refused(configuration, sim, kind, body, words):
    assert words in configuration(kind, body=body).result["msg"]
    assert not sim.requests


def test_a_dictionary_without_pyyaml(configuration, sim, monkeypatch):
    monkeypatch.setattr(texts, "HAS_YAML", False)
    assert "needs the Python library PyYAML" in configuration("service_yaml", body={"a": 1}).result["msg"]
    assert not sim.requests
