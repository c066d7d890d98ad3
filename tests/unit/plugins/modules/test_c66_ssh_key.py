# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_ssh_key: one public key of the user, compared without its comment, and never a private key."""

from __future__ import annotations

import base64

import pytest
from unit.fixtures.writes import LOST


def line_of(content, name="ssh-ed25519"):
    blob = len(name).to_bytes(4, "big") + name.encode() + content
    return f"{name} {base64.b64encode(blob).decode()}"


KEY = line_of(b"a new key")
OTHER = line_of(b"another key")
SECRET = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU"
PRIVATE = {
    kind: f"-----BEGIN {kind}PRIVATE KEY-----\n{SECRET}\n-----END {kind}PRIVATE KEY-----\n"
    for kind in ("", "RSA ", "OPENSSH ", "ENCRYPTED ")
}
PRIVATE["PuTTY"] = f"PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n{SECRET}\n"


@pytest.fixture
def ssh_key(run_module):
    return lambda **args: run_module("c66_ssh_key", diff=True, **args).result


@pytest.fixture(params=["plain", "base64"])
def read(request, sim):
    """Both forms in which Cloud 66 may return a key."""
    sim.settings(ssh_key_read=request.param)


@pytest.mark.usefixtures("read")
def test_set_twice(sim, ssh_key, sent):
    before = sim.world.ssh_keys[1]
    first = ssh_key(public_key=f"{KEY} me@example.com\n")
    assert (first["changed"], first["ssh_key"]) == (True, {"public_key": f"{KEY} me@example.com"})
    assert (first["diff"]["before"], first["diff"]["after"]) == (before, f"{KEY} me@example.com")
    assert sim.world.ssh_keys[1] == f"{KEY} me@example.com"
    second = ssh_key(public_key=f"{KEY} me@example.com")
    assert (second["changed"], second["ssh_key"]) == (False, first["ssh_key"])
    assert second["diff"]["before"] == second["diff"]["after"]
    [(method, path, body)] = sent()
    assert (method, path, list(body)) == ("POST", "access", ["public_key"])
    assert base64.b64decode(body["public_key"]).decode() == f"{KEY} me@example.com"


@pytest.mark.parametrize("missing", ["not_found", "empty"])
def test_the_first_key(sim, ssh_key, missing):
    sim.settings(ssh_key_missing=missing)
    sim.world.ssh_keys.clear()
    result = ssh_key(public_key=KEY)
    assert (result["changed"], result["diff"]["before"], result["changes"]["added"]) == (True, "", ["access"])
    assert not ssh_key(public_key=KEY)["changed"]


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize("given", [KEY, f"{KEY} other comment", f"  {KEY}\tx y\r\n", f"# mine\n\n{KEY.rstrip('=')}=="])
def test_the_comment_is_no_difference(sim, ssh_key, given):
    sim.world.ssh_keys[1] = f"{line_of(b'a new key')} stored comment"
    if "==" in given:
        given = given.rstrip("=") + "=" * (-len(given.split()[-1].rstrip("=")) % 4)
    assert not ssh_key(public_key=given)["changed"]
    assert not sim.writes


@pytest.mark.parametrize(
    "other", [OTHER, line_of(b"a new key", "ssh-rsa"), line_of(b"a new key", "ecdsa-sha2-nistp256")]
)
def test_another_type_or_key_is_a_difference(sim, ssh_key, other):
    sim.world.ssh_keys[1] = KEY
    assert ssh_key(public_key=other)["changed"]
    assert sim.world.ssh_keys[1] == other


def test_a_file(ssh_key, sim, tmp_path, monkeypatch):
    (tmp_path / "id.pub").write_text(f"{KEY} from a file\n")
    assert ssh_key(src=str(tmp_path / "id.pub"))["changed"]
    assert sim.world.ssh_keys[1] == f"{KEY} from a file"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert not ssh_key(src="~/id.pub")["changed"]
    assert ssh_key(src="~/none.pub")["msg"].endswith("none.pub cannot be read: No such file or directory.")


@pytest.mark.parametrize("given", [KEY, OTHER])
def test_check_mode_predicts_the_change_and_sends_no_write(sim, ssh_key, given):
    sim.world.ssh_keys[1] = KEY
    check = ssh_key(public_key=given, check=True)
    assert not sim.writes
    real = ssh_key(public_key=given)
    assert {**check, "api": None} == {**real, "api": None}
    assert not ssh_key(public_key=given, check=True)["changed"]


@pytest.mark.parametrize("kind", PRIVATE)
@pytest.mark.parametrize("is_file", [False, True])
def test_a_private_key_is_refused_and_not_shown(sim, run_module, tmp_path, kind, is_file):
    (tmp_path / "id").write_text(PRIVATE[kind])
    run = run_module("c66_ssh_key", **({"src": str(tmp_path / "id")} if is_file else {"public_key": PRIVATE[kind]}))
    assert run.result["failed"]
    assert "contains a private key, which was not sent. Give the public key" in run.result["msg"]
    assert SECRET not in str([run.result, run.warnings, run.notices, run.logs])
    assert not sim.requests


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("", "must contain one public key, not 0 lines."),
        (f"{KEY}\n{OTHER}", "must contain one public key, not 2 lines."),
        ("me@example.com", "does not contain a public key in OpenSSH format."),
        (KEY.replace("ssh-ed25519 ", "ssh-rsa "), "does not contain a public key in OpenSSH format."),
        (KEY[:-1], "does not contain a public key in OpenSSH format."),
        ("ssh-ed25519 AAAA", "does not contain a public key in OpenSSH format."),
        (KEY.split()[1], "does not contain a public key in OpenSSH format."),
    ],
)
def test_what_is_not_one_public_key_is_refused(sim, ssh_key, given, message):
    assert ssh_key(public_key=given)["msg"].startswith(f"public_key {message}")
    assert not sim.requests


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
def test_a_lost_answer(sim, ssh_key, kind, options, applied):
    sim.fault(kind, method="POST", times=1, **options)
    result = ssh_key(public_key=KEY)
    assert (result["changed"], result.get("failed"), sim.world.ssh_keys[1]) == (True, None, KEY)
    assert len(sim.writes) == (1 if applied else 2)


def test_a_write_without_effect(sim, ssh_key):
    sim.fault("empty", method="POST", applied=False)
    result = ssh_key(public_key=KEY)
    assert (result["failed"], result["changed"]) == (True, True)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_the_permission_nothing_is_written(sim, ssh_key, method):
    before = sim.world.ssh_keys[1]
    sim.fault("status", status=403, method=method, path="/ssh_keys/access")
    result = ssh_key(public_key=KEY)
    assert (result["failed"], result["changed"], result["status"]) == (True, False, 403)
    assert sim.world.ssh_keys[1] == before
