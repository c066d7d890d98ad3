# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory in Ansible's programs, with a normal and a hostile fleet."""

from __future__ import annotations

import json
import re
import sys

import pytest
from ansible_collections.cloud66.cloud.plugins.plugin_utils.unsafe import NEEDS_WRAPPING
from simulator import running
from simulator.seed import STOREFRONT

THIS_PYTHON = ["-e", f"ansible_python_interpreter={sys.executable}"]
EXTRA_ARGS = "ansible_ssh_extra_args"
HOST_NAME = re.compile(r"\w[\w.-]*")


def listed(result):
    """The hosts with their variables in the output of `ansible-inventory --list`."""
    hosts = json.loads(result.stdout)["_meta"]["hostvars"]
    return {host: {name: plain(value) for name, value in variables.items()} for host, variables in hosts.items()}


def plain(value):
    """A value of `--list` without its mark as unsafe, which texts that could be a template have."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value["__ansible_unsafe"] if isinstance(value, dict) and "__ansible_unsafe" in value else value


@pytest.fixture
def environment(sim):
    return {"CLOUD66_API_URL": sim.url, "CLOUD66_ACCESS_TOKEN": sim.token}


@pytest.fixture
def one_line(tmp_path):
    path = tmp_path / "c66.yml"
    path.write_text("plugin: cloud66.cloud.c66\n")
    return str(path)


def test_list_graph_and_host(run_program, one_line, environment):
    inventory = ["-i", one_line]
    loud = {**environment, "ANSIBLE_DEPRECATION_WARNINGS": "true"}
    result = run_program("ansible-inventory", *inventory, "--list", **loud)
    hosts = listed(result)
    assert len(hosts) == 7
    assert hosts["storefront.Otter"]["cloud66_stack_name"] == "Storefront"
    assert hosts["storefront.Otter"]["ansible_host"] == "198.51.100.12"
    assert set(json.loads(result.stdout)["stack_storefront"]["hosts"]) == {
        *(f"storefront.{name}" for name in ("Lion", "Caribou", "Otter", "Falcon", "Badger"))
    }
    assert "WARNING" not in result.stderr
    assert hosts["storefront.Otter"]["ansible_control_path"].startswith("%(directory)s/")
    # AWX cannot read marked texts, so only those that need it are marked.
    assert "__ansible_unsafe" not in result.stdout
    graph = run_program("ansible-inventory", *inventory, "--graph", "cloud66", **environment).stdout
    assert graph.startswith("@cloud66:")
    assert "|--@role_haproxy:\n  |  |--storefront.Badger" in graph
    single = run_program("ansible-inventory", *inventory, "--host", "storefront.Otter", **environment)
    assert json.loads(single.stdout) == hosts["storefront.Otter"]


def test_extra_variables_and_a_token_in_a_vault(run_program, tmp_path, sim):
    (tmp_path / "password").write_text("a password\n")
    vault = ["--vault-password-file", "password"]
    sealed = run_program("ansible-vault", "encrypt_string", *vault, sim.token, "--name", "api_token").stdout
    (tmp_path / "c66.yml").write_text(
        "plugin: cloud66.cloud.c66\n"
        f"{sealed}\n"
        f"api_url: 'http://{{{{ place }}}}:{sim.url.split(':')[2]}'\n"
        "hostnames: ['{{ site }}-{{ cloud66_uid }}']\n"
    )
    options = [*vault, "-i", "c66.yml", "-e", "place=127.0.0.1", "-e", "site=ams", "--list"]
    result = run_program("ansible-inventory", *options)
    assert len(listed(result)) == 7
    assert all(name.startswith("ams-") for name in listed(result))
    assert sim.token not in result.stdout + result.stderr


def test_an_error_is_a_sentence_without_a_traceback(run_program, tmp_path, environment, sim):
    sim.fault("html", path="/stacks/*/servers")
    (tmp_path / "c66.yml").write_text("plugin: cloud66.cloud.c66\napi_retries: 0\n")
    result = run_program("ansible-inventory", "-i", "c66.yml", "--list", check=False, **environment)
    assert result.returncode
    output = " ".join((result.stdout + result.stderr).split())
    assert "Cannot read the servers of stack" in output
    assert "Traceback" not in output
    assert sim.token not in output


PLAY = """
- hosts: cloud66
  gather_facts: false
  connection: local
  tasks:
    - ansible.builtin.debug:
        msg: "{{ inventory_hostname }} {{ hostvars[inventory_hostname] | dict2items | length }}"
    - ansible.builtin.meta: refresh_inventory
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.debug:
        msg: "there are {{ groups['cloud66'] | length }}"
"""


def test_a_play_reads_from_the_cache_and_refreshes_in_full(run_program, tmp_path, environment, sim):
    (tmp_path / "c66.yml").write_text(
        "plugin: cloud66.cloud.c66\ncache: true\ncache_plugin: jsonfile\ncache_connection: cache\nrefresh: changed\n"
    )
    (tmp_path / "play.yml").write_text(PLAY)
    (tmp_path / "none.yml").write_text("- hosts: localhost\n  gather_facts: false\n")
    run_program("ansible-inventory", "-i", "c66.yml", "--list", **environment)
    assert len(sim.requests) == 4
    result = run_program("ansible-playbook", "-i", "c66.yml", "play.yml", *THIS_PYTHON, **environment)
    assert len(sim.requests) == 8
    assert "there are 7" in result.stdout
    hit = run_program("ansible-inventory", "-i", "c66.yml", "--list", CLOUD66_API_URL=sim.url)
    assert len(listed(hit)) == 7
    assert len(sim.requests) == 8
    run_program("ansible-playbook", "-i", "c66.yml", "none.yml", "--flush-cache", **environment)
    assert len(sim.requests) == 12


def test_every_harmless_text_is_listed_as_it_is(run_program, tmp_path, sim, environment):
    """Also addresses behind a gateway, paths, and what `compose` makes of them."""
    sim.world.add_server(
        STOREFRONT,
        name="Bob's app, no. 1",
        address="10.0.0.5",
        has_deploy_gateway=True,
        deploy_gateway_address="2001:db8::1",
        deploy_gateway_user_name="gate",
    )
    uid = sim.world.add_server(STOREFRONT, name="{{ 7 * 7 }}", dns_record="a, b", region="#jinja2: x")["uid"]
    (tmp_path / "ssh" / "keys").mkdir(parents=True)
    (tmp_path / "ssh" / "config").touch()
    compose = {"site": "cloud66_cloud ~ '-' ~ cloud66_region", "all": "{'roles': cloud66_server_roles}", "fixed": "'x'"}
    options = {"plugin": "cloud66.cloud.c66", "ssh_folder": str(tmp_path / "ssh"), "compose": compose}
    (tmp_path / "c66.yml").write_text(json.dumps(options))
    hosts = json.loads(run_program("ansible-inventory", "-i", "c66.yml", "--list", **environment).stdout)
    hosts = hosts["_meta"]["hostvars"]
    odd = {name: value for name, value in hosts.pop(uid).items() if "__ansible_unsafe" in json.dumps(value)}
    # An address in brackets could be an expression.
    marked = {
        name for host in hosts.values() for name, value in host.items() if "__ansible_unsafe" in json.dumps(value)
    }
    assert marked <= {f"ansible_{program}_extra_args" for program in ("scp", "sftp", "ssh")}
    assert odd["cloud66_name"] == {"__ansible_unsafe": "{{ 7 * 7 }}"}
    if not NEEDS_WRAPPING:
        assert set(odd) - marked == {"cloud66_name", "cloud66_region", "site"}


FILE_PLAY = """
- hosts: all
  gather_facts: false
  connection: local
  tasks:
    - ansible.builtin.debug:
        msg: "{{ inventory_hostname }} is in {{ cloud66_environment }}"
"""


def test_a_folder_of_files_and_the_name_of_a_file(run_program, tmp_path, environment, sim):
    """Two stacks of one name in two files are two sets of hosts. A file with another name is explained."""
    sim.world.stacks.clear()
    for kind in ("production", "staging"):
        sim.world.add_server(sim.world.add_stack(name="Shop", environment=kind)["uid"], name="Lion")
    folder = tmp_path / "inv"
    folder.mkdir()
    for name, kind in (("a.c66.yml", "production"), ("b.cloud66.yaml", "staging")):
        (folder / name).write_text(f"plugin: cloud66.cloud.c66\nenvironments: [{kind}]\n")
    (tmp_path / "play.yml").write_text(FILE_PLAY)
    result = run_program("ansible-playbook", "-i", "inv", "play.yml", *THIS_PYTHON, **environment)
    assert "shop.Lion is in production" in result.stdout
    assert "shop.staging.Lion is in staging" in result.stdout
    assert "Another inventory source" in " ".join(result.stderr.split())

    (tmp_path / "hosts.yml").write_text("plugin: cloud66.cloud.c66\n")
    result = run_program("ansible-inventory", "-i", "hosts.yml", "--list", check=False, **environment)
    assert "hosts.yml must be renamed" in " ".join(result.stderr.split())


def test_variables_of_the_command_line(run_program, one_line, environment):
    options = ["-e", "c66_stacks=Storefront", "-e", '{"c66_roles": ["haproxy"]}']
    result = run_program("ansible-inventory", "-i", one_line, "--list", *options, **environment)
    assert set(listed(result)) == {"storefront.Badger"}


# A hostile fleet


@pytest.fixture(scope="module")
def hostile():
    with running(hostile=True) as simulator:
        yield simulator


EVERYTHING = """
- hosts: cloud66
  gather_facts: false
  connection: local
  tasks:
    - ansible.builtin.copy:
        dest: "{{ seen }}"
        content: "{{ lines | join('\\n') }}"
        mode: "0600"
      run_once: true
      vars:
        lines: "{{ ansible_play_hosts | map('extract', hostvars) | map('to_json') | list }}"
    - ansible.builtin.debug:
        msg: "{{ cloud66_name }} {{ cloud66_stack_name }} {{ cloud66_address }} {{ cloud66_server_roles }}"
    - ansible.builtin.debug:
        var: cloud66_dns_record
    - ansible.builtin.debug:
        msg: "{{ cloud66_name | upper }} {{ cloud66_region }} {{ hostvars[inventory_hostname]['cloud66_name'] }}"
"""


def test_a_hostile_fleet_gives_a_correct_inventory(make_reader, hostile, trace):
    inventory = make_reader(hostile)()
    world = hostile.world
    servers = {row["uid"]: row for rows in world.servers.values() for row in rows}
    # Each server is a host with a unique and safe name.
    assert set(inventory.names()) == set(servers)
    assert all(HOST_NAME.fullmatch(name) for name in inventory.hosts)
    assert not {"localhost", "all", "ungrouped", *inventory.groups} & set(inventory.hosts)
    # Its variables are the values of Cloud 66.
    for host in inventory.hosts.values():
        row = servers[host["cloud66_uid"]]
        for field in ("name", "address", "user_name", "server_roles", "dns_record", "deploy_gateway_address"):
            assert host[f"cloud66_{field}"] == row.get(field)
    # Groups have plain names, and contain all hosts.
    assert all(re.fullmatch(r"[a-z0-9_]+", group) for group in inventory.groups)
    assert len(inventory.groups["cloud66"]) == len(servers)
    assert not trace.exists()


def test_ssh_gets_only_addresses_and_users_of_a_hostile_fleet(make_reader, hostile):
    inventory = make_reader(hostile)()
    by_uid = {host["cloud66_uid"]: host for host in inventory.hosts.values()}
    stacks = hostile.world.hostile

    def given(stack, name):
        return [by_uid[row["uid"]].get(name) for row in hostile.world.servers[stacks[stack]]]

    allowed = {None, "0.0.0.0", "127.0.0.1", "localhost", "fe80::1"}
    assert set(given("addresses", "ansible_host")) <= allowed
    assert given("ways", "ansible_host") == [
        *(None, "2001:db8::66", "2001:db8::67", None, "dns-only.example.dev.c66.me"),
        *("10.0.0.66", "10.0.0.67", "198.51.100.67"),
    ]
    assert set(given("users", "ansible_user")) == {None, "deploy", "deploy-user.1", "_x"}
    arguments = {re.sub(r"-o HostKeyAlias=[0-9a-f]{32} ?", "", text) for text in given("gateways", EXTRA_ARGS) if text}
    jumps = {text for text in arguments if text}
    assert jumps == {
        *(f"-o ProxyJump=gateway@{host}" for host in ("0.0.0.0", "127.0.0.1", "localhost", "[fe80::1]")),
        *(f"-o ProxyJump={user}198.51.100.250" for user in ("", "deploy@", "deploy-user.1@", "_x@")),
    }


@pytest.mark.parametrize(
    "options",
    [
        {"hostnames": ["{{ cloud66_name }}-{{ cloud66_uid }}"]},
        {"filters": [{"include": "cloud66_name != cloud66_stack_name ~ cloud66_dns_record"}]},
        {"compose": {"x": "cloud66_name ~ cloud66_stack_name", "y": "cloud66_address"}},
        {"groups": {"x": "cloud66_name | length > cloud66_stack_name | length"}},
        {"keyed_groups": [{"key": "cloud66_name"}, {"key": "cloud66_region", "prefix": "r"}]},
    ],
)
def test_no_option_evaluates_texts_of_a_hostile_fleet(make_reader, hostile, trace, options):
    inventory = make_reader(hostile)(**options)
    assert len(inventory.hosts) > 200
    assert not trace.exists()
    if "compose" in options:
        assert all(host["x"] == host["cloud66_name"] + host["cloud66_stack_name"] for host in inventory.hosts.values())


def test_programs_and_plays_evaluate_no_text_of_a_hostile_fleet(run_program, tmp_path, one_line, hostile, trace):
    environment = {"CLOUD66_API_URL": hostile.url, "CLOUD66_ACCESS_TOKEN": hostile.token}
    hosts = listed(run_program("ansible-inventory", "-i", one_line, "--list", **environment))
    servers = {row["uid"]: row for rows in hostile.world.servers.values() for row in rows}
    assert {host["cloud66_uid"]: host["cloud66_name"] for host in hosts.values()} == {
        uid: row["name"] for uid, row in servers.items()
    }
    (tmp_path / "play.yml").write_text(EVERYTHING)
    seen = tmp_path / "seen"
    uids = [row["uid"] for what in ("names", "addresses") for row in hostile.world.servers[hostile.world.hostile[what]]]
    limit = ",".join(name for name, host in hosts.items() if host["cloud66_uid"] in uids[:6])
    result = run_program(
        "ansible-playbook", "-i", one_line, "play.yml", *THIS_PYTHON, "-l", limit, "-e", f"seen={seen}", **environment
    )
    assert not trace.exists()
    assert "{{ 7 * 7 }}" in result.stdout
    assert " 49" not in result.stdout
    assert "{{ 7 * 7 }}" in seen.read_text()
