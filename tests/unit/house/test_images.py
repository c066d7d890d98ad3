# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make ee` decides before it builds the images, and what it says where it cannot."""

from __future__ import annotations

import http.server
import os
import threading
from pathlib import Path

import pytest
import yaml
from tools import containers
from tools.places import ROOT
from tools.programs import Shell, SkippedError
from tools.pythons import Python
from tools.runner import Runner
from tools.stages import Job, Stage
from tools.venvs import Venv

VENV = Venv(Path("venv"), "2.21", Python("python3", (3, 13, 0)))


def definition(name):
    return yaml.safe_load((ROOT / f"{name}-environment.yml").read_text(encoding="utf-8"))


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A machine with only these programs, on which this user is root."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(containers, "FOLDER", tmp_path / "containers")
    monkeypatch.setenv("PATH", str(tmp_path))

    def install(*names, script="#!/bin/sh\n"):
        for name in names:
            (tmp_path / name).write_text(script, encoding="utf-8")
            (tmp_path / name).chmod(0o755)

    return install


def reason():
    with pytest.raises(SkippedError) as skipped, containers.containers(Shell(VENV, print)):
        pytest.fail("nothing here can build images")
    return str(skipped.value)


def test_only_root_builds(programs, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert reason() == "only root can build images without a registry"


def test_other_systems_have_no_apt(programs):
    assert reason() == "not on Debian"


def test_missing_programs_are_named(programs):
    programs("apt-get", "crun", "debootstrap")
    assert reason() == "not installed: buildah, podman"


def test_a_kernel_may_refuse(programs):
    programs("apt-get", *containers.PACKAGES)
    programs("unshare", script="#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2\nexit 1\n")
    assert reason() == "no namespaces or overlay mounts: unshare: unshare failed: Operation not permitted"
    assert [path.name for path in containers.FOLDER.iterdir()] == ["lock"]


@pytest.fixture
def mirror(tmp_path):
    """The URL of a repository, and the content of its Release file."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(tmp_path))

        def log_message(self, *args):
            pass

    file = tmp_path / "dists" / "trixie" / "Release"
    file.parent.mkdir(parents=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", file
    server.shutdown()
    server.server_close()


def test_only_debian_itself_is_a_mirror(mirror):
    url, release = mirror
    release.write_text("Origin: Docker\nSuite: trixie\n", encoding="utf-8")
    assert not containers.is_debian(url, "trixie")
    release.write_text("Origin: Debian\nSuite: stable\n", encoding="utf-8")
    assert containers.is_debian(url, "trixie")
    assert not containers.is_debian(url, "forky")
    assert not containers.is_debian(f"file://{release.parents[2]}/", "trixie")


def test_indexes_on_disk_are_left_to_the_machine():
    listing = (
        ":env:.extra-index-url='file:///opt/simple https://b.example.com/simple'\n"
        ":env:.timeout='180'\n"
        "global.extra-index-url='https://a.example.com/simple'\n"
        "global.index-url='https://index.example.com/simple'\n"
    )
    assert containers.pip_conf(listing) == (
        "[global]\nindex-url = https://index.example.com/simple\nextra-index-url = https://b.example.com/simple\n"
    )
    assert containers.pip_conf("") == "[global]\n"


def test_a_skipped_stage_neither_passes_nor_fails(capsys):
    def skip(shell):
        raise SkippedError("not on Debian")

    stages = [Stage("ee", skip), Stage("format", lambda shell: None)]
    assert Runner(stream=False).run([Job(stage, VENV) for stage in stages])
    lines = capsys.readouterr().out.splitlines()
    assert "ee: skipped: not on Debian" in lines
    assert next(line for line in lines if line.startswith("ee  ")).split()[1] == "skipped"
    assert lines[-1] == "1 of 2 jobs passed, 1 skipped."


def test_the_decision_environment_is_an_execution_environment_with_more():
    execution, decision = definition("execution"), definition("decision")
    assert decision["dependencies"].pop("python") == ["ansible-rulebook~=1.3"]
    assert "openjdk" in decision["additional_build_steps"].pop("append_base")
    assert decision == execution
