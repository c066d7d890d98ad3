# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook notify, with a webhook."""

from __future__ import annotations

import json
import os

import pytest
from unit.fixtures.programs import program, run

TEXT = {"notify_text": "Awesome App is broken"}


@pytest.fixture
def notify(tmp_path):
    def call(*more, **environment):
        command = [program("ansible-playbook"), "cloud66.cloud.notify", "-vvv", "-e", json.dumps(TEXT), *more]
        return run(command, env={**os.environ, "HOME": str(tmp_path), **environment}, cwd=tmp_path)

    return call


def test_the_text_is_posted(webhook, notify):
    done = notify(NOTIFY_URL=webhook.url)
    assert done.returncode == 0, done.stdout
    assert webhook.posts == [{"text": "Awesome App is broken"}]
    assert "secret-4711" not in done.stdout + done.stderr


def test_check_mode_posts_nothing(webhook, notify):
    assert notify("--check", NOTIFY_URL=webhook.url).returncode == 0
    assert webhook.posts == []


def test_it_needs_a_url(notify):
    done = notify()
    assert done.returncode == 2
    assert "Set the environment variable NOTIFY_URL" in done.stdout
