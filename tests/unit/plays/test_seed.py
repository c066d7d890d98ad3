# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API's example programs: the unmodified Ruby program, and each cURL command as a task.

They are not part of the project. Without their text or without Ruby, the tests are skipped.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import urllib.request
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from unit.fixtures.programs import HANG

SEED = Path(__file__).resolve().parents[4] / "shared" / "seed"
KEPT = "/tmp/cloud66_oauth_test.json"
STOREFRONT = "f196c5b41758cb7977620d49eb1492ef"
APPLICATION = {"APP_ID": "demo-app", "APP_SECRET": "demo-app-secret-0123456789"}


@pytest.fixture(scope="module")
def text():
    found = sorted(SEED.glob("*.txt"))
    if not found:
        pytest.skip(f"no text in {SEED}")
    return "\n".join(path.read_text(encoding="utf-8") for path in found)


@pytest.fixture
def ruby(text, sim, tmp_path):
    """The Ruby program with its URLs, its file and the stack replaced, and that file."""
    if shutil.which("ruby") is None:
        pytest.skip("Ruby is not installed (Debian: apt-get install ruby ruby-oauth2)")
    if subprocess.run(["ruby", "-e", "require 'oauth2'"], capture_output=True, check=False).returncode:
        pytest.skip("Ruby's oauth2 is not installed (Debian: apt-get install ruby-oauth2)")
    start, end = text.index("require 'rubygems'"), text.index("cURL")
    kept = tmp_path / "kept.json"
    program = text[start:end].replace("https://app.cloud66.com", sim.origin).replace(KEPT, str(kept))
    path = tmp_path / "program.rb"
    path.write_text(program.replace("ENTER_STACK_UID", STOREFRONT), encoding="utf-8")
    return path, kept


def run_ruby(path, **variables):
    """Run it as in a shell: open the URL that it prints, and enter the code. Returns its further output."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", **variables}
    # Ruby buffers output to a pipe, but the test waits for the URL.
    at_once = path.with_name("at_once.rb")
    at_once.write_text("$stdout.sync = true\n", encoding="utf-8")
    command = ["ruby", "-W0", "-r", str(at_once), str(path)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1, text=True, env=environment) as process:
        try:
            if variables:
                address = process.stdout.readline().strip()
                process.stdout.readline()
                with urllib.request.urlopen(address, timeout=HANG) as page:
                    process.stdin.write(page.read().decode().split('id="code">')[1][:32] + "\n")
            output, errors = process.communicate(timeout=HANG)
        finally:
            process.kill()
    assert process.returncode == 0, errors
    return output


def test_a_token_file_of_the_ruby_program_is_accepted(play, ruby):
    path, kept = ruby
    written = run_ruby(path, **APPLICATION)
    assert set(json.loads(kept.read_text(encoding="utf-8"))) == {"app_id", "app_secret", "token"}
    servers = {"api_url": play.sim.url, "token_file": str(kept), "stack": STOREFRONT}
    playbook = play({"name": "servers", "cloud66.cloud.c66_server_info": servers})
    names = [server["name"] for server in playbook["servers"].result["servers"]]
    assert len(names) == 5
    assert all(name in written for name in names)


def test_the_ruby_program_accepts_our_token_file(play, ruby):
    path, kept = ruby
    login = {"api_url": play.sim.url, "app_id": APPLICATION["APP_ID"], "path": str(kept)}
    url = "{{ lookup('ansible.builtin.url', login.authorize_url).split('id=\"code\">')[1][:32] }}"
    code = {"app_secret": APPLICATION["APP_SECRET"], "code": url}
    playbook = play(
        {"name": "where", "cloud66.cloud.c66_oauth_token": login, "register": "login"},
        {"name": "keep", "cloud66.cloud.c66_oauth_token": {**login, **code}},
    )
    assert playbook["keep"].result["changed"]
    assert "server_roles" in run_ruby(path)


def commands(text):
    """(method, path, fields) of each cURL command."""
    for line in re.findall(r'^curl .*Bearer 4c9c9b1111".*$', text, re.MULTILINE):
        words = shlex.split(line)
        fields = "&".join(words[number + 1] for number, word in enumerate(words) if word == "-d")
        (address,) = (word for word in words if word.startswith("https://"))
        path = address.partition("/api/3")[2].removesuffix(".json")
        yield words[words.index("-X") + 1], path, dict(parse_qsl(fields))


def test_each_curl_command_is_a_task(play, text):
    """Both its own module and c66_api send the request that cURL would send."""
    device = {"user_id": 18, "device_token": "wertqy"}
    types = {"device_type": "1", "sub_type": "1"}
    ours = [
        ("c66_stack_info", {}),
        ("c66_backup_info", {"stack": STOREFRONT, "group": 1345, "db_type": "mysql"}),
        ("c66_device", {**device, **types}),
        ("c66_device", {**device, "device_type": "ios", "sub_type": "ipad"}),
        ("c66_device", {**device, "state": "absent"}),
    ]
    seed = list(commands(text))
    assert [method for method, _path, _fields in seed] == ["GET", "GET", "POST", "PUT", "DELETE"]
    tasks = [
        {"name": str(number), f"cloud66.cloud.{name}": {**play.connection, **arguments}}
        for number, (name, arguments) in enumerate(ours)
    ]
    for number, (method, path, fields) in enumerate(seed):
        given = {name: int(value) if value.isdigit() else value for name, value in fields.items()}
        content = {"query" if method == "GET" else "body": given} if given else {}
        arguments = {**play.connection, "method": method, "path": path, **content}
        tasks.append({"name": f"any {number}", "cloud66.cloud.c66_api": arguments})
    playbook = play(*tasks)
    assert [playbook[str(number)].result["changed"] for number in range(5)] == [False, False, True, True, True]
    sent = [(record.method, record.path.removeprefix("/api/3"), fields_of(record)) for record in play.sim.requests]
    for method, path, fields in seed:
        assert sent.count((method, path, fields)) == 2, (method, path, fields)


def fields_of(record):
    """The fields of a request, from its query or its body."""
    given = json.loads(record.body) if record.body else dict(parse_qsl(record.query))
    return {name: str(value) for name, value in given.items()}
