# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook notify, with a webhook."""

from __future__ import annotations

import json
import os

import pytest
from ansible_collections.cloud66.cloud.plugins.plugin_utils.messages import chat_message
from unit.fixtures.programs import program, run

TEXT = {"notify_text": "Awesome App is broken"}
REPORT = {"stack": "Awesome App", "state": "failed", "steps": {"deployment": "failed"}, "failure": {"task": "Deploy"}}


@pytest.fixture
def notify(tmp_path):
    def call(*more, variables=None, **environment):
        given = TEXT if variables is None else variables
        command = [program("ansible-playbook"), "cloud66.cloud.notify", "-vvv", "-e", json.dumps(given), *more]
        done = run(command, env={**os.environ, "HOME": str(tmp_path), **environment}, cwd=tmp_path)
        assert "secret-4711" not in done.stdout + done.stderr
        return done

    call.folder = tmp_path
    return call


def test_the_text_is_posted(webhook, notify):
    done = notify(NOTIFY_URL=webhook.url)
    assert done.returncode == 0, done.stdout
    assert webhook.posts == [{"text": "Awesome App is broken"}]


def test_check_mode_posts_nothing(webhook, notify):
    assert notify("--check", NOTIFY_URL=webhook.url).returncode == 0
    assert webhook.posts == []


def test_it_needs_a_url(notify):
    done = notify()
    assert done.returncode == 2
    assert "Set the environment variable NOTIFY_URL" in done.stdout


@pytest.mark.parametrize("form", ["slack", "teams"])
def test_a_report_is_posted(webhook, notify, form):
    """From a file in the folder in which Ansible runs. Nothing in it is evaluated."""
    report = {**REPORT, "stack": "{{ 7 * 7 }} {% raw %}"}
    (notify.folder / "deploy.json").write_text(json.dumps(report), encoding="utf-8")
    variables = {"notify_report_file": "deploy.json", "notify_format": form}
    done = notify(variables=variables, NOTIFY_URL=webhook.url)
    assert done.returncode == 0, done.stdout
    assert webhook.posts == [chat_message(report, form)]
    assert "{{ 7 * 7 }} {% raw %}" in json.dumps(webhook.posts)


@pytest.mark.parametrize(
    ("host", "form"),
    [
        ("hooks.slack.com", "slack"),
        ("prod-17.westeurope.logic.azure.com", "teams"),
        ("default0123.4e.environment.api.powerplatform.com", "teams"),
        ("hooks.slack.com.example.com", "text"),
    ],
)
def test_the_format_follows_from_the_url(webhook, notify, host, form):
    """The webhook is the proxy on the way there."""
    done = notify(NOTIFY_URL=f"http://{host}/services/secret-4711", http_proxy=webhook.url)
    assert done.returncode == 0, done.stdout
    assert webhook.hosts == [host]
    assert webhook.posts == [chat_message(TEXT["notify_text"], form)]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((400, "invalid_blocks"), "The webhook refused the message with status 400: invalid_blocks"),
        ((404, ""), "The webhook refused the message with status 404."),
        ((500, "no PATH"), "The webhook refused the message with status 500."),
        ((404, "unknown token 4711-secret"), "The webhook refused the message with status 404."),
        # A word that is part of the URL.
        ((403, "secret"), "The webhook refused the message with status 403."),
        ((302, ""), "The webhook refused the message with status 302."),
    ],
)
def test_a_refused_message(webhook, notify, answer, message):
    webhook.answer = answer
    done = notify(NOTIFY_URL=webhook.url)
    assert done.returncode == 2
    assert f'"msg": "{message}"' in done.stdout


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/secret-4711", "http://nowhere.invalid/secret-4711"])
def test_a_webhook_that_does_not_answer(notify, url):
    done = notify(NOTIFY_URL=url)
    assert done.returncode == 2
    assert "The webhook cannot be reached" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "url",
    [
        "nothing/secret-4711",
        "ftp://127.0.0.1/secret-4711",
        "http://[secret-4711",
        "http://127.0.0.1:secret-4711/x",
        "http://user:secret-4711@127.0.0.1/x",
        "http://127.0.0.1/secret-4711 x",
        "http://127.0.0.1/x\nsecret-4711",
    ],
)
def test_a_url_that_cannot_be_used(notify, url):
    done = notify(NOTIFY_URL=url)
    assert done.returncode == 2
    assert "The URL of the webhook must be like https://" in done.stdout


def test_blanks_around_a_url(webhook, notify):
    assert notify(NOTIFY_URL=f" {webhook.url}\n").returncode == 0
    assert len(webhook.posts) == 1


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"notify_report_file": "nowhere.json"}, "There is no file nowhere.json."),
        ({}, "Set notify_report_file or notify_text."),
        ({"notify_report_file": "ansible.json"}, "It needs a text, or the report of the role deploy or of c66_fleet."),
        ({**TEXT, "notify_format": "discord"}, "format must be text, slack, teams, not discord"),
    ],
)
def test_mistakes(webhook, notify, variables, message):
    (notify.folder / "ansible.json").write_text("{}", encoding="utf-8")
    done = notify(variables=variables, NOTIFY_URL=webhook.url)
    assert done.returncode == 2
    assert message in done.stdout + done.stderr
    assert webhook.posts == []
