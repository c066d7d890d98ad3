# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From nothing to a ping of servers behind a gateway, by real ssh: the inventory, the role and the playbook."""

from __future__ import annotations

import getpass
import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from simulator.hostile import EVIL, TRACE
from unit.fixtures.programs import run

INVENTORY = "plugin: cloud66.cloud.c66\ncompose:\n  ansible_port: {port}\n"
USER_CONFIG = """\
Host {gateway}
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


class Person:
    """Somebody with an inventory file, a key for the gateway, and an ssh that knows the hosts."""

    def __init__(self, home: Path, sim: Any, network: Any) -> None:
        self.home, self.sim, self.network = home, sim, network
        self.ssh_folder = home / ".cloud66" / "ssh"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "SSH_"))}
        ansible = {name: os.environ[name] for name in ("ANSIBLE_COLLECTIONS_PATH", "ANSIBLE_CONFIG")}
        self.environment = {
            **kept,
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
            ".ssh/config", USER_CONFIG.format(gateway=network.gateway.address, port=network.port, home=self.home)
        )

    def write(self, name: str, text: str) -> None:
        path = self.home / name
        path.write_text(text)
        path.chmod(0o600)

    def runs(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program. Whatever it does, it shows no key."""
        done = run(command, self.environment, self.home)
        everything = done.stdout + done.stderr
        print(everything)
        assert not PRIVATE.search(everything)
        for key in (*self.sim.world.private_keys.values(), self.network.gateway.key):
            assert not any(line in everything for line in key.splitlines()[1:-1])
        return done

    def plays(self, *what: str, **variables: Any) -> subprocess.CompletedProcess[str]:
        extra = [f"-e{name}={value}" for name, value in variables.items()]
        return self.runs("ansible-playbook", "-i", "c66.yml", *what, *extra)

    def pings(self, *more: str, **variables: Any) -> subprocess.CompletedProcess[str]:
        return self.plays("cloud66.cloud.ping_servers", *more, ssh_access_gateway_key="~/gateway_key", **variables)

    def disconnect(self) -> None:
        """End the connections that Ansible keeps open."""
        for path in (self.home / ".ansible" / "cp").glob("*"):
            subprocess.run(["ssh", "-F", "none", "-O", "exit", "-S", path, "any"], capture_output=True, check=False)

    @contextmanager
    def agent(self) -> Iterator[None]:
        """An ssh-agent of one's own."""
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
def person(home: Path, sim: Any, network: Any) -> Iterator[Person]:
    """The simulator has one stack, with the two servers behind the gateway, and hands out their keys."""
    world = sim.world
    sim.settings(action_seconds=0)
    world.stacks.clear()
    stack = world.add_stack(name="Behind")
    for name, sshd in zip(("web", "db"), network.servers, strict=True):
        places = dict.fromkeys(("ext_ipv4", "int_ipv4", "ext_ipv6", "dns_record"))
        server = world.add_server(stack["uid"], **behind(network), **places, name=name, address=sshd.address)
        world.private_keys[server["uid"]] = sshd.key
    person = Person(home, sim, network)
    yield person
    person.disconnect()


def behind(network: Any) -> dict[str, Any]:
    return {
        "user_name": getpass.getuser(),
        "has_deploy_gateway": True,
        "deploy_gateway_address": network.gateway.address,
        "deploy_gateway_user_name": getpass.getuser(),
    }


def logins(network: Any) -> list[int]:
    return [sshd.logins for sshd in (network.gateway, *network.servers)]


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")]}


def test_all_servers_behind_a_gateway_are_reached(person: Person, network: Any) -> None:
    """One inventory file and one command reach them; the role keeps what is right and removes what it made."""
    before = logins(network)
    done = person.pings("-vvvvv", "--diff", ping_servers_lease=True)
    assert done.returncode == 0
    assert "2 of 2 servers answered." in done.stdout
    assert logins(network) == [before[0] + 2, before[1] + 1, before[2] + 1]
    for server in network.servers:
        assert f"target {server.address} port {network.port}" in network.gateway.log
    assert [json.loads(lease.body)["ttl"] for lease in person.sim.writes] == [20]
    keys = {f"keys/{uid}": 0o600 for uid in person.sim.world.private_keys}
    assert modes(person.ssh_folder) == {".": 0o700, "config": 0o600, "keys": 0o700, **keys}

    # The servers are closed to everybody else, even with the right key.
    for uid, server in zip(person.sim.world.private_keys, network.servers, strict=True):
        there = ["-i", str(person.ssh_folder / "keys" / uid), "-p", str(network.port), server.address]
        turned_away, logged_in = server.turned_away, server.logins
        assert person.runs("ssh", "-F", str(person.home / ".ssh/config"), *there, "true").returncode == 255
        assert (server.turned_away, server.logins) == (turned_away + 1, logged_in)

    # A second time, in a play on the servers, there is nothing to do, and no key is asked for. Arguments of one's own
    # for ssh are kept, and the way by the gateway with them.
    person.write("role.yml", ROLE)
    person.disconnect()
    person.environment["C66_MARK"] = "mine"
    asked = len(person.sim.requests)
    own = {"ansible_ssh_common_args": "'-o SendEnv=C66_MARK'", "mark": "yes"}
    done = person.plays("role.yml", "-vvvvv", "--diff", ssh_access_gateway_key="~/gateway_key", **own)
    assert done.returncode == 0
    assert done.stdout.count("changed=0 ") == 2
    assert done.stdout.count('"stdout": "is mine') == 2
    assert not any("include_private_key" in one.query for one in person.sim.requests[asked:])

    assert person.plays("role.yml", "-vvvvv", ssh_access_state="absent").returncode == 0
    assert not person.ssh_folder.exists()


def test_an_agent_holds_the_keys(person: Person, network: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """While servers are reached no private key is on the disk, and all of them leave the agent again."""
    seen = []

    def admits(connection: Any) -> bool:
        seen.append((modes(person.ssh_folder), len(person.runs("ssh-add", "-l").stdout.splitlines())))
        return network.gateway.has_opened(connection)

    monkeypatch.setattr(network.servers[0], "admits", admits)
    with person.agent():
        before = logins(network)
        done = person.pings("-vvvvv", "--diff", ssh_access_agent=True, ping_servers_remove_keys=True)
        assert done.returncode == 0
        assert "2 of 2 servers answered." in done.stdout
        assert logins(network) == [before[0] + 2, before[1] + 1, before[2] + 1]
        keys = {f"keys/{uid}.pub": 0o600 for uid in person.sim.world.private_keys}
        assert seen == [({".": 0o700, "config": 0o600, "keys": 0o700, **keys}, 2)]
        assert person.runs("ssh-add", "-l").stdout.startswith("The agent has no identities")
    assert not person.ssh_folder.exists()


def test_what_is_no_address_and_no_user_reaches_nobody(
    person: Person, network: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands in the place of addresses and users are neither run nor written into the configuration.

    Servers that do not answer are named, the others are pinged all the same, and the keys are removed at the end.
    """
    trace = Path(TRACE)
    trace.unlink(missing_ok=True)
    monkeypatch.setattr(network.servers[1], "admits", lambda _connection: False)
    world, (stack,) = person.sim.world, person.sim.world.stacks
    gone = {"address": "127.0.0.9", "ext_ipv4": "127.0.0.9"}
    commands = [text for text in EVIL if TRACE in text]
    for number, evil in enumerate(commands):
        everywhere = dict.fromkeys(("address", "ext_ipv4", "ext_ipv6", "int_ipv4", "dns_record", "name"), evil)
        world.add_server(stack["uid"], **behind(network) | everywhere)
        gateway = {"deploy_gateway_address": evil} if number % 2 else {"deploy_gateway_user_name": evil}
        world.add_server(stack["uid"], **behind(network) | gone | gateway | {"user_name": evil})
    person.write("c66.yml", INVENTORY.format(port=network.port) + "unreachable: skip\n")
    done = person.pings("--diff", ping_servers_remove_keys=True)
    assert done.returncode != 0
    assert f"1 of {2 + len(commands)} servers answered. Unreachable: " in done.stdout + done.stderr
    assert re.search(r"Unreachable: [\w, ]*\bdb\b", done.stdout + done.stderr)
    assert not trace.exists()
    assert not person.ssh_folder.exists()

    assert TRACE not in done.stdout + done.stderr
    config = re.findall(r"^\+ *([^\s#+]+)", done.stdout, re.MULTILINE)
    keywords = {"Include", "Host", "User", "IdentityFile", "IdentitiesOnly", "ProxyJump"}
    assert {line for line in config if not line.startswith('"')} == keywords
