# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rulebooks that ansible-rulebook really runs, with Java and the simulator: the stage `rulebook`."""

from __future__ import annotations

import ast
import asyncio
import base64
import json
import os
import re
import signal
import subprocess
import threading
from collections import Counter
from contextlib import contextmanager, suppress
from socket import create_server

import pytest
import yaml
from aiohttp import web
from ansible.parsing.vault import VaultLib, VaultSecret
from simulator import running
from simulator.clock import Clock
from simulator.seed import AWESOME_APP
from simulator.shapes import iso
from tools.places import ROOT
from unit.fixtures.programs import HANG, run, wait_until

# The programs of an environment with ansible-rulebook.
BIN = os.environ.get("RULEBOOK_BIN")
if not BIN:
    pytest.skip("they need ansible-rulebook: `make rulebook` installs it", allow_module_level=True)
VERSION = re.search(
    r"ansible-rulebook \[(\d+)\.(\d+)", run([f"{BIN}/ansible-rulebook", "--version"], dict(os.environ)).stdout
)
HAS_FEEDBACK = tuple(map(int, VERSION.groups())) >= (1, 3)
needs_feedback = pytest.mark.skipif(not HAS_FEEDBACK, reason="ansible-rulebook has no feedback before 1.3")
NAMES = sorted(path.stem for path in (ROOT / "extensions" / "eda" / "rulebooks").glob("*.yml"))
WAITING = sorted(
    name for name in NAMES if "feedback: true" in (ROOT / f"extensions/eda/rulebooks/{name}.yml").read_text()
)
PRINT = {"name": "print", "condition": "event.type is defined", "action": {"print_event": {}}}
DAY = 24 * 3600


class Rulebook:
    """ansible-rulebook in a folder of its own. `text` is the output of all of its runs."""

    def __init__(self, folder, url, **environment):
        self.folder, self.output, self.checkpoint = folder, folder / "output", folder / ".cloud66.json"
        self.process, self._events, self._read = None, [], 0
        self.environment = {
            **os.environ,
            "HOME": str(folder),
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "CLOUD66_API_URL": url,
            **environment,
        }
        self.variables = {"drools_db_file_path": str(folder / "drools")}
        (folder / "inventory.yml").write_text("all: {hosts: {localhost: {ansible_connection: local}}}\n")
        self.output.touch()

    def write(self, *rules, **source):
        """Write a rulebook with these rules, and options of the source."""
        options = {"interval": 1, "checkpoint": str(self.checkpoint), **source}
        ruleset = {"name": "test", "hosts": "all", "rules": list(rules)}
        ruleset["sources"] = [{"name": "cloud66", "cloud66.cloud.c66_events": options}]
        (self.folder / "rulebook.yml").write_text(yaml.safe_dump([ruleset]))

    def copy(self, name, **source):
        """Copy a rulebook of the collection as a user does who changes options, here to be quick."""
        text = (ROOT / "extensions" / "eda" / "rulebooks" / f"{name}.yml").read_text(encoding="utf-8")
        (ruleset,) = yaml.safe_load(text.replace("2 minutes", "2 seconds"))
        options = ruleset["sources"][0]["cloud66.cloud.c66_events"]
        options.update(interval=1, checkpoint=str(self.checkpoint), **source)
        if not HAS_FEEDBACK:
            options.pop("feedback", None)
        (self.folder / "rulebook.yml").write_text(yaml.safe_dump([ruleset]))

    def start(self, rulebook="rulebook.yml", *, inventory="inventory.yml"):
        (self.folder / "vars.yml").write_text(yaml.safe_dump(self.variables))
        command = ["-r", rulebook, "-i", inventory, "-e", "vars.yml"]
        self.launch(*command, *(["--persistence-id", "1", "--id", "1"] if HAS_FEEDBACK else []))

    def launch(self, *arguments):
        with open(self.output, "ab") as file:
            self.process = subprocess.Popen(
                [f"{BIN}/ansible-rulebook", *arguments],
                stdout=file,
                stderr=file,
                cwd=self.folder,
                env=self.environment,
            )

    def kill(self, number=signal.SIGKILL):
        """Send a signal to it and its playbooks, which have sessions of their own. Returns the exit status."""
        listed = run(["ps", "-A", "-o", "pid=,ppid="], dict(os.environ)).stdout.splitlines()
        parents = dict(map(int, line.split()) for line in listed)
        running = [self.process.pid]
        for one in running:
            running += [pid for pid, parent in parents.items() if parent == one]
        for one in running:
            with suppress(ProcessLookupError):
                os.kill(one, number)
        return self.process.wait(HANG)

    @property
    def text(self):
        return self.output.read_text(encoding="utf-8", errors="replace")

    def printed(self):
        """The events that the action print_event has printed, in full lines."""
        with open(self.output, "rb") as file:
            file.seek(self._read)
            lines = file.read().rpartition(b"\n")[0].splitlines(keepends=True)
        self._read += sum(map(len, lines))
        printed = [line.strip() for line in lines if line.startswith(b"{'") and line.strip().endswith(b"}")]
        self._events += [ast.literal_eval(line.decode()) for line in printed]
        return self._events

    def until(self, true):
        """Wait for something that it does."""
        wait_until(lambda: true() or self.process.poll() is not None)
        assert true(), self.text

    def until_it_watches(self):
        self.until(self.checkpoint.exists)

    def known(self):
        """The content of the checkpoint."""
        return json.loads(self.checkpoint.read_text(encoding="utf-8"))

    def pending(self):
        return self.known()["pending"]


@pytest.fixture
def rulebook(sim, real_time, tmp_path):
    """A rulebook that reads the simulator, in which everything is quick."""
    made = []

    def call(simulator=sim, token=sim.token, **environment):
        simulator.settings(limit=10**6, action_seconds=0, deploy_seconds=1)
        made.append(Rulebook(tmp_path, simulator.url, CLOUD66_ACCESS_TOKEN=token, **environment))
        return made[0]

    yield call
    for one in made:
        if one.process.poll() is None:
            one.kill()


@pytest.fixture(scope="module")
def fleet():
    """So many stacks that a kill comes while events flow."""
    with running(stacks=60) as simulator:
        simulator.go_by(Clock())
        yield simulator


def change(simulator, **fields):
    """Change all stacks."""
    for stack in simulator.world.stacks:
        stack.update(fields)
        simulator.world.touch(stack["uid"])


def deploy(simulator, failure=None):
    """Deploy a stack, and wait until that has ended. Returns its id."""
    world = simulator.world
    world.deploy_failures[AWESOME_APP] = failure
    world.deploys.ask(world.stack(AWESOME_APP), "jim@example.com", None, None)
    world.deploy_failures[AWESOME_APP] = None
    row = world.deployments[AWESOME_APP][0]
    # The requests of the source let time pass in the simulator.
    wait_until(lambda: row["finished_at"])
    return row["id"]


def uuids(events):
    return [event["meta"]["uuid"] for event in events]


# The rulebooks of the collection


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_token_ends_it_with_a_sentence(rulebook, name):
    book = rulebook(token="wrong-token-4711")
    book.variables["on_call_ip"] = "192.0.2.7"
    is_refused = name in WAITING and not HAS_FEEDBACK
    book.start(f"cloud66.cloud.{name}")
    assert book.process.wait(HANG) == 1
    expected = "feedback needs ansible-rulebook 1.3 or newer" if is_refused else "Cloud 66 answered 401"
    assert expected in book.text
    assert "wrong-token-4711" not in book.text


def test_a_failed_deployment_is_repeated_and_a_broken_stack_rolled_back(rulebook, sim):
    book = rulebook()
    book.copy("failed_deployment")
    book.start()
    book.until_it_watches()
    failed = deploy(sim, failure="Out of disk")
    book.until(lambda: "PLAY RECAP" in book.text)
    change(sim, health=4)
    book.until(lambda: len(sim.writes) == 2)
    again, rollback = (json.loads(write.body) for write in sim.writes)
    assert again["user_reference"] == f"again-{failed}"
    assert rollback["user_reference"] == f"rollback-{failed + 1}"
    assert rollback["git_ref"] == sim.world.deployments[AWESOME_APP][-1]["git_hash"]


def test_people_are_called(rulebook, sim, webhook):
    now = Clock().now()
    sim.world.certificates[AWESOME_APP][0]["expires_at"] = iso(now + 5 * DAY)
    sim.world.add_backup(AWESOME_APP, 1, now=True, db_type="mysql", backup_status=1)
    book = rulebook(NOTIFY_URL=webhook.url)
    # What was before the start is also told.
    book.copy("on_call", since="1h")
    book.start()
    book.until_it_watches()
    deploy(sim, failure="Out of disk")
    change(sim, health=4)

    def kinds():
        return {text for post in webhook.posts for text in WORDS if text in post["text"]}

    book.until(lambda: kinds() == WORDS)
    assert "secret-4711" not in book.text


WORDS = {"is broken", "Deployment", "The backup", "The database", "A certificate"}


def test_an_address_gets_into_a_broken_stack_and_one_with_a_new_server(rulebook, sim):
    book = rulebook()
    book.variables["on_call_ip"] = "192.0.2.7"
    book.copy("firewall_lease")
    book.start()
    book.until_it_watches()
    book.until(lambda: book.known()["state"]["stacks"][AWESOME_APP]["servers"])
    sim.world.add_server(AWESOME_APP, name="Otter")
    sim.world.touch(AWESOME_APP)
    book.until(lambda: len(sim.writes) == 1)
    sim.world.stack(AWESOME_APP)["health"] = 4
    sim.world.touch(AWESOME_APP)
    book.until(lambda: len(sim.writes) == 2)
    assert all(AWESOME_APP in write.path and "192.0.2.7" in write.body for write in sim.writes)


def test_drift_is_planned(rulebook, sim):
    book = rulebook()
    inventory = book.folder / "inventory"
    (inventory / "host_vars").mkdir(parents=True)
    (inventory / "stacks.c66.yml").write_text("plugin: cloud66.cloud.c66\nhosts: stacks\n")
    (inventory / "host_vars" / "awesome_app.yml").write_text("cloud66_fleet_settings: {git.branch: other}\n")
    book.copy("drift")
    book.start(inventory="inventory")
    book.until_it_watches()
    sim.world.stack(AWESOME_APP)["maintenance_mode"] = True
    sim.world.touch(AWESOME_APP)
    plan = book.folder / "fleet-plan.json"
    book.until(plan.exists)
    assert list(json.loads(plan.read_text())["stacks"]) == ["awesome_app"]
    assert sim.writes == []


# The source


def test_events_of_all_kinds_arrive(rulebook, sim):
    """The token is a variable of the rulebook."""
    book = rulebook(token="")
    book.variables["my_token"] = sim.token
    now = Clock().now()
    sim.world.certificates[AWESOME_APP][0]["expires_at"] = iso(now + 5 * DAY)
    sim.world.add_backup(AWESOME_APP, 1, now=True, db_type="mysql", backup_status=1)
    kinds = ["deployments", "actions", "status", "health", "backups", "certificates", "drift"]
    book.write(
        PRINT,
        api_token="{{ my_token }}",
        stacks=[AWESOME_APP],
        events=kinds,
        since="1h",
        backup_max_age="26h",
        feedback=HAS_FEEDBACK,
    )
    book.start()
    book.until_it_watches()
    deploy(sim)
    deploy(sim, failure="Out of disk")
    sim.world.remove_server(sim.world.servers[AWESOME_APP][0]["uid"])
    sim.world.add_server(AWESOME_APP, name="Otter")
    sim.world.stack(AWESOME_APP).update(health=4, maintenance_mode=True)
    sim.world.touch(AWESOME_APP)
    expected = {
        *("deployment_began", "deployment_ended", "deployment_failed", "action_began", "action_ended", "action_failed"),
        *("status_changed", "health_changed", "maintenance_changed", "server_added", "server_removed"),
        *("backup_failed", "backup_missing", "certificate_ending"),
    }
    book.until(lambda: {event["type"] for event in book.printed()} == expected)
    found = book.printed()
    assert len(set(uuids(found))) == len(found)
    assert {event["stack"]["uid"] for event in found} == {AWESOME_APP}
    assert {event["meta"]["source"]["name"] for event in found} == {"cloud66"}
    assert sim.token not in book.text


@needs_feedback
def test_after_a_kill_every_event_comes_at_least_once(rulebook, fleet):
    book = rulebook(fleet)
    change(fleet, health=3)
    book.write(PRINT, events=["health"], feedback=True)
    book.start()
    book.until_it_watches()
    expected, earlier = set(), set()
    for health, word in ((4, "broken"), (2, "partial")):
        change(fleet, health=health)
        expected |= {(stack["uid"], word) for stack in fleet.world.stacks}
        if book.process.poll() is not None:
            book.start()
        book.until(
            lambda health=health: {one["row"]["health"] for one in book.known()["state"]["stacks"].values()} == {health}
        )
        before = len(book.printed())
        book.until(lambda before=before: len(book.printed()) > before)
        book.kill()
        assert book.pending(), "it was killed too late"
        # Those that are pending may have come before.
        earlier |= set(uuids(book.pending()))
    before = len(book.printed())
    book.start()
    book.until(lambda: {(event["stack"]["uid"], event["after"]) for event in book.printed()} == expected)
    book.until(lambda: not book.pending())
    found = book.printed()
    assert len(set(uuids(found))) == len(expected), "the same change has the same UUID"
    assert {event["repeated"] for event in found[before:] if event["meta"]["uuid"] in earlier} == {True}
    # A kill repeats only what the rulebook had not accepted, and the action that was running.
    assert max(Counter(uuids(found)).values()) <= 2
    assert len(found) <= len(expected) + 2 * 2


@pytest.mark.parametrize("feedback", [True, False])
def test_after_a_stop_without_events_on_the_way_each_comes_exactly_once(rulebook, sim, feedback):
    if feedback and not HAS_FEEDBACK:
        pytest.skip("ansible-rulebook has no feedback before 1.3")
    book = rulebook()
    book.write(PRINT, events=["health"], feedback=feedback)
    for health, count in ((4, 3), (2, 6)):
        if book.process:
            # While it is stopped.
            change(sim, health=2)
        book.start()
        if count == 3:
            book.until_it_watches()
            change(sim, health=health)
        book.until(lambda count=count: len(book.printed()) == count and not book.pending())
        assert book.kill(signal.SIGTERM) != 0
    found = book.printed()
    assert len(set(uuids(found))) == len(found) == 6
    assert not any(event["repeated"] for event in found)


# Automation Platform


@needs_feedback
def test_automation_platform_passes_the_token_in_the_environment(rulebook, sim):
    """Its server sends the rulebook, variables, and what the credential type injects, over a WebSocket."""
    book = rulebook(token="")
    book.write(PRINT, events=["health"])
    type_file = ROOT / "extensions" / "awx" / "credential_type.yml"
    names = yaml.safe_load(type_file.read_text(encoding="utf-8"))["injectors"]["env"]
    token = VaultLib().encrypt(sim.token, VaultSecret(b"of the server"), "EDA").decode()
    passwords = [{"type": "VaultPassword", "label": "EDA", "password": "of the server"}]
    messages = [
        {"type": "Rulebook", "data": encoded((book.folder / "rulebook.yml").read_text())},
        {"type": "VaultCollection", "data": passwords},
        {"type": "EnvVars", "data": encoded(yaml.safe_dump(dict(zip(names, [token, ""], strict=True))))},
        {"type": "EndOfResponse"},
    ]
    with server_of_automation_platform(messages) as url:
        book.launch("--worker", "--websocket-url", url, "--id", "1", "-vv")
        book.until_it_watches()
        change(sim, health=4)
        book.until(lambda: len(book.printed()) == 3)
        # Otherwise the server waits for it.
        book.kill()
    assert sim.token not in book.text


def encoded(text):
    return base64.b64encode(text.encode()).decode()


@contextmanager
def server_of_automation_platform(messages):
    """What sends a rulebook to run. Yields its URL."""

    async def answer(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if json.loads(message.data)["type"] == "Worker":
                for one in messages:
                    await socket.send_json(one)
        return socket

    async def serve():
        app = web.Application()
        app.add_routes([web.get("/", answer)])
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        await asyncio.to_thread(end.wait)
        await runner.cleanup()

    end, listening = threading.Event(), create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        yield f"ws://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        end.set()
        thread.join()
