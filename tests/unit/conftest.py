# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every unit test has: the collection importable from any path, a clean environment, and a simulator.

Plain `pytest` finds the collection through a symlink below .cache/, and so do the programs that tests start. Under
`ansible-test units` it can be imported already, and nothing is changed.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

TESTS = Path(__file__).resolve().parents[1]
# For `from simulator import running`, and for the fixtures below.
sys.path.insert(0, str(TESTS))

from tools.places import CACHE, collections_path

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
# They change what requests trusts and which password it sends.
REQUESTS_OWN = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC")


def _prepare_ansible() -> None:
    """Let Ansible, here and in programs that tests start, see this checkout and nothing of the user's."""
    # /dev/null has no extension that Ansible takes.
    CACHE.mkdir(exist_ok=True)
    config = CACHE / "ansible.cfg"
    config.touch()
    os.environ.update(
        ANSIBLE_COLLECTIONS_PATH=str(collections_path()),
        ANSIBLE_CONFIG=str(config),
        ANSIBLE_HOME=str(CACHE / "ansible"),
        ANSIBLE_NOCOLOR="1",
        LC_ALL="C.UTF-8",
        PATH=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
    )
    from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

    _AnsibleCollectionFinder(paths=[str(collections_path())])._install()


try:
    importlib.import_module("ansible_collections.cloud66.cloud")
except ImportError:
    _prepare_ansible()

pytest_plugins = (
    "unit.fixtures.clock",
    "unit.fixtures.runs",
    "unit.fixtures.writes",
    "unit.fixtures.plays",
    "unit.fixtures.webhook",
)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No setting, no proxy and no file of the user reaches a test."""
    for name in list(os.environ):
        if name.startswith("CLOUD66_") or name.upper() in (*PROXIES, *REQUESTS_OWN):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session")
def _simulator() -> Iterator[object]:
    from simulator import running

    with running() as simulator:
        yield simulator


@pytest.fixture
def sim(_simulator, clock):
    """A Cloud 66 in its first state: `sim.url`, `sim.token`, `sim.fault(…)`, `sim.requests`. It goes by `clock`."""
    _simulator.go_by(clock)
    _simulator.reset()
    return _simulator


@pytest.fixture
def real_time(sim) -> None:
    """Programs that a test starts have the machine's clock, so the simulator has it too."""
    from simulator.clock import Clock

    sim.go_by(Clock())


@pytest.fixture(scope="session")
def contract() -> dict[str, Any]:
    """What Cloud 66 offers, by tests/contract/cloud66-v3.yaml."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    file = TESTS / "contract" / "cloud66-v3.yaml"
    return yaml.load(file.read_text(encoding="utf-8"), Loader=loader)
