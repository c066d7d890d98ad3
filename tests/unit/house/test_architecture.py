# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the code: imports, files that belong together, and the contract."""

from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from ansible_collections.cloud66.cloud.plugins.module_utils.api.oauth import SCOPES
from ansible_collections.cloud66.cloud.plugins.module_utils.engine import ping
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.base import UNKNOWN
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.fields import Codes
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.stack import HEALTH, STATUS
from ansible_collections.cloud66.cloud.plugins.module_utils.version import VERSION
from tools.places import ROOT
from unit.fixtures.collection import BASE, MODULES, PLUGINS, RESOURCES, declared

FILES = sorted(path.relative_to(PLUGINS) for path in PLUGINS.rglob("*.py"))

STACK_CODES = {"status": STATUS, "health": HEALTH}

# A layer may import from itself and from the layers before it.
LAYERS = ("module_utils/api", "module_utils/resources", "module_utils/engine", "plugin_utils", "")


def layer(path):
    """The number of a file's layer; 0 is the lowest."""
    shared = Path("module_utils/version.py")
    return 0 if path == shared else next(n for n, name in enumerate(LAYERS) if path.as_posix().startswith(name))


def imports(path):
    """The imports of a file: files below plugins/, and the names of other modules."""
    inside, outside = set(), set()
    for node in ast.walk(ast.parse((PLUGINS / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            outside |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.level or node.module.startswith(BASE)):
            folder = path.parents[node.level - 1].parts if node.level else ()
            parts = (node.module or "").removeprefix(BASE).strip(".").split(".")
            inside |= _files(Path(*folder, *parts), [alias.name for alias in node.names])
        elif isinstance(node, ast.ImportFrom):
            outside.add(node.module)
    return inside, outside


def _files(place, names):
    """The file that names are imported from, or the files that the names refer to."""
    if (PLUGINS / f"{place}.py").is_file():
        return {Path(f"{place}.py")}
    return {place / f"{name}.py" for name in names}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_go_one_way(path):
    inside, _outside = imports(path)
    assert all((PLUGINS / path).is_file() for path in inside), inside
    assert [one for one in inside if layer(one) > layer(path)] == []


@pytest.mark.parametrize("path", [path for path in FILES if layer(path) < 2], ids=str)
def test_the_client_and_the_resources_do_not_import_ansible(path):
    _inside, outside = imports(path)
    assert [name for name in outside if name.split(".")[0].startswith("ansible")] == []


def test_layers_are_recognized():
    """The test of imports must not pass because it finds none."""
    inside, outside = imports(Path("module_utils/engine/run.py"))
    assert Path("module_utils/api/libraries.py") in inside
    assert Path("module_utils/version.py") in inside
    assert "ansible.module_utils.basic" in outside
    assert imports(Path("action/c66_api.py"))[0] == {Path("plugin_utils/worker.py"), Path("modules/c66_api.py")}
    order = ["module_utils/api/x.py", "module_utils/resources/x.py", "module_utils/engine/x.py", "plugin_utils/x.py"]
    assert [layer(Path(path)) for path in [*order, "modules/x.py"]] == [0, 1, 2, 3, 4]


# Files that belong together


def test_the_version_is_the_one_of_galaxy_yml():
    assert yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"] == VERSION


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_the_connection_options_and_documents_its_own(name):
    found = import_module(f"{BASE}.modules.{name}")
    documented = yaml.safe_load(found.DOCUMENTATION)
    assert {"api_token", "token_file", "api_url"} <= set(found.MODULE.argument_spec)
    own = set(documented["options"]) if documented.get("options") else set()
    shared = set().union(*map(options_of, documented["extends_documentation_fragment"]))
    assert own | shared == set(found.MODULE.argument_spec)
    # A module may have its own default of wait_timeout.
    assert own & shared <= {"wait_timeout"}
    assert set(found.MODULE.reveals) <= own
    assert documented["module"] == name


def options_of(fragment):
    """The options of a documentation fragment; `name.part` names one of its parts."""
    _namespace, _collection, name, *part = fragment.split(".")
    found = import_module(f"{BASE}.doc_fragments.{name}").ModuleDocFragment
    return set(yaml.safe_load(getattr(found, (part or ["documentation"])[0].upper())).get("options") or {})


@pytest.mark.parametrize("name", MODULES)
def test_an_option_for_a_secret_field_is_secret(name):
    """It may be named like the field, have its own name, or contain a dictionary of such values.

    An option that names things contains no values.
    """
    module = declared(name)
    resource = getattr(module, "resource", None)
    secret = {field: one for field, one in resource.fields.items() if one.secret} if resource else {}
    plural = {resource.plural} - set(resource.refers_to) if secret else set()
    names = {one.option or field for field, one in secret.items()} | plural
    spec = module.argument_spec
    assert [option for option in names & set(spec) if not spec[option].get("no_log")] == []


# The contract


def operations(contract):
    return {
        call["operationId"]: call
        for item in contract["paths"].values()
        for method, call in item.items()
        if method in ("get", "post", "put", "patch", "delete")
    }


def scopes_of(operation, contract):
    return [scope for requirement in operation.get("security", contract["security"]) for scope in requirement["oauth2"]]


@pytest.mark.parametrize("resource", RESOURCES)
def test_codes_and_words_are_those_of_the_contract(contract, resource):
    """All of them and no others."""
    properties = contract["components"]["schemas"][resource.schema]["properties"]
    documented = {
        name: {int(code): word for code, word in schema["x-enum-names"].items()}
        for name, schema in properties.items()
        if "x-enum-names" in schema
    }
    codes = {name: field for name, field in resource.fields.items() if isinstance(field, Codes)}
    # Those that are presumably a stack's have the same words.
    presumed = {name: field for name, field in STACK_CODES.items() if "x-uncertain" in properties.get(name, {})}
    presumed = {name: field.words for name, field in presumed.items() if codes.get(name) is field}
    assert {name: field.words for name, field in codes.items()} == {**documented, **presumed}


@pytest.mark.parametrize("resource", RESOURCES)
def test_fields_and_filters_are_in_the_contract(contract, resource):
    properties = set(contract["components"]["schemas"][resource.schema]["properties"])
    known = properties | resource.fields_beyond_schema()
    # Fields that are never returned are only in the schemas of requests.
    assert {name for name, field in resource.fields.items() if not field.write_only} <= known
    assert {resource.identity, *resource.key} <= known
    for filter_ in resource.filters.values():
        assert set(filter_.fields) <= known


@pytest.mark.parametrize("resource", RESOURCES)
def test_the_scope_is_that_of_its_sources(contract, resource):
    known = operations(contract)
    text = re.sub(r"\([^()]*\)", "", inspect.getdoc(resource).partition("Source:")[2])
    sources = re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", text)
    assert sources
    assert set(sources) <= set(known)
    assert {tuple(scopes_of(known[source], contract)) for source in sources} == {
        (resource.scope,) if resource.scope else ()
    }


@pytest.mark.parametrize("resource", [resource for resource in RESOURCES if resource.write_scope])
def test_the_write_scope_is_that_of_the_writes(contract, resource):
    known = operations(contract)
    writes = resource.start if hasattr(resource, "start") else resource.writes
    sources = re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", inspect.getdoc(writes).partition("Source:")[2])
    assert sources
    assert {tuple(scopes_of(known[source], contract)) for source in sources} == {
        () if resource.write_scope == UNKNOWN else (resource.write_scope,)
    }


def test_scopes(contract):
    flow = contract["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]
    assert set(SCOPES) == set(flow["scopes"])
    assert set(ping.PROBES) < set(SCOPES)


@pytest.mark.parametrize(("scope", "path"), ping.PROBES.items())
def test_a_probe_needs_only_its_scope(contract, scope, path):
    assert scopes_of(contract["paths"][f"/{path}"]["get"], contract) == [scope]
