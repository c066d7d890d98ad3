# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task has the same result in the worker and in a process, with any keywords.

With typical modules; tests/unit/house/test_examples.py compares one example of each module.
"""

from __future__ import annotations

import json

from simulator import running
from unit.fixtures.ways import WAYS, differences, shared

GOOD = {
    "c66_device": {"user_id": 18, "device_token": "wertqy", "device_type": "ios", "sub_type": "iphone"},
    "c66_server_info": {"stack": "Storefront", "role": "web"},
}


class Pairs:
    """Tasks that are run in both ways, each time with the simulator in its initial state."""

    def __init__(self, play):
        self.play, self.tasks, self.names = play, [], []

    def add(self, name, module, arguments, sim=None, **keywords):
        self.names.append(name)
        for way, in_worker in WAYS.items():
            task = {f"cloud66.cloud.{module}": arguments, "ignore_errors": True, **keywords}
            task["vars"] = {"sim": sim or {}, "cloud66_in_worker": in_worker}
            self.tasks.append({"name": f"{name}, {way}", **task})

    def run(self, **options):
        """Run the playbook. Returns it with the differences between the ways, by task."""
        playbook = self.play(*self.tasks, **options)
        different = {}
        for name in self.names:
            worker, process = (outcome(playbook, name, way) for way in WAYS)
            different.update(differences(name, worker, process))
        assert {way: {playbook[f"{name}, {way}"].way for name in self.names} for way in WAYS} == {
            way: {way} for way in WAYS
        }
        return playbook, different


def outcome(playbook, name, way):
    task = playbook[f"{name}, {way}"]
    retries = [line["result"] for line in playbook.lines if line["event"] == "retry" and line["name"] == task.name]
    return {
        "event": task.event,
        "result": shared(task.result),
        "retries": [shared(result) for result in retries],
        "requests": task.requests,
    }


def keyword_cases(pairs, module, good, folder):
    """Keywords that users add to a task, and ways in which Cloud 66 may answer."""
    connection = pairs.play.connection
    without = {"api_retries": 0, **good}
    full = {**connection, **good}
    token_file = folder / "token.json"
    token_file.write_text(json.dumps({"access_token": connection["api_token"]}), encoding="utf-8")
    token_file.chmod(0o644)
    account = {"CLOUD66_ACCESS_TOKEN": connection["api_token"], "CLOUD66_API_URL": connection["api_url"]}

    pairs.add("success", module, full)
    pairs.add("check mode", module, full, check_mode=True, diff=True)
    pairs.add("diff", module, full, diff=True, changed_when=True)
    pairs.add("an unknown option", module, {**full, "colour": "red", "access_token": connection["api_token"]})
    pairs.add("an option and its alias", module, {**full, "access_token": connection["api_token"]})
    pairs.add("environment", module, without, environment=[account, {"CLOUD66_ACCOUNT_ID": "139"}])
    pairs.add(
        "a proxy of the environment",
        module,
        {**full, "api_url": "http://nowhere.localhost:1/api/3"},
        environment={"http_proxy": pairs.play.sim.origin},
    )
    pairs.add(
        "a path with a variable of the environment, and two warnings",
        module,
        {**without, "api_url": connection["api_url"], "token_file": "$FOLDER/token.json", "validate_certs": False},
        environment={"FOLDER": str(folder)},
    )
    pairs.add("failed_when", module, full, failed_when="result.changed is defined", register="result", no_log=True)
    once = {"faults": {"kind": "html", "times": 1}}
    pairs.add("until", module, full, once, until="it is not failed", register="it", retries=2, delay=0)
    pairs.add("loop", module, {**full, "account_id": "{{ item }}"}, loop=[139], loop_control={"label": "one"})
    pairs.add("forbidden", module, full, {"faults": {"kind": "status", "status": 403}})
    pairs.add("throttled", module, full, {"faults": {"kind": "throttled", "retry_after": 3600}})


def validation_cases(pairs, module, good):
    """Invalid options and settings, which are the same for all modules."""
    full = {**pairs.play.connection, **good}
    account = {"CLOUD66_ACCESS_TOKEN": full["api_token"], "CLOUD66_API_TIMEOUT": "long"}
    pairs.add("a wrong type", module, {**full, "account_id": "many"})
    pairs.add("an invalid setting", module, {**full, "api_timeout": 0})
    pairs.add("an invalid variable", module, good, environment=account)
    for status in (401, 404):
        pairs.add(f"error {status}", module, full, {"faults": {"kind": "status", "status": status}})
    pairs.add("a warning of Cloud 66", module, full, {"settings": {"warning": "Deprecated soon"}})


def test_a_device(play, tmp_path):
    pairs = Pairs(play)
    keyword_cases(pairs, "c66_device", GOOD["c66_device"], tmp_path)
    validation_cases(pairs, "c66_device", GOOD["c66_device"])
    existing = {**play.connection, "user_id": 4, "device_token": "jims-phone"}
    pairs.add("update", "c66_device", {**existing, "sub_type": "ipad"}, diff=True)
    pairs.add("remove", "c66_device", {**existing, "state": "absent"}, diff=True)
    pairs.add("a wrong choice", "c66_device", {**existing, "sub_type": "fridge"})
    pairs.add("a required option is missing", "c66_device", {**play.connection, "device_token": "long-secret-4711"})
    pairs.add("two mistakes", "c66_device", {**existing, "user_id": "jim", "sub_type": "fridge"})
    playbook, different = pairs.run()
    assert not different, different
    assert playbook["success, worker"].result["changed"]
    assert playbook["update, worker"].result["diff"]["after"]["sub_type_name"] == "ipad"


def test_servers(play, tmp_path):
    pairs = Pairs(play)
    keyword_cases(pairs, "c66_server_info", GOOD["c66_server_info"], tmp_path)
    pairs.add("no such stack", "c66_server_info", {**play.connection, "stack": "x"})
    playbook, different = pairs.run()
    assert not different, different
    assert len(playbook["success, worker"].result["servers"]) == 1


def test_a_failure_after_a_write_reports_what_was_done(play):
    pairs = Pairs(play)
    stack = {**play.connection, "stack": "Awesome App"}
    pairs.add(
        "state",
        "c66_device",
        {**play.connection, **GOOD["c66_device"]},
        {"faults": {"kind": "status", "status": 502, "method": "GET", "skip": 1}},
    )
    pairs.add(
        "values",
        "c66_env_var",
        {**stack, "env_vars": {"LOG_LEVEL": "debug"}, "purge": True},
        {"faults": {"kind": "status", "status": 400, "method": "DELETE", "path": "*API_SECRET"}},
    )
    failing = {"settings": {"action_failure": "The agent is away", "deploy_failure": "The agent is away"}}
    pairs.add("command", "c66_stack_action", {**stack, "command": "restart"}, failing)
    pairs.add("deploy", "c66_deployment", {**stack, "user_reference": "pipeline-17"}, failing)
    playbook, different = pairs.run()
    # Waiting takes another number of requests each time.
    assert [name for name in different if "/requests" not in name] == []
    for name in pairs.names:
        task = playbook[f"{name}, worker"]
        assert (task.event, task.result["changed"]) == ("failed", True), (name, task.result)
    assert playbook["values, worker"].result["changes"]["changed"] == ["LOG_LEVEL"]
    assert playbook["command, worker"].result["action"]["finished_success"] is False


def test_a_task_that_exceeds_its_timeout(play):
    """In the worker it ends at once and leaves nothing behind. Ansible lets the process of a module continue."""
    slow = {"kind": "slow_headers", "seconds": 1000}
    with running() as simulator:
        simulator.fault(path="/stacks/*/servers", **slow)
        simulator.fault(path="/users/*", **slow)
        connection = {**play.connection, "api_url": simulator.url, "api_timeout": 20}
        cases = {"one": ("c66_device", GOOD["c66_device"]), "side by side": ("c66_server_info", {})}
        tasks = [
            {
                "name": f"{name}, {way}",
                f"cloud66.cloud.{module}": {**connection, **arguments},
                "timeout": 1,
                "ignore_errors": True,
                "vars": {"cloud66_in_worker": WAYS[way]},
            }
            for name, (module, arguments) in cases.items()
            for way in WAYS
        ]
        playbook = play(*tasks)
        assert simulator.writes == []
    for name in cases:
        worker, process = (playbook[f"{name}, {way}"].result for way in WAYS)
        assert worker == process
        assert "1" in worker["msg"]
