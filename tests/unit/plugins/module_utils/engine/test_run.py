# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a module: its result, what it hides, and how it runs in a process."""

from __future__ import annotations

import json
import sys
from importlib import import_module

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common.parameters import PASS_VARS
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.engine import run as running
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.censor import HIDDEN
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.run import Module, Run, execute, invocation
from unit.fixtures.collection import MODULES, declared

LONG = "a-secret-0123456789"


class Does(Module):
    """A module whose work is given by the test."""

    def __init__(self, work):
        super().__init__({})
        self.work = work


# Options that identify something


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("blank", ["", "  "])
def test_an_empty_option_that_identifies_something_is_refused(sim, name, blank):
    """Whichever of its options that is; nothing is sent."""
    module = declared(name)
    for option in module.identifying:
        if module.argument_spec[option]["type"] == "str":
            params = {"api_url": sim.url, "api_token": sim.token, option: blank}
            result, _secrets, _warnings = execute(module, params)
            assert result["msg"] == f"The option {option} is empty."
    assert sim.requests == []


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("c66_tag", "tags"),
        ("c66_server_info", "stack"),
        ("c66_server_info", "server"),
        ("c66_ssl_certificate", "server_names"),
        ("c66_deployment", "services"),
    ],
)
def test_a_list_with_an_empty_name_is_refused(sim, name, option):
    params = {"api_url": sim.url, "api_token": sim.token, option: ["web", " "]}
    result, _secrets, _warnings = execute(declared(name), params)
    assert result["msg"] == f"The option {option} contains an empty string."
    assert sim.requests == []


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("number", [0, -1])
def test_an_id_less_than_one_is_refused(sim, name, number):
    module = declared(name)
    for option in module.identifying:
        if module.argument_spec[option]["type"] == "int":
            params = {"api_url": sim.url, "api_token": sim.token, option: number}
            result, _secrets, _warnings = execute(module, params)
            assert result["msg"] == f"{option} must be at least 1, not {number}."
    assert sim.requests == []


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("c66_tag", {"stack", "environment", "server", "entity_id"}),
        ("c66_config_store_record", {"stack", "environment", "namespace", "key"}),
        ("c66_stack", {"name", "environment"}),
        ("c66_stack_action", {"stack", "server", "container", "process", "service", "group"}),
        ("c66_device", {"user_id", "device_token"}),
        ("c66_ssl_certificate_info", {"stack", "uuid"}),
        ("c66_backup_info", {"backup_id", "group"}),
        ("c66_api", {"path"}),
    ],
)
def test_the_options_that_identify_something(name, options):
    assert options <= set(declared(name).identifying)


# Hidden values


@pytest.mark.parametrize("secret", ["4", "w", "1234567", LONG])
def test_secrets_of_the_invocation_are_hidden_by_name_and_alias(secret):
    module = import_module("ansible_collections.cloud66.cloud.plugins.modules.c66_device").MODULE
    params = {"user_id": 4, "device_token": secret, "api_token": None, "access_token": secret}
    assert invocation(params, module.argument_spec) == {
        "module_args": {"user_id": 4, "device_token": HIDDEN, "api_token": None, "access_token": HIDDEN}
    }


@pytest.mark.parametrize(
    ("proxy", "shown"),
    [
        ("http://me:pw@proxy:3128", "http://proxy:3128"),
        ("http://me:p@w@proxy:3128", "http://proxy:3128"),
        ("me:pw@proxy:3128", "proxy:3128"),
        ("http://proxy:3128", "http://proxy:3128"),
        ("", ""),
        (None, None),
    ],
)
def test_the_password_of_a_proxy_is_not_in_the_invocation(proxy, shown):
    assert invocation({"proxy": proxy}, running.connection_arguments())["module_args"]["proxy"] == shown


def test_only_long_secrets_are_hidden(sim):
    run = Run({"api_token": "4c9c", "api_url": sim.url, "proxy": "http://me:pw@proxy"})
    assert run.client
    run.hide({LONG, "4"})
    assert run.censor.secrets == {LONG}


def test_all_secrets_of_a_token_file_are_registered(tmp_path, run_module):
    file = tmp_path / "token.json"
    file.write_text(json.dumps({"app_secret": LONG, "token": "4c9c9b1111"}))
    file.chmod(0o600)
    run = run_module("c66_stack_info", api_token=None, token_file=str(file))
    assert run.secrets >= {LONG, "4c9c9b1111"}
    assert run.warnings == []


# Results and warnings


def test_a_failure_is_a_result():
    def work(_run):
        raise Cloud66Error("It went wrong.", status=404, url="http://x")

    result, secrets, warnings = execute(Does(work), {})
    assert result == {"failed": True, "msg": "It went wrong.", "status": 404, "url": "http://x", "changed": False}
    assert (secrets, warnings) == (set(), [])


def test_invalid_settings_are_a_failure():
    result, secrets, warnings = execute(Does(lambda _run: {}), {"api_url": "ftp://x", "proxy": f"http://me:{LONG}@p"})
    assert result["failed"]
    assert "api_url must be" in result["msg"]
    assert (secrets, warnings) == (set(), [])


def test_no_token_is_a_failure_before_any_request(sim, run_module):
    result = run_module("c66_stack_info", api_token=None).result
    assert result["msg"].startswith("No Cloud 66 token found")
    assert result["error"] == "no_token"
    assert "api" not in result
    assert sim.requests == []


def test_unexpected_exceptions_are_not_swallowed():
    def work(_run):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        execute(Does(work), {})


def test_a_failure_reports_usage_too(sim, run_module):
    sim.fault("html")
    assert run_module("c66_stack_info", api_retries=1).result["api"] == {
        "requests": 2,
        "retries": 1,
        "rate_limit": {"limit": None, "remaining": None},
    }


def test_a_warning_is_given_once(sim, run_module):
    sim.settings(warning="This call goes away", per_page=1)
    assert run_module("c66_stack_info").warnings == ["Cloud 66 says: This call goes away"]


def test_a_file_that_others_can_read_causes_a_warning(tmp_path, run_module):
    file = tmp_path / "token.json"
    file.write_text('{"token": "4c9c9b1111"}')
    file.chmod(0o644)
    assert (
        "Others can read the token file"
        in run_module("c66_stack_info", api_token=None, token_file=str(file)).warnings[0]
    )


def test_unverified_certificates_cause_a_warning(sim, run_module):
    warning = f"TLS certificates of {sim.origin} are not verified (validate_certs is false)."
    assert run_module("c66_stack_info", validate_certs=False).warnings == [warning]


def test_the_environment_is_used(sim, run_module, monkeypatch):
    monkeypatch.setenv("CLOUD66_TOKEN", sim.token)
    monkeypatch.setenv("CLOUD66_ACCOUNT_ID", "207")
    assert len(run_module("c66_stack_info", api_token=None).result["stacks"]) == 1
    assert sim.requests[0].headers["user-agent"].startswith("cloud66.cloud/")


@pytest.mark.parametrize(
    ("name", "args"), [("c66_action_info", {"wait": True}), ("c66_firewall_rule_info", {}), ("c66_firewall_lease", {})]
)
def test_results_are_plain_data(run_module, sim, name, args):
    result = run_module(name, stack="Storefront", **args).result
    assert json.loads(json.dumps(result)) == result
    assert sim.token not in str(result)


# In a process


@pytest.fixture
def main(sim, capsys, monkeypatch):
    """Run a module as in a process. Returns its exit status and its result."""

    def call(name, **args):
        modes = {f"_ansible_{mode}": args.pop(mode) for mode in ("check_mode", "diff") if mode in args}
        if "inject_invocation" in PASS_VARS:
            # From ansible-core 2.21 on, the invocation is returned only on request.
            modes["_ansible_inject_invocation"] = True
        sent = {"ANSIBLE_MODULE_ARGS": {"api_url": sim.url, "api_token": sim.token, **modes, **args}}
        # Newer ansible-core shows a warning at once if the controller's code is loaded.
        if "ansible.module_utils._internal" in sys.modules:
            monkeypatch.setattr("ansible.module_utils._internal.is_controller", False)
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps(sent).encode())
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        with pytest.raises(SystemExit) as ended:
            import_module(f"ansible_collections.cloud66.cloud.plugins.modules.{name}").main()
        return ended.value.code, json.loads(capsys.readouterr().out)

    return call


def test_main(sim, main):
    sim.settings(warning="This call goes away")
    status, result = main("c66_stack_info")
    assert (status, result["changed"], len(result["stacks"])) == (0, False, 3)
    assert "This call goes away" in str(result["warnings"])
    assert result["invocation"]["module_args"]["api_token"] == HIDDEN
    assert sim.token not in str(result)


def test_main_fails(sim, main):
    sim.fault("status", status=409)
    status, result = main("c66_stack_info")
    assert (status, result["failed"], result["status"]) == (1, True, 409)
    assert result["msg"].startswith("Cannot read the stacks: Cloud 66 answered 409")
    assert result["invocation"]["module_args"]["api_token"] == HIDDEN


def test_main_in_check_and_diff_mode(sim, main):
    args = {"user_id": 18, "device_token": "4", "device_type": "ios", "sub_type": "ipad"}
    _status, result = main("c66_device", check_mode=True, diff=True, **args)
    assert (result["changed"], result["diff"]["before"], sim.writes) == (True, {}, [])
    _status, result = main("c66_device", **args)
    assert (result["changed"], "diff" in result, len(sim.writes)) == (True, False, 1)


@pytest.mark.parametrize("token", ["4", "1", "w", LONG])
def test_a_short_device_token_does_not_hide_ids(main, token):
    """AnsibleModule alone would replace each `4` in the result with asterisks."""
    status, result = main("c66_device", user_id=4, device_token=token, device_type="2", sub_type="1")
    assert (status, result["device"]["device_type"], result["api"]["requests"]) == (0, 2, 3)
    assert result["invocation"]["module_args"]["device_token"] == HIDDEN
    assert result["invocation"]["module_args"]["user_id"] == 4
    assert "*" not in str(result)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"colour": "red"}, "Unsupported parameters for"),
        ({"user_id": "x"}, "user_id"),
        ({"device_type": "windows"}, "value of device_type must be one of: ios, android, 1, 2, got: windows"),
        ({"state": "gone"}, "value of state must be one of: present, absent, got: gone"),
        ({"device_token": None}, "missing required arguments: device_token"),
    ],
)
def test_unknown_options(sim, main, args, words):
    args = {"user_id": 18, "device_token": "short", **args}
    status, result = main("c66_device", **{name: value for name, value in args.items() if value is not None})
    assert (status, sim.requests) == (1, [])
    assert words in result["msg"]
    assert "short" not in str(result["invocation"])


def test_a_module_must_implement_work():
    with pytest.raises(NotImplementedError):
        execute(Module({}), {})


def test_connection_arguments_have_no_default_that_overrides_the_environment():
    spec = running.connection_arguments()
    assert all("default" not in option and "fallback" not in option for option in spec.values())
    assert spec["api_token"] == {"type": "str", "aliases": ["access_token"], "no_log": True}
