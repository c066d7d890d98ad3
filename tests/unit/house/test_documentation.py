# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation of the modules says is what they do."""

from __future__ import annotations

import json
import subprocess
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.cloud66.cloud.plugins.module_utils.engine import run

TESTS = Path(__file__).parents[2]
MODULES = sorted(path.stem for path in (TESTS.parent / "plugins" / "modules").glob("c66_*.py"))
SECRET = ("api_token", "device_token", "app_secret", "code", "value", "env_vars")
# What makes each module return everything that it can.
ALL = {
    "c66_action_info": {"stack": "Storefront"},
    "c66_api": {"path": "/stacks"},
    "c66_backup_info": {"stack": "Storefront"},
    "c66_configuration": {"stack": "Storefront", "type": "nginx", "body": "worker_processes 2;", "wait_interval": 1},
    "c66_configuration_info": {"stack": "Storefront"},
    "c66_deployment": {"stack": "Storefront", "wait": False, "when_busy": "queue"},
    "c66_deployment_info": {"stack": "Storefront"},
    "c66_device": {"user_id": 18, "device_token": "wertqy", "device_type": "ios", "sub_type": "iphone"},
    "c66_device_info": {"user_id": 4, "include_token": True},
    "c66_env_var": {"stack": "Storefront", "key": "LOG_LEVEL", "value": "debug", "wait_interval": 1},
    "c66_env_var_info": {"stack": "Storefront", "include_values": True},
    "c66_firewall_lease": {"stack": "Storefront"},
    "c66_firewall_rule_info": {"stack": "Storefront"},
    "c66_oauth_token": {"app_id": "demo-app"},
    "c66_ping_info": {"probe": True},
    "c66_server_info": {"stack": ["Storefront"], "include_private_key": True},
    "c66_server_setting": {"stack": "Awesome App", "server": "Lion", "settings": {"server.name": "Ox"}},
    "c66_server_setting_info": {"stack": "Awesome App", "server": "Lion"},
    "c66_ssh_key_info": {},
    "c66_stack": {
        "name": "shop",
        "environment": "production",
        "service_yaml": "services: {}",
        "manifest_yaml": "production: {}",
        "wait": False,
        "wait_interval": 1,
    },
    "c66_stack_action": {"stack": "Storefront", "command": "restart"},
    "c66_stack_info": {},
    "c66_stack_setting": {"stack": "Storefront", "settings": {"git.branch": "release"}},
    "c66_stack_setting_info": {"stack": "Storefront"},
    "c66_user_info": {"user_id": 4},
}
# The things of the contract that the samples show, and what the collection adds to them.
SCHEMAS = {
    "stacks": "Stack",
    "stack": "Stack",
    "servers": "Server",
    "backups": "Backup",
    "users": "User",
    "devices": "Device",
    "device": "Device",
    "actions": "AsyncAction",
    "action": "AsyncAction",
    "firewall_rules": "FirewallRule",
    "ssh_keys": "AccessPublicKey",
    "env_vars": "EnvironmentVariable",
    "settings": "Setting",
    "configurations": "Configuration",
    "configuration": "Configuration",
    "deployments": "Deployment",
    "deployment": "Deployment",
}
ADDED = {
    "servers": {"stack_name", "environment"},
    "devices": {"user_id"},
    "actions": {"stack_uid"},
    "action": {"stack_uid"},
    "firewall_rules": {"stack_uid"},
    # Of the versions of YAML files.
    "configurations": {"uid", "created_at_iso"},
    "deployments": {"stack_uid"},
    "deployment": {"stack_uid"},
}


@pytest.fixture(scope="module")
def documented():
    names = [f"cloud66.cloud.{name}" for name in MODULES]
    done = subprocess.run(["ansible-doc", "--json", *names], capture_output=True, text=True, check=True)
    return {name.rpartition(".")[2]: doc for name, doc in json.loads(done.stdout).items()}


@pytest.fixture(scope="module")
def schemas():
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (TESTS / "contract" / "cloud66-v3.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=loader)["components"]["schemas"]


def the_module(name):
    return import_module(f"ansible_collections.cloud66.cloud.plugins.modules.{name}").MODULE


def test_options(documented):
    """Type, elements, choices, default, required and aliases; secret options are hidden, and others are not."""
    keys = {"type": "str", "elements": None, "choices": None, "default": None, "required": False, "aliases": []}
    for name in MODULES:
        spec, options = the_module(name).argument_spec, documented[name]["doc"]["options"]
        told = {option: {key: one.get(key, other) for key, other in keys.items()} for option, one in options.items()}
        real = {option: {key: one.get(key, other) for key, other in keys.items()} for option, one in spec.items()}
        assert told == real, name
        assert {option for option, one in spec.items() if one.get("no_log")} == set(spec) & set(SECRET), name


def returned(sim, name, arguments):
    """What a module returns, by its own code but without Ansible around it."""
    module = the_module(name)
    given = {"api_url": sim.url, "api_token": sim.token, **arguments}
    checked = ArgumentSpecValidator(module.argument_spec, **module.constraints).validate(given)
    assert not checked.error_messages
    return run.execute(module, checked.validated_parameters, diff=True)[0]


@pytest.mark.parametrize("name", MODULES)
def test_what_is_returned(sim, documented, name):
    """Each documented key is there, and there is none at the top that is not documented."""
    storefront = next(row for row in sim.world.stacks if row["name"] == "Storefront")
    sim.world.start_action(storefront["uid"], "restart")
    result, keys = returned(sim, name, ALL[name]), documented[name]["return"]
    assert set(result) - {"changed"} == set(keys)
    for key, told in keys.items():
        types = {"list": list, "dict": dict, "str": str, "bool": bool, "int": int}
        assert isinstance(result[key], types.get(told["type"], object)), key
        rows = result[key] if isinstance(result[key], list) else [result[key]]
        missing = set(told.get("contains", {})) - set().union(*(row for row in rows if isinstance(row, dict)))
        assert not missing, f"{key} has no {missing}"


@pytest.mark.parametrize("name", MODULES)
def test_samples(documented, schemas, name):
    """The fields of a sample are fields of the contract, or words beside their codes; `contains` are among them."""
    for key, told in documented[name]["return"].items():
        assert "sample" in told, key
        if key not in SCHEMAS:
            continue
        fields = set(schemas[SCHEMAS[key]]["properties"]) | ADDED.get(key, set())
        fields |= {f"{field}_name" for field in fields}
        rows = told["sample"] if isinstance(told["sample"], list) else [told["sample"]]
        for row in [*rows, told.get("contains", {})]:
            assert set(row) <= fields, f"{key}: {set(row) - fields}"
