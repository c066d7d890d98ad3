# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets are taken out of messages by value, out of parameters by name, and names stay whole."""

from __future__ import annotations

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.engine import censor as censoring
from ansible_collections.cloud66.cloud.plugins.module_utils.engine import run
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.censor import (
    HIDDEN,
    Censor,
    names_in,
    register,
    secrets_in,
    texts_under,
    without_no_log,
)
from simulator.seed import AWESOME_APP

TOKEN, PASSWORD = "a-token-0123456789", "a-password-0123456789"
SPEC = {
    "api_token": {"type": "str", "no_log": True, "aliases": ["access_token"]},
    "proxy": {"type": "str"},
    "stack": {"type": "str"},
    "body": {"type": "str"},
    "services": {"type": "list", "elements": "str"},
    "env_vars": {"type": "dict", "no_log": True},
    "records": {
        "type": "list",
        "elements": "dict",
        "options": {"key": {"type": "str", "no_log": False}, "value": {"type": "raw", "no_log": True}},
    },
}


# Messages


@pytest.mark.parametrize(
    ("secret", "quoted"),
    [
        (PASSWORD, PASSWORD),
        (PASSWORD, f"x{PASSWORD}y"),
        ('it\'s "quoted"\n', 'it\'s \\"quoted\\"\\n'),
        ("größer als", "gr\\u00f6\\u00dfer als"),
        ("größer\tals", "größer\\tals"),
        ("long device/token 4711", "long%20device%2Ftoken%204711"),
    ],
)
def test_a_message_quotes_no_secret(secret, quoted):
    for censor in (Censor([secret]), Censor(values=[secret])):
        text = censor.text(f"The value {quoted} is refused.")
        assert text == f"The value {quoted} is refused.".replace(quoted.strip("xy"), "********")


def test_the_longest_secret_comes_first():
    assert Censor([TOKEN, TOKEN[:10]]).text(f"{TOKEN} {TOKEN[:10]}") == "******** ********"


@pytest.mark.parametrize("text", ["4", "w", "1234567", "localhost", "production"])
def test_short_texts_and_names_that_every_run_shows_are_no_secrets(text):
    censor = Censor([text], [text])
    assert censor.text(f"stack 4 (production) on localhost {text}") == f"stack 4 (production) on localhost {text}"
    assert censor.secrets == set()


def test_names_stay_whole():
    censor = Censor(values=["DATABASE"], names=["DATABASE_POOL", "MY_DATABASE", "OTHER"])
    text = censor.text("DATABASE_POOL, MY_DATABASE and OTHER: DATABASE is refused, and so is XDATABASE")
    assert text == "DATABASE_POOL, MY_DATABASE and OTHER: ******** is refused, and so is X********"
    # A name that is the secret says too much.
    assert Censor(values=["DATABASE"], names=["DATABASE"]).text("DATABASE") == "********"


def test_a_name_that_contains_a_credential_is_none():
    censor = Censor([TOKEN], names=[f"/stacks?token={TOKEN}"])
    assert censor.text(f"Cannot read /stacks?token={TOKEN}") == "Cannot read /stacks?token=********"


def test_what_is_hidden_later_counts_too():
    censor = Censor()
    censor.guard([TOKEN])
    censor.hide([PASSWORD])
    assert censor.text(f"{TOKEN} {PASSWORD}") == "******** ********"
    assert censor.secrets == {TOKEN, PASSWORD}


# Results


def test_only_messages_of_a_result_are_rewritten():
    row = {"id": 4, "name": "DATABASE", "key": "DATABASE_POOL", "url": "x/DATABASE", "created_at": "DATABASE"}
    result = {
        "changed": True,
        "changes": {"added": ["DATABASE_POOL"], "DATABASE": []},
        "things": [row],
        "thing": {**row, "action": {**row}},
    }
    assert Censor(values=["DATABASE"]).result(result) == result


def test_messages_at_any_depth_are_rewritten():
    failure = {
        "msg": PASSWORD,
        "error": PASSWORD,
        "description": PASSWORD,
        "details": PASSWORD,
        "url": f"x/{PASSWORD}",
        "warnings": [PASSWORD],
        "module_stdout": PASSWORD,
        "exception": PASSWORD,
        "actions": [{"id": 1, "finished_message": PASSWORD, "finished_result": {"log": [PASSWORD]}}],
        "deployment": {"process": {"health_message": PASSWORD}},
    }
    assert PASSWORD not in str(Censor(values=[PASSWORD]).result(failure))


def test_a_diff_of_texts_is_a_message_and_one_of_fields_is_not():
    censor = Censor(values=["DATABASE"])
    assert censor.result({"diff": {"before": "", "after": "DATABASE\n"}})["diff"]["after"] == "********\n"
    fields = {"diff": {"before": {}, "after": {"DATABASE_POOL": "5"}}}
    assert censor.result(fields) == fields
    assert censor.result({"diff": [{"after": "x"}]}) == {"diff": [{"after": "x"}]}


def test_a_key_that_contains_the_value_of_another(run_module):
    ran = run_module("c66_env_var", stack="Awesome App", env_vars={"KIND": "DATABASE", "DATABASE_POOL": 5}, diff=True)
    assert ran.result["changes"]["added"] == ["DATABASE_POOL", "KIND"]
    assert [row["key"] for row in ran.result["env_vars"]] == ["KIND", "DATABASE_POOL"]
    assert "DATABASE_POOL" in str(ran.result["diff"])
    assert ran.result["actions"][0]["stack_uid"] == AWESOME_APP


def test_an_error_that_quotes_a_value_is_censored_in_results_and_logs(run_module, sim):
    sim.fault("status", status=400, path="*/environments*", method="POST", details=f"{PASSWORD} is no good")
    ran = run_module("c66_env_var", stack="Awesome App", key="NEW", value=PASSWORD)
    assert "******** is no good" in ran.result["msg"]
    assert ran.result["details"] == "******** is no good"
    sim.reset()
    sim.fault("status", status=500, description=f"{PASSWORD} is no good", times=1)
    ran = run_module("c66_env_var", stack="Awesome App", key="NEW", value=PASSWORD, api_retries=1)
    assert ran.result["changed"]
    assert any("Retrying" in line and "********" in line for line in ran.logs)
    assert PASSWORD not in str([ran.logs, ran.notices, ran.warnings])


# Parameters


def test_secret_options_are_found_by_each_name_and_in_suboptions():
    params = {
        "access_token": TOKEN,
        "stack": "Shop",
        "env_vars": {"A": PASSWORD, "B": [1234567890, True, None]},
        "records": [{"key": "k", "value": {"x": "in a record"}}],
    }
    assert secrets_in(params, SPEC) == {TOKEN, PASSWORD, "1234567890", "in a record"}


def test_names_are_lines_of_open_options_and_keys():
    params = {"stack": "Shop", "body": "two\nlines", "services": ["web", 4], "env_vars": {"A": PASSWORD}}
    assert names_in(params, SPEC) == {"Shop", "web", "A"}


def test_no_value_of_a_secret_option_is_shown():
    params = {
        "access_token": "x",
        "api_token": None,
        "api_tokn": PASSWORD,
        "stack": "Shop",
        "body": f"token={TOKEN}",
        "env_vars": {"A": "b"},
        "records": [{"key": "k", "value": 5}, "no dictionary"],
    }
    censor = Censor([TOKEN], ["k"])
    assert censor.params(params, SPEC) == {
        "access_token": HIDDEN,
        "api_token": None,
        "api_tokn": HIDDEN,
        "stack": "Shop",
        "body": "token=********",
        "env_vars": HIDDEN,
        "records": [{"key": "k", "value": HIDDEN}, "no dictionary"],
    }


def test_ansible_core_gets_no_secret_option():
    plain = without_no_log(SPEC)
    assert plain["api_token"] == {**SPEC["api_token"], "no_log": False}
    assert plain["records"]["options"]["value"] == {"type": "raw", "no_log": False}
    assert plain["stack"] == SPEC["stack"]
    assert SPEC["records"]["options"]["value"]["no_log"]


# The masker of ansible-core


@pytest.fixture
def masked(monkeypatch):
    found = set()
    monkeypatch.setattr(censoring, "MASKER", found.update)
    return found


def test_long_secrets_that_are_no_part_of_a_name_are_registered(masked):
    register([TOKEN, "DATABASE", "8", "b", "localhost", "web.shop"], ["DATABASE_POOL", "web.shop.example.com"])
    assert masked == {TOKEN}


def test_older_ansible_core_registers_nothing(monkeypatch):
    monkeypatch.setattr(censoring, "MASKER", None)
    register([TOKEN], iter([]))


def test_a_run_registers_its_credentials(masked, run_module, sim):
    run_module("c66_env_var_info", stack="Awesome App", proxy=None)
    assert masked == {sim.token}


def test_texts_are_found_under_their_fields():
    result = {"rows": [{"value": "one", "history": [{"value": 12}]}, {"value": None}], "value": ["two"], "x": "three"}
    assert texts_under(frozenset(["value"]), result) == {"one", "12", "two"}


PRIVATE_KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nbm90IGEgcmVhbCBrZXk=\n-----END OPENSSH PRIVATE KEY-----\n"


def test_a_private_key_is_a_secret_in_every_option():
    spec = {"public_key": {"type": "str"}, "parts": {"type": "list", "options": {"text": {"type": "str"}}}}
    params = {"public_key": PRIVATE_KEY, "parts": [{"text": PRIVATE_KEY}, {"text": "open"}]}
    censor = Censor.of(params, spec, ())
    assert "bm90" not in censor.text("invalid: bm90IGEgcmVhbCBrZXk=")
    assert censor.params(params, spec) == {"public_key": HIDDEN, "parts": [{"text": HIDDEN}, {"text": "open"}]}


def test_a_private_key_is_not_written_to_the_system_log(monkeypatch):
    logged = []
    monkeypatch.setattr(run.AnsibleModule, "_log_invocation", lambda self: logged.append(self.argument_spec))
    module = object.__new__(run._PlainModule)
    module.params, module.argument_spec = {"text": PRIVATE_KEY, "name": "open"}, {"plain": {}}
    module._declared = {"text": {"type": "str"}, "name": {"type": "str"}}
    module._log_invocation()
    assert logged == [{"text": {"type": "str", "no_log": True}, "name": {"type": "str"}}]
    assert module.argument_spec == {"plain": {}}
