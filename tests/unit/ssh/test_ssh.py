# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pings servers behind a gateway over real ssh, with the inventory, the role and the playbook."""

from __future__ import annotations

import getpass
import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from simulator.hostile import EVIL, TRACE
from unit.fixtures.programs import run

INVENTORY = "plugin: cloud66.cloud.c66\ncompose:\n  ansible_port: {port}\n"
USER_CONFIG = """\
Host {gateway} {twin_gateway}
  Port {port}
Host *
  UserKnownHostsFile {home}/known_hosts
  StrictHostKeyChecking yes
"""
ROLE = """\
- hosts: cloud66
  gather_facts: false
  become: true
  roles: [cloud66.cloud.ssh_access]
- hosts: "{{ 'cloud66' if mark is defined else 'none' }}"
  gather_facts: false
  tasks:
    - ansible.builtin.raw: echo is $C66_MARK
      changed_when: false
"""
PRIVATE = re.compile(r"PRIVATE KEY")


class User:
    """A user with an inventory file, a key for the gateway, and the servers' host keys."""

    def __init__(self, home: Path, sim: Any, network: Any) -> None:
        self.home, self.sim, self.network = home, sim, network
        self.ssh_folder = home / ".cloud66" / "ssh"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "SSH_"))}
        ansible = {name: os.environ[name] for name in ("ANSIBLE_COLLECTIONS_PATH", "ANSIBLE_CONFIG")}
        self.environment = {
            **inherited,
            **ansible,
            "HOME": str(home),
            "ANSIBLE_NOCOLOR": "1",
            "CLOUD66_API_URL": sim.url,
            "CLOUD66_ACCESS_TOKEN": sim.token,
        }
        self.write("c66.yml", INVENTORY.format(port=network.port))
        self.write("known_hosts", network.known_hosts)
        self.write("gateway_key", network.gateway.key)
        (home / ".ssh").mkdir()
        self.write(
            ".ssh/config",
            USER_CONFIG.format(
                gateway=network.gateway.address,
                twin_gateway=network.twin_gateway.address,
                port=network.port,
                home=self.home,
            ),
        )

    def knows(self, uid: str, sshd: Any) -> None:
        """Add a server's host key to the known hosts."""
        with (self.home / "known_hosts").open("a") as file:
            file.write(f"{uid} {sshd.host_key}")

    def write(self, name: str, text: str) -> None:
        path = self.home / name
        path.write_text(text)
        path.chmod(0o600)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program, and check that its output contains no private key."""
        result = run(command, self.environment, self.home)
        output = result.stdout + result.stderr
        print(output)
        assert not PRIVATE.search(output)
        for key in (*self.sim.world.private_keys.values(), self.network.gateway.key):
            assert not any(line in output for line in key.splitlines()[1:-1])
        return result

    def play(self, *arguments: str, **variables: Any) -> subprocess.CompletedProcess[str]:
        extra = [f"-e{name}={value}" for name, value in variables.items()]
        return self.run("ansible-playbook", "-i", "c66.yml", *arguments, *extra)

    def ping(self, *arguments: str, **variables: Any) -> subprocess.CompletedProcess[str]:
        return self.play("cloud66.cloud.ping_servers", *arguments, ssh_access_gateway_key="~/gateway_key", **variables)

    def disconnect(self) -> None:
        """Close the connections that Ansible keeps open."""
        for path in (self.home / ".ansible" / "cp").glob("*"):
            subprocess.run(["ssh", "-F", "none", "-O", "exit", "-S", path, "any"], capture_output=True, check=False)

    def multiplex(self) -> None:
        """Keep all of ssh's connections open, as many users do, under the address, port and user."""
        path = self.home / ".ssh" / "config"
        options = f"  ControlMaster auto\n  ControlPersist 60\n  ControlPath {self.home}/.ansible/cp/%r@%h:%p\n"
        path.write_text(path.read_text() + options)

    @contextmanager
    def agent(self) -> Iterator[None]:
        """Run an ssh-agent."""
        socket = self.home / "agent"
        with subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.PIPE, text=True) as agent:
            assert agent.stdout is not None
            agent.stdout.readline()
            self.environment["SSH_AUTH_SOCK"] = str(socket)
            try:
                yield
            finally:
                del self.environment["SSH_AUTH_SOCK"]
                agent.terminate()


@pytest.fixture
def user(home: Path, sim: Any, network: Any) -> Iterator[User]:
    """A user of a stack with the two servers behind the gateway. The simulator returns their keys."""
    world = sim.world
    sim.settings(action_seconds=0)
    world.stacks.clear()
    stack = world.add_stack(name="Behind")
    user = User(home, sim, network)
    for name, sshd in zip(("web", "db"), network.servers, strict=True):
        add_server(user, stack, name, sshd, network.gateway)
    yield user
    user.disconnect()


NO_ADDRESSES = dict.fromkeys(("ext_ipv4", "int_ipv4", "ext_ipv6", "dns_record"))


def add_server(user: User, stack: dict[str, Any], name: str, sshd: Any, gateway: Any) -> str:
    """Add a server behind a gateway to the simulator, and return its UID."""
    world = user.sim.world
    uid: str = world.add_server(stack["uid"], **behind(gateway), **NO_ADDRESSES, name=name, address=sshd.address)["uid"]
    world.private_keys[uid] = sshd.key
    user.knows(uid, sshd)
    return uid


def behind(gateway: Any) -> dict[str, Any]:
    return {
        "user_name": getpass.getuser(),
        "has_deploy_gateway": True,
        "deploy_gateway_address": gateway.address,
        "deploy_gateway_user_name": getpass.getuser(),
    }


def logins(network: Any) -> list[int]:
    return [sshd.logins for sshd in (network.gateway, *network.servers)]


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")]}


def test_reach_all_servers_behind_a_gateway(user: User, network: Any) -> None:
    """One inventory file and one command are enough. The role is idempotent and removes everything it created."""
    before = logins(network)
    result = user.ping("-vvvvv", "--diff", ping_servers_lease=True)
    assert result.returncode == 0
    assert "2 of 2 servers answered." in result.stdout
    assert logins(network) == [before[0] + 2, before[1] + 1, before[2] + 1]
    for server in network.servers:
        assert f"target {server.address} port {network.port}" in network.gateway.log
    assert [json.loads(lease.body)["ttl"] for lease in user.sim.writes] == [20]
    keys = {f"keys/{uid}": 0o600 for uid in user.sim.world.private_keys}
    assert modes(user.ssh_folder) == {".": 0o700, "config": 0o600, "keys": 0o700, **keys}

    # The servers refuse all other connections, even with the right key.
    for uid, server in zip(user.sim.world.private_keys, network.servers, strict=True):
        arguments = ["-i", str(user.ssh_folder / "keys" / uid), "-p", str(network.port), server.address]
        refused, logins_before = server.refused, server.logins
        assert user.run("ssh", "-F", str(user.home / ".ssh/config"), *arguments, "true").returncode == 255
        assert (server.refused, server.logins) == (refused + 1, logins_before)

    # A second run, in a play on the servers, changes nothing and requests no key. The user's own ssh arguments are kept
    # along with the gateway.
    user.write("role.yml", ROLE)
    user.disconnect()
    user.environment["C66_MARK"] = "mine"
    requests_before = len(user.sim.requests)
    variables = {"ansible_ssh_common_args": "'-o SendEnv=C66_MARK'", "mark": "yes"}
    result = user.play("role.yml", "-vvvvv", "--diff", ssh_access_gateway_key="~/gateway_key", **variables)
    assert result.returncode == 0
    assert result.stdout.count("changed=0 ") == 2
    assert result.stdout.count('"stdout": "is mine') == 2
    assert not any("include_private_key" in record.query for record in user.sim.requests[requests_before:])

    assert user.play("role.yml", "-vvvvv", ssh_access_state="absent").returncode == 0
    assert not user.ssh_folder.exists()


WHO = """\
- hosts: cloud66
  gather_facts: false
  serial: 1
  tasks:
    - ansible.builtin.raw: echo I am $C66_NAME
      changed_when: false
      register: who
    - ansible.builtin.debug:
        msg: "{{ inventory_hostname }} is {{ who.stdout | trim }}"
"""


@pytest.mark.parametrize("how", ["files", "agent"])
def test_two_servers_with_one_address_are_two_servers(user: User, network: Any, how: str) -> None:
    """Each behind its own gateway: neither Ansible nor ssh mistakes one for the other."""
    web, twin = network.servers[0], network.twin
    assert web.address == twin.address
    stack = user.sim.world.add_stack(name="Twin")
    uids = [*user.sim.world.private_keys, add_server(user, stack, "web", twin, network.twin_gateway)]
    names = ["behind.web", "behind.db", "twin.web"]
    user.write("who.yml", WHO)
    with user.agent() if how == "agent" else nullcontext():
        assert "3 of 3 servers answered." in user.ping(ssh_access_agent=how == "agent").stdout
        # The connections are still open.
        result = user.play("who.yml")
        assert result.returncode == 0
        said = dict(re.findall(r'"msg": "(\S+) is I am (\S+)"', result.stdout))
        assert said == {"behind.web": "server1", "behind.db": "server2", "twin.web": "twin"}
        # ssh knows the servers by the names of their hosts and by UID, and does not know the address that two have.
        user.multiplex()
        for name, uid, who in zip(names, uids, said.values(), strict=True):
            for alias in (name, uid):
                assert user.run("ssh", "-F", ".cloud66/ssh/config", alias, "echo $C66_NAME").stdout.strip() == who
        config = (user.ssh_folder / "config").read_text()
        hosts = [word for line in re.findall(r"^Host (.*)", config, re.MULTILINE) for word in line.split()]
        assert web.address not in hosts
        assert network.servers[1].address in hosts


def test_keys_in_an_agent(user: User, network: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """During the run no private key is on disk. Afterwards none is left in the agent."""
    seen = []

    def admits(connection: Any) -> bool:
        seen.append((modes(user.ssh_folder), len(user.run("ssh-add", "-l").stdout.splitlines())))
        return network.gateway.has_opened(connection)

    monkeypatch.setattr(network.servers[0], "admits", admits)
    with user.agent():
        before = logins(network)
        result = user.ping("-vvvvv", "--diff", ssh_access_agent=True, ping_servers_remove_keys=True)
        assert result.returncode == 0
        assert "2 of 2 servers answered." in result.stdout
        assert logins(network) == [before[0] + 2, before[1] + 1, before[2] + 1]
        keys = {f"keys/{uid}.pub": 0o600 for uid in user.sim.world.private_keys}
        assert seen == [({".": 0o700, "config": 0o600, "keys": 0o700, **keys}, 2)]
        assert user.run("ssh-add", "-l").stdout.startswith("The agent has no identities")
    assert not user.ssh_folder.exists()


def test_malicious_addresses_and_users(user: User, network: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands in address and user fields are neither run nor written to the configuration.

    Unreachable servers are named, the others are still pinged, and the keys are removed at the end.
    """
    trace = Path(TRACE)
    trace.unlink(missing_ok=True)
    monkeypatch.setattr(network.servers[1], "admits", lambda _connection: False)
    world, (stack,) = user.sim.world, user.sim.world.stacks
    unreachable = {"address": "127.0.0.9", "ext_ipv4": "127.0.0.9"}
    commands = [text for text in EVIL if TRACE in text]
    for number, command in enumerate(commands):
        everywhere = dict.fromkeys(("address", "ext_ipv4", "ext_ipv6", "int_ipv4", "dns_record", "name"), command)
        world.add_server(stack["uid"], **behind(network.gateway) | everywhere)
        gateway = {"deploy_gateway_address": command} if number % 2 else {"deploy_gateway_user_name": command}
        world.add_server(stack["uid"], **behind(network.gateway) | unreachable | gateway | {"user_name": command})
    user.write("c66.yml", INVENTORY.format(port=network.port) + "unreachable: skip\n")
    result = user.ping("--diff", ping_servers_remove_keys=True)
    assert result.returncode != 0
    assert f"1 of {2 + len(commands)} servers answered. Unreachable: " in result.stdout + result.stderr
    assert re.search(r"Unreachable: [\w., -]*\bbehind\.db\b", result.stdout + result.stderr)
    assert not trace.exists()
    assert not user.ssh_folder.exists()

    assert TRACE not in result.stdout + result.stderr
    config = re.findall(r"^\+ *([^\s#+]+)", result.stdout, re.MULTILINE)
    keywords = {"Include", "Host", "HostName", "Port", "HostKeyAlias", "ControlPath"}
    keywords |= {"User", "IdentityFile", "IdentitiesOnly", "ProxyJump"}
    assert {line for line in config if not line.startswith('"')} == keywords
