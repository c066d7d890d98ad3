# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source as ansible-rulebook runs it: as a script, with a queue, cancelled or killed at any time."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import runpy
import shutil
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.engine import watch
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.watch_options import OWN
from tools.places import IN_COLLECTIONS, ROOT, collections_path
from unit.fixtures.programs import HANG, run, wait_until

EDA = IN_COLLECTIONS / "extensions" / "eda"
SOURCE = collections_path() / EDA / "plugins" / "event_source" / "c66_events.py"
RULEBOOKS = sorted((ROOT / "extensions" / "eda" / "rulebooks").glob("*.yml"))
THREAD = "cloud66-events"
HEALTHS = (4, 2, 3, 4, 3)


@pytest.fixture
def main():
    # Ansible's import hook, which no rulebook has, would take a path in a collection for its own.
    return runpy.run_path(str(ROOT / SOURCE.relative_to(collections_path() / IN_COLLECTIONS)))["main"]


@pytest.fixture
def args(sim, tmp_path):
    # Enough requests for a round each second.
    sim.settings(limit=10**6)
    checkpoint = str(tmp_path / "checkpoint.json")
    return {"api_url": sim.url, "api_token": sim.token, "interval": 1, "checkpoint": checkpoint, "events": ["health"]}


@pytest.fixture
def break_all(sim):
    """Change the health of all stacks."""

    def call(health=4):
        for stack in sim.world.stacks:
            stack["health"] = health
            sim.world.touch(stack["uid"])

    return call


async def stopped(task):
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def first_round(args):
    """Wait until the first round has been written."""
    while not os.path.exists(args["checkpoint"]):
        await asyncio.sleep(0.01)


def summary(events):
    return [(event["stack"]["name"], event["after"]) for event in events]


def played(coroutine):
    """Run a test's coroutine, in which nothing may hang."""
    return asyncio.run(asyncio.wait_for(coroutine, HANG))


def test_events_arrive_until_the_task_is_cancelled(main, args, break_all):
    async def scene():
        queue = asyncio.Queue()
        task = asyncio.create_task(main(queue, args))
        await first_round(args)
        break_all()
        found = [await queue.get() for _stack in range(3)]
        assert THREAD in [thread.name for thread in threading.enumerate()]
        await stopped(task)
        return found

    found = played(scene())
    assert summary(found) == [("Awesome App", "broken"), ("Storefront", "broken"), ("Ledger", "broken")]
    assert {event["repeated"] for event in found} == {False}
    wait_until(lambda: THREAD not in [thread.name for thread in threading.enumerate()])
    assert stat.S_IMODE(os.stat(args["checkpoint"]).st_mode) == 0o600
    assert args["api_token"] not in Path(args["checkpoint"]).read_text(encoding="utf-8")


@pytest.mark.parametrize("taken", [0, 1, 2, 3])
def test_after_a_clean_stop_each_event_comes_exactly_once(main, args, break_all, taken):
    """The queue holds one event, and the rulebook takes some of them before it is stopped."""

    async def until_stopped():
        queue, found = asyncio.Queue(1), []
        task = asyncio.create_task(main(queue, args))
        await first_round(args)
        break_all()
        found += [await queue.get() for _event in range(taken)]
        while not queue.full() and taken < 3:
            await asyncio.sleep(0.01)
        await stopped(task)
        # What is in the queue is the rulebook's.
        return found + ([] if queue.empty() else [queue.get_nowait()])

    async def afterwards(count):
        queue = asyncio.Queue()
        task = asyncio.create_task(main(queue, args))
        found = [await queue.get() for _event in range(count)]
        break_all(2)
        found += [await queue.get() for _event in range(3)]
        await stopped(task)
        return found

    first = played(until_stopped())
    second = played(afterwards(3 - len(first)))
    assert sorted(summary(first + second[:-3])) == [(n, "broken") for n in ("Awesome App", "Ledger", "Storefront")]
    assert [after for _name, after in summary(second[-3:])] == ["partial"] * 3
    # They may have come before, as far as a new process knows.
    assert [event["repeated"] for event in second] == [True] * (3 - len(first)) + [False] * 3


def test_after_a_kill_each_event_has_come_at_least_once(main, args, break_all, tmp_path):
    """The files at all times at which a kill can come, beginning with the first event."""
    copies = []

    class Queue(asyncio.Queue):
        async def put(self, item):
            copies.append((len(seen), shutil.copy(args["checkpoint"], tmp_path / f"{len(copies)}.json")))
            await super().put(item)
            seen.append(item)
            copies.append((len(seen), shutil.copy(args["checkpoint"], tmp_path / f"{len(copies)}.json")))

    seen = []

    async def whole():
        queue = Queue()
        task = asyncio.create_task(main(queue, args))
        await first_round(args)
        for number, health in enumerate(HEALTHS, 1):
            break_all(health)
            while len(seen) < 3 * number:
                await asyncio.sleep(0.01)
        await stopped(task)

    async def restarted(checkpoint, count):
        queue = asyncio.Queue()
        task = asyncio.create_task(main(queue, {**args, "checkpoint": checkpoint}))
        found = [await queue.get() for _event in range(count)]
        await stopped(task)
        return found

    played(whole())
    every = [event["meta"]["uuid"] for event in seen]
    assert len(set(every)) == len(every) == 3 * len(HEALTHS)
    # Killed during the last events: Cloud 66 has not changed since.
    for count, copy in copies[-6:]:
        pending = json.loads(Path(copy).read_text(encoding="utf-8"))["pending"]
        assert pending or count == len(every)
        again = played(restarted(copy, len(pending)))
        assert set(every[:count]) | {event["meta"]["uuid"] for event in again} == set(every)
        assert all(event["repeated"] for event in again)


def test_a_killed_process_loses_nothing(main, args, sim, break_all, real_time, tmp_path):
    """It prints the events that it has processed, and is killed while others are on the way."""
    script = tmp_path / "rulebook.py"
    script.write_text(
        "import asyncio, json, runpy, sys\n"
        f"main = runpy.run_path({str(SOURCE)!r})['main']\n"
        "async def play(args):\n"
        "    queue, args['eda_feedback_queue'] = asyncio.Queue(1), asyncio.Queue(1)\n"
        "    task = asyncio.ensure_future(main(queue, args))\n"
        "    while True:\n"
        "        event = await queue.get()\n"
        "        print(json.dumps(event), flush=True)\n"
        "        await args['eda_feedback_queue'].put(event)\n"
        "        await asyncio.sleep(0.3)\n"
        "asyncio.run(play(json.loads(sys.argv[1])))\n",
        encoding="utf-8",
    )
    output = tmp_path / "output"

    def start():
        command = [sys.executable, str(script), json.dumps({**args, "feedback": True})]
        with open(output, "ab") as file:
            return subprocess.Popen(command, stdout=file, env=dict(os.environ))

    def events():
        return [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]

    process = start()
    wait_until(lambda: os.path.exists(args["checkpoint"]))
    break_all()
    wait_until(events)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(events()) < 3
    break_all(2)
    process = start()
    wait_until(lambda: len({event["meta"]["uuid"] for event in events()}) == 6)
    process.kill()
    process.wait()
    assert len(events()) <= 7, "one may have come twice"


def test_feedback_is_waited_for(main, args, break_all, monkeypatch, caplog):
    monkeypatch.setattr(watch, "PATIENCE", 0.1)

    async def scene():
        queue, feedback = asyncio.Queue(), asyncio.Queue(1)
        task = asyncio.create_task(main(queue, {**args, "feedback": True, "eda_feedback_queue": feedback}))
        await first_round(args)
        break_all()
        event = await queue.get()
        await asyncio.sleep(0.5)
        assert queue.empty()
        assert pending() == 3
        await feedback.put({"meta": {"uuid": "of another event"}})
        await feedback.put(event)
        await queue.get()
        assert pending() == 2
        await stopped(task)
        assert pending() == 2

    def pending():
        return len(json.loads(Path(args["checkpoint"]).read_text(encoding="utf-8"))["pending"])

    played(scene())
    assert "Still waiting for the rulebook to accept event" in caplog.text


def test_feedback_is_read_wherever_the_rulebook_gives_it(main, args, break_all):
    """ansible-rulebook takes any text for true, and then waits until its feedback is read."""

    async def scene():
        queue, feedback = asyncio.Queue(), asyncio.Queue(1)
        task = asyncio.create_task(main(queue, {**args, "feedback": "false", "eda_feedback_queue": feedback}))
        await first_round(args)
        break_all()
        for _event in range(3):
            await feedback.put(await queue.get())
        await stopped(task)

    played(scene())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"api_token": "wrong-token-4711"}, "Cloud 66"),
        ({"feedback": True}, "feedback needs ansible-rulebook 1.3"),
        ({"interval": "often"}, "interval must be a whole number."),
    ],
)
def test_what_does_not_pass_by_itself_ends_the_source(main, args, wrong, message, caplog):
    caplog.set_level(logging.DEBUG, "cloud66")
    with pytest.raises(Cloud66Error) as error:
        played(main(asyncio.Queue(), {**args, **wrong}))
    assert message in str(error.value)
    assert "wrong-token-4711" not in str(error.value) + caplog.text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not JSON. Correct it, or delete it to start from now on."),
        ("[]", "was not written by this version of c66_events."),
        ('{"version": 0, "state": {"stacks": {}, "read_at": 1}, "pending": []}', "was not written by this version"),
        ('{"version": 1, "state": {}, "pending": []}', "was not written by this version"),
        ('{"version": 1, "state": {"stacks": {"x": {}}, "read_at": 1}, "pending": []}', "was not written by this"),
        ('{"version": 1, "state": {"stacks": {}, "read_at": 1}, "pending": [{}]}', "was not written by this version"),
        (None, "cannot be read: Is a directory."),
    ],
)
def test_a_checkpoint_that_cannot_be_used(main, args, content, message):
    if content is None:
        os.mkdir(args["checkpoint"])
    else:
        with open(args["checkpoint"], "w", encoding="utf-8") as file:
            file.write(content)
    # It is not in use after that.
    for _try in range(2):
        with pytest.raises(Cloud66Error) as error:
            played(main(asyncio.Queue(), args))
        assert message in str(error.value)


@pytest.mark.parametrize("error", [RuntimeError, SystemExit])
def test_any_error_in_the_thread_ends_the_source_without_a_secret(main, args, monkeypatch, error):
    def run(_watch, _deliver):
        raise error(f"It fails with {args['api_token']}")

    monkeypatch.setattr(watch.Watch, "run", run)
    with pytest.raises(Cloud66Error) as raised:
        played(main(asyncio.Queue(), args))
    assert str(raised.value) == "It fails with ********"
    assert raised.value.__suppress_context__


def test_two_sources_cannot_share_a_checkpoint(main, args):
    """After the end of the first, another can use it."""

    async def scene():
        first = asyncio.create_task(main(asyncio.Queue(), args))
        await first_round(args)
        with pytest.raises(Cloud66Error, match="is in use"):
            await main(asyncio.Queue(), args)
        await stopped(first)
        second = asyncio.create_task(main(asyncio.Queue(), args))
        await asyncio.wait({second}, timeout=0.5)
        assert not second.done()
        await stopped(second)

    played(scene())


def test_a_checkpoint_that_cannot_be_written_any_more_is_logged(main, args, break_all, monkeypatch, caplog):
    def full(*_args):
        raise OSError(28, "No space left on device")

    async def scene():
        queue = asyncio.Queue()
        task = asyncio.create_task(main(queue, args))
        await first_round(args)
        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", full)
            break_all()
            found = [await queue.get() for _stack in range(3)]
        await stopped(task)
        return found

    assert len(summary(played(scene()))) == 3
    assert "cannot be written: No space left on device." in caplog.text
    assert sorted(os.listdir(os.path.dirname(args["checkpoint"]))) == ["checkpoint.json", "checkpoint.json.lock"]


def test_it_needs_no_ansible(tmp_path):
    script = (
        "import asyncio, runpy, sys\n"
        "sys.modules['ansible'] = None\n"
        f"main = runpy.run_path({str(SOURCE)!r})['main']\n"
        "asyncio.run(main(asyncio.Queue(), {'interval': 0}))\n"
    )
    done = run([sys.executable, "-c", script], env={"PATH": os.environ["PATH"]}, cwd=tmp_path)
    assert done.stderr.splitlines()[-1].endswith("Cloud66Error: interval must be at least 1, not 0.")


def test_the_documentation_has_all_options_and_their_defaults(main):
    documented = yaml.safe_load(runpy.run_path(main.__code__.co_filename)["DOCUMENTATION"])["options"]
    assert set(documented) == set(OWN)
    options = watch.Options.of({})
    assert documented["interval"]["default"] == options.interval
    assert tuple(documented["events"]["default"]) == options.rules.kinds
    assert documented["certificate_days"]["default"] == options.rules.certificate_days


def test_ansible_doc_reads_the_documentation(tmp_path):
    command = ["ansible-doc", "-M", str(SOURCE.parent), "--json", "c66_events"]
    done = run(command, env=dict(os.environ), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["c66_events"]
    assert {"api_token", "stacks", "checkpoint"} <= set(found["doc"]["options"])
    assert yaml.safe_load(found["examples"])[0]["sources"]


# Rulebooks

PAGE = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
TEXTS = [path.read_text(encoding="utf-8") for path in RULEBOOKS]
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
TEXTS += [text for text in BLOCKS if "sources:" in text]
ACTIONS = {"run_playbook", "run_job_template", "debug"}


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: re.search(r"name: (.*)", text)[1])
def test_a_rulebook_uses_what_exists(text):
    for ruleset in yaml.safe_load(text):
        for source in ruleset["sources"]:
            watch.Options.of(source["cloud66.cloud.c66_events"])
        for rule in ruleset["rules"]:
            ((kind, values),) = rule["action"].items()
            assert kind in ACTIONS
            if kind == "run_playbook":
                assert (ROOT / "playbooks" / f"{values['name'].removeprefix('cloud66.cloud.')}.yml").is_file()


def test_the_page_launches_a_job_template_that_the_role_creates():
    """The variables are questions of its survey: AWX ignores others."""
    declared = DataLoader().load_from_file(str(ROOT / "roles" / "awx" / "vars" / "main.yml"))["awx__objects"]
    templates = {one["name"].replace("{{ awx_prefix }}", "Cloud 66"): one for one in declared if isinstance(one, dict)}
    (ruleset,) = yaml.safe_load(TEXTS[-1])
    (rule,) = ruleset["rules"]
    job = rule["action"]["run_job_template"]
    (survey,) = [one["survey_spec"] for one in templates[job["name"]]["options"] if "survey_spec" in one]
    asked = {question["variable"] for question in survey["spec"]}
    assert set(job["job_args"]["extra_vars"]) <= asked
