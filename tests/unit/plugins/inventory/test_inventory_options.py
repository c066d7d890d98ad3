# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the file: connection options, those of Ansible's constructed groups, and invalid ones."""

from __future__ import annotations

import json
import pickle
import traceback

import pytest
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader
from ansible_collections.cloud66.cloud.plugins.module_utils.api import libraries
from ansible_collections.cloud66.cloud.plugins.plugin_utils.unsafe import NEEDS_WRAPPING

NAME = "cloud66.cloud.c66"


def tokens(inventory):
    return {request.headers["authorization"].removeprefix("Bearer ") for request in inventory.requests}


@pytest.fixture
def two_tokens(sim):
    sim.world.add_token(1, {"public"}, "another-token-0123456789")
    return sim.token, "another-token-0123456789"


# Connection options


def test_the_environment_alone_is_enough(read, sim, monkeypatch):
    monkeypatch.setenv("CLOUD66_ACCESS_TOKEN", sim.token)
    monkeypatch.setenv("CLOUD66_API_URL", sim.url)
    assert len(read(api_url=None, api_token=None).hosts) == 7


@pytest.mark.parametrize("name", ["api_token", "access_token"])
def test_the_file_wins_over_the_environment(read, two_tokens, monkeypatch, name):
    monkeypatch.setenv("CLOUD66_ACCESS_TOKEN", two_tokens[0])
    monkeypatch.setenv("CLOUD66_API_URL", "http://127.0.0.1:1/api/3")
    monkeypatch.setenv("CLOUD66_ACCOUNT_ID", "139")
    inventory = read(**{"api_token": None, name: two_tokens[1], "account_id": 207})
    assert tokens(inventory) == {two_tokens[1]}
    assert {request.headers["x-account"] for request in inventory.requests} == {"207"}


def test_the_option_token_file_wins_over_the_environment(read, two_tokens, monkeypatch, tmp_path):
    monkeypatch.setenv("CLOUD66_ACCESS_TOKEN", two_tokens[0])
    file = tmp_path / "token.json"
    file.write_text(json.dumps({"access_token": two_tokens[1]}))
    file.chmod(0o600)
    assert tokens(read(api_token=None, token_file=str(file))) == {two_tokens[1]}


@pytest.mark.parametrize("place", ["{{ place }}/token.json", "~/token.json", "$FOLDER/token.json"])
def test_token_file_can_use_templates_and_variables(read, two_tokens, monkeypatch, tmp_path, place):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FOLDER", str(tmp_path))
    file = tmp_path / "token.json"
    file.write_text(json.dumps({"token": two_tokens[1]}))
    file.chmod(0o600)
    inventory = read(api_token=None, token_file=place, extra_vars={"place": str(tmp_path)})
    assert tokens(inventory) == {two_tokens[1]}


def test_templates_in_the_file_are_rendered(read, two_tokens, monkeypatch):
    monkeypatch.setenv("MY_TOKEN", two_tokens[1])
    monkeypatch.setenv("CLOUD66_ACCESS_TOKEN", two_tokens[0])
    url = "http://{{ place }}:" + read.sim.url.partition("//")[2].partition(":")[2]
    inventory = read(api_token="{{ lookup('env', 'MY_TOKEN') }}", api_url=url, extra_vars={"place": "localhost"})
    assert tokens(inventory) == {two_tokens[1]}
    assert inventory.requests[0].headers["host"].startswith("localhost:")


def test_a_template_in_the_environment_is_not_rendered(read, sim, monkeypatch, tmp_path):
    trace = tmp_path / "trace"
    monkeypatch.setenv("CLOUD66_ACCESS_TOKEN", "{{lookup('pipe','touch${IFS}" + str(trace) + "')}}")
    with pytest.raises(AnsibleParserError, match="401"):
        read(api_token=None)
    assert sim.requests[-1].headers["authorization"].startswith("Bearer {{lookup(")
    assert not trace.exists()


def test_no_error_contains_the_token(read):
    secret = "-".join(["secret", "token", "0123456789"])
    with pytest.raises(AnsibleParserError) as caught:
        read(api_token=secret)
    assert "The token from the option api_token is invalid" in str(caught.value)
    assert secret not in "".join(traceback.format_exception(caught.type, caught.value, caught.tb))


def test_a_missing_token_lists_the_sources(read):
    with pytest.raises(AnsibleParserError, match=r"No Cloud 66 token found.*CLOUD66_ACCESS_TOKEN"):
        read(api_token=None)


def test_a_wrong_type_is_a_clear_error(read):
    with pytest.raises(AnsibleError, match="api_timeout"):
        read(api_timeout="long")
    with pytest.raises(AnsibleError, match="api_timeout must be at least 1, not 0"):
        read(api_timeout=0)


def test_unverified_certificates_cause_a_warning(read):
    assert "not verified" in read(validate_certs=False).warning_text


# Templates and variables


def trusted(value):
    """As Ansible loads it from -e, so that templates in it are rendered."""
    if NEEDS_WRAPPING:
        return value
    from ansible.template import trust_as_template

    if isinstance(value, list):
        return [trusted(one) for one in value]
    return trust_as_template(value) if isinstance(value, str) else value


STAGING = {"storefront.Lion", "storefront.Caribou", "storefront.Otter", "storefront.Falcon", "storefront.Badger"}


@pytest.mark.parametrize("name", ["stacks", "c66_stacks"])
@pytest.mark.parametrize(
    "stacks",
    [
        "Storefront",
        "Storefront,nothing-*",
        ["Store*"],
        '["Storefront"]',
        "{{ shop }}",
        "{{ shops }}",
        ["{{ shop }}"],
        ["{{ shops }}", "nothing-*"],
        "{{ absent | default(['Storefront', 'nothing-*']) }}",
    ],
)
def test_stacks_come_from_the_file_or_from_variables(read, name, stacks):
    variables = {"shop": "Storefront", "shops": ["Storefront"]}
    if name == "stacks":
        inventory = read(stacks=stacks, extra_vars=variables)
    else:
        inventory = read(extra_vars={**variables, "c66_stacks": trusted(stacks)})
    assert set(inventory.hosts) == STAGING


@pytest.mark.parametrize(
    ("option", "value", "count"),
    [
        ("environments", "staging", 5),
        ("environments", ["staging"], 5),
        ("accounts", 207, 5),
        ("accounts", "207", 5),
        ("accounts", "139,207", 7),
        ("accounts", ["{{ mine }}"], 2),
        ("roles", "haproxy", 1),
    ],
)
def test_the_selection_comes_from_variables(read, sim, option, value, count):
    for stack in sim.world.stacks:
        stack["account_id"] = 207 if stack["name"] == "Storefront" else 139
    assert len(read(extra_vars={f"c66_{option}": trusted(value), "mine": 139}).hosts) == count
    assert len(read(**{option: value}, extra_vars={f"c66_{option}": "other", "mine": 139}).hosts) == count


def test_connection_options_come_from_variables(read, two_tokens, monkeypatch):
    """They count before the environment, and after the file."""
    monkeypatch.setenv("CLOUD66_ACCESS_TOKEN", two_tokens[0])
    variables = {"c66_api_token": trusted("{{ mine }}"), "mine": two_tokens[1], "c66_account_id": "139"}
    inventory = read(api_token=None, extra_vars=variables)
    assert tokens(inventory) == {two_tokens[1]}
    assert {request.headers["x-account"] for request in inventory.requests} == {"139"}
    assert tokens(read(access_token=two_tokens[0], api_token=None, extra_vars=variables)) == {two_tokens[0]}


def test_numbers_and_booleans_can_be_templates(read):
    options = {"account_id": "{{ mine }}", "api_timeout": "{{ 5 + 5 }}", "validate_certs": "{{ not true }}"}
    inventory = read(**options, extra_vars={"mine": 139})
    assert {request.headers["x-account"] for request in inventory.requests} == {"139"}
    assert "not verified" in inventory.warning_text


@pytest.mark.parametrize("option", ["stacks", "environments", "accounts", "roles"])
@pytest.mark.parametrize("value", ["", "{{ '' }}", [""], ["{{ '' }}"], "{{ [none] }}", " , "])
def test_an_empty_name_is_not_everything(read, sim, option, value):
    for given in ({option: value}, {"extra_vars": {f"c66_{option}": trusted(value)}}):
        with pytest.raises(AnsibleParserError, match=f"{option} contains an empty name"):
            read(**given)
    assert not sim.requests


@pytest.mark.parametrize("option", ["stacks", "api_url"])
def test_a_template_that_fails_is_an_error(read, sim, option):
    with pytest.raises(AnsibleParserError, match=f"Cannot render the option {option}: .*nothing_like_it"):
        read(**{option: "{{ nothing_like_it }}"})
    assert not sim.requests


def test_a_variable_of_the_lookups_is_no_variable_of_a_host(read):
    inventory = read(hostvars_prefix="c66_")
    assert inventory.values("c66_account_id") == {None}
    assert "Ansible reserves c66_account_id" in inventory.warning_text


# The file itself


@pytest.mark.parametrize(
    ("name", "accepted"),
    [
        ("c66.yml", True),
        ("c66.yaml", True),
        ("production.c66.yml", True),
        ("cloud66.yml", True),
        ("staging-cloud66.yaml", True),
        ("c66.json", False),
        ("c66.yml.orig", False),
    ],
)
def test_a_file_is_recognized_by_its_ending(tmp_path, name, accepted):
    (tmp_path / name).write_text(f"plugin: {NAME}\n")
    plugin = inventory_loader.get(NAME)
    assert plugin.verify_file(str(tmp_path / name)) is accepted
    assert not plugin.verify_file(str(tmp_path / "nowhere" / name))


@pytest.mark.parametrize("name", ["inventory.yml", "c66.production.yaml"])
@pytest.mark.parametrize("marker", [f"plugin: {NAME}", f"---\n# ours\nplugin:  '{NAME}'  # this"])
def test_another_name_of_the_file_is_explained(tmp_path, name, marker):
    (tmp_path / name).write_text(f"{marker}\nstacks: [a]\n")
    with pytest.raises(AnsibleParserError, match=rf"{name} must be renamed: .* end in c66.yml or .* or cloud66.yaml"):
        inventory_loader.get(NAME).verify_file(str(tmp_path / name))


@pytest.mark.parametrize("content", ["plugin: amazon.aws.aws_ec2\n", "all:\n  vars:\n    plugin: x\n", "", "\x00\xff"])
def test_other_files_are_none_of_its_business(tmp_path, content):
    (tmp_path / "hosts.yml").write_text(content, encoding="latin-1")
    assert inventory_loader.get(NAME).verify_file(str(tmp_path / "hosts.yml")) is False


def parse(path):
    inventory_loader.get(NAME).parse(InventoryData(), DataLoader(), str(path))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("plugin: amazon.aws.aws_ec2\n", "plugin"),
        ("stacks: [a]\n", "plugin"),
        ("", "empty|plugin"),
        ("plugin: [\n", "YAML|c66.yml"),
        (f"plugin: {NAME}\nenviroments: [production]\n", f"{NAME} has no option enviroments"),
        (f"plugin: {NAME}\n7: x\nfoo: y\n", f"{NAME} has no option 7, foo"),
        (f"plugin: {NAME}\non_error: ignore\n", "on_error"),
        (f"plugin: {NAME}\nrefresh: sometimes\n", "refresh"),
        (f"plugin: {NAME}\nunreachable: maybe\n", "unreachable"),
        (f"plugin: {NAME}\nconnect_with: [telnet]\n", "connect_with"),
        (f"plugin: {NAME}\ngateway: always\n", "gateway"),
        (f"plugin: {NAME}\nworkers: many\n", "workers"),
        (f"plugin: {NAME}\napi_token: x\napi_url: ftp://example.com\n", "api_url must be an http or https URL"),
    ],
)
def test_errors_in_the_file_are_explained(sim, tmp_path, content, message):
    (tmp_path / "c66.yml").write_text(content)
    with pytest.raises(AnsibleError, match=message):
        parse(tmp_path / "c66.yml")
    assert not sim.requests


def test_all_documented_options_are_accepted(read):
    definitions = inventory_loader.get(NAME).option_definitions
    given = {name: option["default"] for name, option in definitions.items() if option.get("default") is not None}
    given.pop("plugin", None)
    given.update(api_url=read.connection["api_url"], cache=False, api_token=None, access_token=read.sim.token)
    assert len(read(**given).hosts) == 7


def test_a_missing_library_is_named(read, monkeypatch):
    monkeypatch.setattr(libraries, "MISSING", "requests")
    with pytest.raises(AnsibleParserError, match=r"Python library requests is not installed"):
        read()


# Constructed


KEYED = [
    {"key": "cloud66_region", "prefix": "region", "parent_group": "regions"},
    {"key": "cloud66_server_roles", "prefix": "", "separator": ""},
    {"key": "cloud66_distro", "separator": "-", "prefix": "os"},
    {"key": "cloud66_availability_zone or ''", "prefix": "zone", "default_value": "none"},
    {"key": "{'big': cloud66_server_group_id | string}", "prefix": "kind"},
    {"key": "name_by_compose", "prefix": ""},
    {"key": "nothing_like_it", "prefix": "never"},
]
GROUPS = {
    "lions": "cloud66_name == 'Lion'",
    "by_hostname": "inventory_hostname.endswith('Lion')",
    "by_group": "'role_db' in group_names",
    "by_compose": "number | int > 2",
    "fails": "nothing_like_it",
    "with-dash": "true",
}
COMPOSE = {
    "ansible_host": "cloud66_int_ipv4",
    "number": "cloud66_server_roles | length",
    "name_by_compose": "cloud66_name | lower",
    "fails": "nothing_like_it",
    "ansible_port": "22",
}


def by_core(read, path, strict=False):
    """The same file, with our hosts passed through the unmodified helpers of ansible-core."""
    plugin = inventory_loader.get(NAME)
    loader, data = DataLoader(), InventoryData()
    bare = read()
    super(type(plugin), plugin).parse(data, loader, str(path))
    plugin._read_config_data(str(path))
    for group in bare.groups:
        data.add_group(group)
    for group in bare.children("cloud66"):
        data.add_child("cloud66", group)
    for name, variables in bare.hosts.items():
        data.add_host(name)
        for variable, value in variables.items():
            data.set_variable(name, variable, value)
        for group in bare.data.hosts[name].groups:
            if group.name not in ("all", "cloud66"):
                data.add_child(group.name, name)
        everything = data.get_host(name).get_vars()
        plugin._set_composite_vars(plugin.get_option("compose"), everything, name, strict)
        plugin._add_host_to_composed_groups(plugin.get_option("groups"), everything, name, strict)
        plugin._add_host_to_keyed_groups(plugin.get_option("keyed_groups"), everything, name, strict)
    data.reconcile_inventory()
    return data


@pytest.mark.parametrize("leading_separator", [True, False])
def test_constructed_features_match_those_of_ansible(read, leading_separator):
    options = {
        "compose": COMPOSE,
        "groups": GROUPS,
        "keyed_groups": KEYED,
        "leading_separator": leading_separator,
    }
    ours = read(**options)
    path = read.write(**options)
    (path.parent / "core.c66.yml").write_bytes(path.read_bytes())
    core = by_core(read, path.parent / "core.c66.yml")
    assert {name: set(hosts) for name, hosts in ours.groups.items()} == {
        name: {host.name for host in group.get_hosts()} for name, group in core.groups.items()
    }
    assert {
        name: {k: v for k, v in variables.items() if k != "inventory_file"} for name, variables in ours.hosts.items()
    } == {name: {k: v for k, v in host.vars.items() if k != "inventory_file"} for name, host in core.hosts.items()}
    # And they are as expected.
    assert ours.groups["lions"] == ours.groups["by_hostname"] == ["awesome_app.Lion", "storefront.Lion"]
    assert ours.groups["by_group"] == ours.groups["role_db"]
    assert set(ours.groups["by_compose"]) == {"awesome_app.Lion", "awesome_app.Caribou", "storefront.Lion"}
    assert ours.children("regions") == {"region_ams3"}
    assert len(ours.groups["zone_none"]) == 7
    assert ours.hosts["storefront.Otter"]["ansible_host"].startswith("10.")
    assert "fails" not in ours.groups
    assert ("_otter" if leading_separator else "otter") in ours.groups


def test_compose_accepts_numbers_and_booleans(read):
    """Newer ansible-core silently ignores numbers, which are not expressions."""
    made = read(compose={"ansible_port": 2222, "quick": True}, groups={"quick": "quick and ansible_port == 2222"})
    assert made.values("ansible_port") == {2222}
    assert len(made.groups["quick"]) == 7


@pytest.mark.parametrize(
    "option", [{"compose": {"x": "nothing"}}, {"groups": {"x": "nothing"}}, {"keyed_groups": [{"key": "nothing"}]}]
)
def test_strict_refuses_expressions_that_fail(read, option):
    assert len(read(**option).hosts) == 7
    with pytest.raises(AnsibleError, match="nothing"):
        read(strict=True, **option)


def test_extra_variables_need_use_extra_vars(read):
    options = {"compose": {"site": "place | default('nowhere')"}, "extra_vars": {"place": "ams"}}
    assert read(**options).values("site") == {"nowhere"}
    assert read(use_extra_vars=True, **options).values("site") == {"ams"}


def test_variables_are_plain_data(read):
    """So any cache, callback or program can use them."""
    hosts = read().hosts
    assert json.loads(json.dumps(hosts)) == hosts
    assert pickle.loads(pickle.dumps(hosts)) == hosts
    values = [value for host in hosts.values() for name, value in host.items() if name.startswith("cloud66_")]
    assert all(isinstance(value, (str, int, bool, list, type(None))) for value in values)
