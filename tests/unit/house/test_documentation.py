# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of the modules matches their behaviour."""

from __future__ import annotations

import json
import subprocess

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from tools.places import ROOT
from unit.fixtures.collection import (
    APPLICATION,
    EXAMPLES,
    MODULES,
    RESOURCES,
    declared,
    example_variables,
    own_examples,
)

try:
    from ansible.template import trust_as_template
except ImportError:
    # Before 2.19, ansible-core trusts every string.
    trust_as_template = str

TYPES = {"list": list, "dict": dict, "str": str, "bool": bool, "int": int, "raw": object}


@pytest.fixture(scope="module")
def documented():
    names = [f"cloud66.cloud.{name}" for name in MODULES]
    done = subprocess.run(["ansible-doc", "--json", *names], capture_output=True, text=True, check=True)
    return {name.rpartition(".")[2]: doc for name, doc in json.loads(done.stdout).items()}


@pytest.fixture
def run_examples(run_module, monkeypatch):
    """Run a module with the options of its EXAMPLES, in order and in diff mode. Returns the results."""
    for name, value in APPLICATION.items():
        monkeypatch.setenv(name, value)

    def call(name):
        loader = DataLoader()
        loader.set_basedir(str(EXAMPLES))
        variables = {"playbook_dir": str(EXAMPLES), **example_variables(name)}
        results = []
        for task, options in own_examples(name):
            templar = Templar(loader, trusted({**variables, **task.get("vars", {})}))
            given = templar.template(trusted(options))
            results.append(run_module(name, check=task.get("check_mode", False), diff=True, **given).result)
            variables[task.get("register")] = results[-1]
        return results

    return call


def trusted(value):
    """The value with its strings trusted as templates."""
    if isinstance(value, dict):
        return {name: trusted(item) for name, item in value.items()}
    if isinstance(value, list):
        return [trusted(item) for item in value]
    return trust_as_template(value) if isinstance(value, str) else value


def test_options(documented):
    """Type, elements, choices, default, required and aliases."""
    keys = {"type": "str", "elements": None, "choices": None, "default": None, "required": False, "aliases": []}
    for name in MODULES:
        spec, options = declared(name).argument_spec, documented[name]["doc"]["options"]
        documented_options = {
            name: {key: option.get(key, default) for key, default in keys.items()} for name, option in options.items()
        }
        real = {name: {key: option.get(key, default) for key, default in keys.items()} for name, option in spec.items()}
        assert documented_options == real, name


def test_action_groups(documented):
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    for name in MODULES:
        belongs = [f"cloud66.cloud.{group}" for group, names in groups.items() if name in names]
        assert documented[name]["doc"]["attributes"]["action_group"]["membership"] == belongs, name


# The others need a play.
@pytest.mark.parametrize("name", [name for name in MODULES if not declared(name).has_own_action])
def test_what_is_returned(run_examples, documented, name):
    """The examples return every documented key and field, and no other key."""
    results, keys = run_examples(name), documented[name]["return"]
    assert set().union(*results) - {"changed"} == set(keys)
    for key, description in keys.items():
        values = [result[key] for result in results if result.get(key) is not None]
        assert values, f"{key} is always None"
        assert all(isinstance(value, TYPES[description["type"]]) for value in values), key
        rows = [row for value in values for row in (value if isinstance(value, list) else [value])]
        missing = set(description.get("contains", {})) - set().union(*(row for row in rows if isinstance(row, dict)))
        assert not missing, f"{key} has no {missing}"


@pytest.mark.parametrize("name", MODULES)
def test_samples(documented, contract, name):
    """The fields of a sample are fields of the contract, or the words of codes; it includes those of `contains`."""
    known = {word: resource for resource in RESOURCES for word in (resource.noun, resource.plural)}
    # The module's own resource has precedence.
    resource = getattr(declared(name), "resource", None)
    known.update({resource.noun: resource, resource.plural: resource} if resource else {})
    for key, description in documented[name]["return"].items():
        assert "sample" in description, key
        if key not in known or (key == known[key].plural and description["type"] == "dict"):
            continue
        properties = contract["components"]["schemas"][known[key].schema]["properties"]
        fields = {*properties, *known[key].fields_beyond_schema()}
        fields |= {f"{field}_name" for field in fields}
        rows = description["sample"] if isinstance(description["sample"], list) else [description["sample"]]
        for row in [*rows, description.get("contains", {})]:
            assert set(row) <= fields, f"{key}: {set(row) - fields}"
