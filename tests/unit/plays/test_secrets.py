# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret is shown, stored or logged, at any verbosity, whichever way a task runs and ends."""

from __future__ import annotations

import json

import pytest
from simulator import running
from unit.fixtures.collection import APPLICATION, MODULES, example_files
from unit.fixtures.secrets import APP_SECRET, DEMO, LONG, PASSWORD, PUBLIC, SECRETS, VARIABLE, shown, with_secrets

WAYS = {"worker": True, "process": False}
DEVICE = {"user_id": 18, "device_type": "ios", "sub_type": "iphone"}
FAULTS = {
    "401": {"kind": "status", "status": 401, "description": "ECHO"},
    "404": {"kind": "status", "status": 404},
    "400": {"kind": "status", "status": 400, "details": {"token": ["ECHO"]}},
    "html": {"kind": "html"},
    "cut": {"kind": "cut"},
    "reset": {"kind": "reset"},
    "throttled": {"kind": "throttled"},
}
# With every kind of error. The other modules are tried with the error that has the most text.
TYPICAL = ("c66_device", "c66_oauth_token")
LOUD = ("-vvvvv", "--diff", "-e")


class SecretPlays:
    """Plays at the highest verbosity with all possible files kept, and with the secrets in a file."""

    def __init__(self, play, tmp_path):
        self.play, self.tasks = play, []
        self.extra = tmp_path / "extra.json"
        self.extra.write_text(json.dumps({"s": VARIABLE}), encoding="utf-8")
        self.folder = tmp_path

    def add(self, name, module, arguments, fault=None, reset=True, **keywords):
        """Add a task that may fail, usually after a reset of the simulator."""
        connection = {"api_url": self.play.sim.url, "api_retries": 0}
        task = {"name": name, f"cloud66.cloud.{module}": {**connection, **arguments}, "ignore_errors": True, **keywords}
        if reset:
            first_state = {"settings": {"action_seconds": 0}, **({"faults": fault} if fault else {})}
            task["vars"] = {**task.get("vars", {}), "sim": first_state}
        self.tasks.append(task)

    def run(self, way, **environment):
        """Run the playbook, and check all its output and files for secrets."""
        log = {"ANSIBLE_LOG_PATH": str(self.folder / way / "log")}
        cache = {
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(self.folder / way / "cache"),
        }
        (self.folder / way).mkdir()
        plays = [
            {"hosts": "localhost", "gather_facts": False, "vars": {"cloud66_in_worker": WAYS[way]}, "tasks": self.tasks}
        ]
        files = {path.name: path.read_text(encoding="utf-8") for path in example_files()}
        playbook = self.play(plays=plays, options=(*LOUD, f"@{self.extra}"), files=files, **log, **cache, **environment)
        kept = [path.read_text(encoding="utf-8") for path in (self.folder / way).rglob("*") if path.is_file()]
        text = "\n".join([playbook.everything(), *kept])
        assert "cloud66.cloud" in (self.folder / way / "log").read_text(encoding="utf-8")
        assert not shown(text)
        assert {task.way for task in playbook.tasks if task.name != "used"} == {way}
        return playbook


@pytest.fixture
def secret_plays(play, tmp_path):
    return SecretPlays(play, tmp_path)


@pytest.mark.parametrize("way", WAYS)
def test_every_module_on_success_and_on_errors(secret_plays, way):
    """In processes, which are slow, only with an error that contains texts of the server and of the user."""
    for module in MODULES:
        options, variables, has_secrets = with_secrets(module)
        if not (WAYS[way] or has_secrets):
            continue
        if WAYS[way] or module in TYPICAL:
            secret_plays.add(f"{module} success", module, options, vars=variables)
            wrong = {**options, "api_tokn": "{{ s.DEMO }}", "access_token": "{{ s.DEMO }}"}
            secret_plays.add(f"{module} option", module, wrong, vars=variables)
        for name, fault in FAULTS.items():
            if name == "400" or (WAYS[way] and module in TYPICAL):
                # Faults whose answers repeat the secrets of the request.
                echoed = json.dumps(fault).replace("ECHO", f"{DEMO} {LONG}" if has_secrets else DEMO)
                secret_plays.add(f"{module} {name}", module, options, json.loads(echoed), vars=variables)
    playbook = secret_plays.run(way, **APPLICATION)
    wrong = {
        task.name for task in playbook.tasks if task.event != ("ok" if task.name.endswith("success") else "failed")
    }
    # The doctor does not fail, there is no gateway to open, and the secret is no URL. A code does not work twice.
    other = {"c66_doctor_info 400", "c66_gateway success", "c66_backup success"}
    assert wrong - other == {"c66_oauth_token success"}


@pytest.mark.parametrize("way", WAYS)
def test_tokens_from_every_source(secret_plays, tmp_path, way):
    (tmp_path / "kept.json").write_text(
        json.dumps({"app_id": "x", "app_secret": APP_SECRET, "token": DEMO}), encoding="utf-8"
    )
    device = {**DEVICE, "device_token": "{{ s.SHORT }}"}
    secret_plays.add("file", "c66_device", {**device, "token_file": str(tmp_path / "kept.json")})
    secret_plays.add("toolbelt", "c66_device", {**device, "api_token": "{{ s.AS_TOOLBELT }}"})
    secret_plays.add("variable", "c66_device", device)
    secret_plays.add("wrong", "c66_device", {**device, "api_token": "{{ s.WRONG }}"})
    if WAYS[way]:
        # In a process, Ansible itself shows the value of the keyword.
        variable = {"CLOUD66_ACCESS_TOKEN": "{{ s.WRONG }}"}
        secret_plays.add("keyword", "c66_device", device, environment=variable)
        proxy = f"http://me:{PASSWORD}@{secret_plays.play.sim.origin.partition('//')[2]}"
        secret_plays.add("proxy", "c66_device", {**device, "proxy": proxy})
    secret_plays.add("no proxy", "c66_device", {**device, "proxy": f"http://me:{PASSWORD}@127.0.0.1:1"})
    secret_plays.add("bad proxy", "c66_stack_info", {"proxy": f"ftp://me:{PASSWORD}@127.0.0.1:1", "account_id": "x"})
    # Without pipelining, modules use temporary files.
    playbook = secret_plays.run(way, CLOUD66_ACCESS_TOKEN=PUBLIC, ANSIBLE_PIPELINING="false")
    assert {name: playbook[name].result.get("status") for name in ("toolbelt", "variable", "wrong")} == {
        "toolbelt": 403,
        "variable": 403,
        "wrong": 401,
    }


@pytest.mark.parametrize("way", WAYS)
def test_device_tokens_of_any_length(secret_plays, way):
    """A short one is left out by name, and hides no id, count or code."""
    refused = [
        {"kind": "status", "status": 404, "method": "PUT"},
        {"kind": "status", "status": 422, "method": "DELETE", "details": {"token": ["is not good"]}},
    ]
    names = ("SHORT", "LONG") if WAYS[way] else ("SHORT",)
    for name in names:
        device = {**DEVICE, "api_token": "{{ s.DEMO }}", "device_token": f"{{{{ s.{name} }}}}"}
        secret_plays.add(f"{name} new", "c66_device", device, refused)
        secret_plays.add(f"{name} existing", "c66_device", device, reset=False)
        secret_plays.add(f"{name} PUT", "c66_device", {**device, "sub_type": "ipad"}, reset=False)
        secret_plays.add(f"{name} DELETE", "c66_device", {**device, "state": "absent"}, reset=False)
    secret_plays.add("4", "c66_device", {**DEVICE, "api_token": "{{ s.DEMO }}", "device_token": "1"})
    playbook = secret_plays.run(way)
    ends = {
        f"{name} {end}": playbook[f"{name} {end}"].event
        for name in names
        for end in ("new", "existing", "PUT", "DELETE")
    }
    assert ends == {name: "ok" if name.endswith(("new", "existing")) else "failed" for name in ends}
    result = playbook["4"].result
    assert result["device"]["device_type"] == 1
    assert result["diff"]["after"] == {
        "device_type": 1,
        "device_type_name": "ios",
        "sub_type": 1,
        "sub_type_name": "iphone",
    }
    assert result["api"]["rate_limit"]["limit"] == 3000
    assert result["invocation"]["module_args"]["user_id"] == 18


@pytest.mark.parametrize("way", WAYS)
def test_revealed_secrets_are_only_in_register(secret_plays, way):
    token = {"api_token": "{{ s.DEMO }}"}
    key = {**token, "stack": "Awesome App", "server": "Caribou", "include_private_key": True}
    has_key = "'PRIVATE KEY-----' in {}.servers[0].ssh_private_key"
    secret_plays.add("key", "c66_server_info", key, register="key")
    secret_plays.add("keys", "c66_server_info", {**key, "server": "{{ item }}"}, loop=["Caribou"], register="keys")
    waiting = {"register": "late", "until": "late.attempts > 1", "retries": 1, "delay": 0}
    secret_plays.add("late", "c66_server_info", key, **waiting)
    secret_plays.add("devices", "c66_device_info", {**token, "user_id": 4, "include_token": True}, register="devices")
    secrets = {**token, "path": "/users/4", "include_secrets": True}
    secret_plays.add("secrets", "c66_api", secrets, register="secrets")
    secret_plays.add("failed", "c66_server_info", {**key, "stack": "Nowhere"})
    facts = [has_key.format("key"), has_key.format("keys.results[0]"), has_key.format("late")]
    facts += ["devices.devices[0].token | length == 10", "secrets.response.devices[0].token | length == 10"]
    secret_plays.tasks.append({"name": "used", "ansible.builtin.assert": {"that": facts}})
    playbook = secret_plays.run(way)
    for name in ("key", "keys", "late", "devices", "secrets"):
        assert "censored" in playbook[name].result
    assert "Nowhere" in playbook["failed"].result["msg"]


def test_no_process_list_shows_a_secret(play):
    """While a module runs in a process, no command line contains its parameters."""
    with running() as simulator:
        simulator.fault("slow_headers", seconds=1000)
        device = {**DEVICE, "device_token": LONG, "api_url": simulator.url, "api_token": DEMO, "api_timeout": 20}
        slow = {"cloud66.cloud.c66_device": device, "async": 60, "poll": 0}
        playbook = play(slow, {"name": "commands", "processes": {"until": "c66_device"}})
    commands = playbook["commands"].result["commands"]
    assert any("c66_device" in command for command in commands)
    assert not [command for command in commands if any(secret in command for secret in SECRETS)]
