# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages: what they say, that no text in them is active, and that they are never too long."""

from __future__ import annotations

import json

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet_reports.filters import fleet_report
from ansible_collections.cloud66.cloud.plugins.plugin_utils.messages import chat_message, deploy_markdown
from unit.fixtures.fleets import result, stack

REPORT = {
    "stack": "Awesome App",
    "environment": "production",
    "state": "done",
    "steps": {
        "environment variables": "changed",
        "configurations": "changed",
        "settings": "not asked for",
        "deployment": "changed",
        "health": "no change",
    },
    "variables": {"added": ["RELEASE", "COLOUR"], "changed": [], "removed": ["OLD"]},
    "settings": {},
    "configurations": ["service_yaml"],
    "deployment": {"id": 107, "git_hash": "5675fcd8f9e6dc534ecf1410c0661c066097e310"},
    "health": "ok",
    "failure": {},
}
FAILED = {
    **REPORT,
    "environment": None,
    "state": "failed",
    "steps": {"deployment": "failed", "health": "not reached"},
    "deployment": None,
    "health": None,
    "failure": {"task": "Deploy", "msg": "action 6566418 has failed: The build of web has failed"},
}
FLEET = result(
    shop=stack("differs", {"env_vars": {"added": ["A", "B"], "removed": ["C"]}, "tags": {"changed": ["web"]}}),
    quiet=stack(),
    blog=stack("failed", msg="It broke.", environment=None, must_deploy=True),
)
EVIL = [
    "<!channel> <@U123> <https://evil.example|here>",
    "@here #general https://evil.example me@evil.example",
    "*b* _i_ ~s~ `x` ``` y",
    "`<!channel>`",
    "[a](https://evil.example) **b** <at>All</at>",
    "a\n<!channel>\n- b",
    "&lt;!channel&gt;",
    "\u202eesrever\u200b\x1b[31m\x00\ud800",
    "{{ 7 * 7 }}",
    " ",
]


def slack_texts(message):
    assert set(message) == {"text", "blocks"}
    for block in message["blocks"]:
        assert block["type"] == "section"
        assert block["text"]["type"] == "mrkdwn"
        assert block["text"]["verbatim"] is True
    return [block["text"]["text"] for block in message["blocks"]]


def teams_lines(message):
    [attachment] = message["attachments"]
    assert message["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for block in card["body"] for run in block["inlines"]} == {"TextRun"}
    return ["".join(run["text"] for run in block["inlines"]) for block in card["body"]]


# What they say


def test_a_deployment_in_slack():
    message = chat_message(REPORT, "slack")
    title, lines = slack_texts(message)
    assert title == message["text"] == "\u2705 `Awesome App`, `production`: deployed"
    assert lines.splitlines() == [
        "environment variables: changed; added `RELEASE`, `COLOUR`, removed `OLD`",
        "configurations: changed; `service_yaml`",
        "deployment: changed; number `107`, commit `5675fcd8`",
        "health: no change; ok",
    ]


def test_a_failed_deployment_in_slack():
    title, lines = slack_texts(chat_message(FAILED, "slack"))
    assert title == "\u274c `Awesome App`: failed"
    assert lines.splitlines()[-1] == "`Deploy`: `action 6566418 has failed: The build of web has failed`"


def test_a_fleet_in_slack():
    title, lines = slack_texts(chat_message(FLEET, "slack"))
    assert title == "\u274c Cloud 66 fleet: 3 stacks: 1 failed, 1 differs, 1 clean. To be deployed: 1."
    assert lines.splitlines() == [
        "`shop`, `production`: differs; `env_vars` added `A`, `B`, removed `C`; `tags` changed `web`",
        "`blog`: failed; to be deployed: `It broke.`",
    ]


def test_a_fleet_without_differences():
    message = chat_message(result(quiet=stack()), "slack")
    assert slack_texts(message) == [message["text"]] == ["\u2705 Cloud 66 fleet: 1 stack: 1 clean."]


def test_teams_says_the_same():
    for report in (REPORT, FAILED, FLEET):
        said = "\n".join(slack_texts(chat_message(report, "slack"))).replace("`", "")
        assert "\n".join(teams_lines(chat_message(report, "teams"))) == said


def test_the_title_of_a_card_is_bold():
    title, *lines = chat_message(FLEET, "teams")["attachments"][0]["content"]["body"]
    assert {run.get("weight") for run in title["inlines"]} == {"Bolder"}
    assert {run.get("weight") for line in lines for run in line["inlines"]} == {None}


def test_markdown():
    assert deploy_markdown(FAILED).splitlines() == [
        "### \u274c `Awesome App`: failed",
        "",
        "- deployment: failed",
        "- health: not reached",
        "- `Deploy`: `action 6566418 has failed: The build of web has failed`",
    ]
    assert chat_message(FAILED)["text"] == deploy_markdown(FAILED).removeprefix("### ").strip()


@pytest.mark.parametrize("state", ["planned", "other", None])
def test_other_states(state):
    [title, *_lines] = slack_texts(chat_message({**REPORT, "state": state}, "slack"))
    assert title.startswith("\u26a0")
    assert "deployed" not in title


def test_a_text():
    text = "Awesome App is *broken*\n<https://example.com|see>"
    assert chat_message(text) == {"text": text}
    assert slack_texts(chat_message(text, "slack")) == ["Awesome App is *broken*\n&lt;https://example.com|see&gt;"]
    assert teams_lines(chat_message(text, "teams")) == text.splitlines()


def test_the_report_of_a_fleet_says_what_the_result_says():
    """It survives a file, and has no values."""
    found = result(
        shop=stack(
            "failed", {"settings": {"changed": ["x"]}, "tags": {"added": ["y"]}}, failed="settings", msg="No.", name="S"
        ),
        done=stack("changed", {"tags": {"added": ["db"]}}, must_deploy=True, deployment={"id": 1, "secret": "s3cret"}),
        late=stack("clean", must_deploy=True),
    )
    found["stacks"]["shop"]["kinds"]["settings"]["results"][0]["settings"] = {"x": "s3cret"}
    found["diff"] = [{"before": "s3cret"}]
    stored = json.loads(json.dumps(fleet_report(found)))
    assert "s3cret" not in json.dumps(stored)
    for form in ("slack", "teams", "text"):
        assert chat_message(stored, form) == chat_message(found, form)
    assert fleet_report(stored) == stored
    assert stored["summary"] == {"failed": 1, "changed": 1, "clean": 1}


# What they must not do


def evil_reports(text):
    names = {"added": [text], "changed": [text] * 2, "removed": [text]}
    steps = {**REPORT["steps"], "settings": "changed", text: text}
    deployment = {"id": text, "git_hash": text}
    failure = {"task": text, "msg": text}
    yield {
        "stack": text,
        "environment": text,
        "state": "failed",
        "steps": steps,
        "variables": names,
        "health": text,
        "settings": names,
        "configurations": [text],
        "deployment": deployment,
        "failure": failure,
    }
    yield result(**{text: stack("failed", {text: names}, name=text, environment=text, stack=text, msg=text)})


@pytest.mark.parametrize("text", EVIL)
def test_no_text_is_active_in_slack(text):
    """Outside of code there are only words of ours, and `<` would begin a mention even in code."""
    for report in evil_reports(text):
        message = chat_message(report, "slack")
        for shown in [message["text"], *slack_texts(message)]:
            assert "<" not in shown and ">" not in shown
            for line in shown.splitlines():
                assert line.count("`") % 2 == 0
                outside = "".join(line.split("`")[::2])
                assert not set(outside) & set("*_~@#&["), line
                assert "example" not in outside
        assert all(one.isprintable() for shown in slack_texts(message) for one in shown.replace("\n", ""))
        assert json.dumps(message).encode()


@pytest.mark.parametrize("text", EVIL)
def test_teams_evaluates_no_markdown(text):
    """There are no elements that would: each text is a TextRun."""
    for report in evil_reports(text):
        assert all(line.isprintable() or "\ufe0f" in line for line in teams_lines(chat_message(report, "teams")))


@pytest.mark.parametrize("form", ["text", "slack", "teams"])
@pytest.mark.parametrize("text", ["&" * 1000, "\U0001f680" * 1000, "a" * 1000])
def test_messages_fit(form, text):
    names = {"added": [f"{text}{number}" for number in range(100)]}
    many = {
        f"shop-{n}": stack("failed", {"env_vars": names}, name=text, environment=text, msg=text) for n in range(300)
    }
    message = chat_message(result(**many), form)
    assert len(json.dumps(message)) < 28 * 1024
    texts = slack_texts(message) if form == "slack" else teams_lines(message) if form == "teams" else [message["text"]]
    assert max(map(len, texts)) <= 3000
    last = texts[-1].splitlines()[-1].removeprefix("- ")
    assert last.endswith(" more, see the output of the run.")
    shown = sum(line.count("shop-") for line in texts)
    assert shown + int(last.split()[0]) == 300


@pytest.mark.parametrize("form", ["slack", "teams"])
def test_a_long_text_fits(form):
    message = chat_message("&" * 100_000 + "\n" + "x\n" * 50_000, form)
    assert len(json.dumps(message)) < 28 * 1024


def test_many_names_are_counted():
    report = {**REPORT, "variables": {"added": [f"KEY_{number}" for number in range(50)]}}
    assert "`KEY_5` and 44 more" in deploy_markdown(report)
    assert "KEY_6" not in deploy_markdown(report)


@pytest.mark.parametrize("wrong", [None, [], {}, {"steps": 1}, 4])
def test_what_is_no_report(wrong):
    with pytest.raises(AnsibleFilterError, match="deploy_markdown: It needs the report of the role deploy"):
        deploy_markdown(wrong)
    with pytest.raises(AnsibleFilterError, match="chat_message: It needs a text, or the report"):
        chat_message(wrong)


def test_other_mistakes():
    with pytest.raises(AnsibleFilterError, match="format must be text, slack, teams, not discord"):
        chat_message(REPORT, "discord")
    with pytest.raises(AnsibleFilterError, match="is not from c66_fleet of this version"):
        chat_message({"stacks": {"a": {}}}, "slack")
