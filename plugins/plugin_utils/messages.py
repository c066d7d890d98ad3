# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the report of a deployment or of a fleet: in Markdown, and for the webhooks of Slack and Teams.

Texts from the API or from users are marked as `Foreign`. They are shown as code, in which nothing is active.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ansible.errors import AnsibleFilterError

from .fleet_reports.filters import plain
from .fleet_reports.markdown import code
from .fleet_reports.model import FAILURES, SIGNS, STATES, ReportError, StackReport, fleet_of, one_line, shortened, some
from .unsafe import as_data

GOOD, WARN, BAD = "\u2705", "\u26a0\ufe0f", "\u274c"
# More names are counted.
MOST_NAMES = 6
LONGEST_NAME = 40
LONGEST_TITLE = 100
LONGEST_TEXT = 500
# Slack takes 3,000 characters in a section, and Teams about 28 KB in a message. Markdown is for pages and chats.
SLACK_ROOM, TEAMS_ROOM, MARKDOWN_ROOM = 2_800, 24_000, 60_000
# How a deployment ended, by the state in the report.
DEPLOYMENTS = {"done": (GOOD, "deployed"), "planned": (WARN, "plan of a deployment"), "failed": (BAD, "failed")}
NOT_ASKED_FOR = "not asked for"
WORD = re.compile("[a-z ]{1,40}")
# Where the report says which names a step changed.
CHANGES = {"environment variables": "variables", "settings": "settings"}
BACKTICK, GRAVE_ACCENT = "`", "\u02cb"

Line = Sequence[str]


class Foreign(str):
    """A part of a line that comes from the API or from users: one line, of limited length."""

    __slots__ = ()

    def __new__(cls, value: Any, longest: int = LONGEST_NAME) -> Foreign:
        return super().__new__(cls, shortened(one_line(value), longest))


class Message(NamedTuple):
    """`sign` says how it went. Each line is a list of parts."""

    sign: str
    title: Line
    lines: Sequence[Line]


def deploy_markdown(report: Any) -> str:
    found = plain(report)
    if not _is_deployment(found):
        raise AnsibleFilterError("deploy_markdown: It needs the report of the role deploy.")
    text: str = as_data(_markdown(_deployment(found)))
    return text


def chat_message(report: Any, format: str = "text") -> dict[str, Any]:  # noqa: A002
    """The body of the request to a webhook. `report` is a text, or the report of a deployment or of a fleet."""
    if format not in FORMATS:
        raise AnsibleFilterError(f"chat_message: format must be {', '.join(FORMATS)}, not {one_line(format)}.")
    found = plain(report)
    if isinstance(found, str) and format == "text":
        body: dict[str, Any] = {"text": found}
    else:
        body = FORMATS[format](_message(found))
    marked: dict[str, Any] = as_data(body)
    return marked


def _is_deployment(report: Any) -> bool:
    return isinstance(report, dict) and isinstance(report.get("steps"), dict)


# What is said


def _message(report: Any) -> Message:
    if isinstance(report, str):
        return Message("", [], [[shortened(one_line(line), LONGEST_TEXT)] for line in report.splitlines()])
    if _is_deployment(report):
        return _deployment(report)
    if isinstance(report, dict) and "stacks" in report:
        return _fleet(report)
    raise AnsibleFilterError("chat_message: It needs a text, or the report of the role deploy or of c66_fleet.")


def _deployment(report: Mapping[str, Any]) -> Message:
    sign, words = DEPLOYMENTS.get(str(report.get("state")), (WARN, "state unknown"))
    environment = [", ", Foreign(report["environment"])] if report.get("environment") else []
    title = [Foreign(report.get("stack"), LONGEST_TITLE), *environment, f": {words}"]
    lines: list[Line] = [
        [_word(step), ": ", _word(outcome), *_details(step, report)]
        for step, outcome in report["steps"].items()
        if outcome != NOT_ASKED_FOR
    ]
    failure = report.get("failure")
    if failure:
        lines.append([Foreign(failure.get("task")), ": ", Foreign(failure.get("msg"), LONGEST_TEXT)])
    return Message(sign, title, lines)


def _details(step: str, report: Mapping[str, Any]) -> Iterator[str]:
    """What the report says of a step beyond its outcome."""
    if step in CHANGES:
        changes = list(_changes(report.get(CHANGES[step]) or {}))
        yield from ([";", *changes] if changes else [])
    elif step == "configurations" and report.get("configurations"):
        yield from ("; ", *_names(report["configurations"]))
    elif step == "deployment" and report.get("deployment"):
        yield from ("; number ", Foreign(report["deployment"].get("id")))
        if report["deployment"].get("git_hash"):
            yield from (", commit ", Foreign(str(report["deployment"]["git_hash"])[:8]))
    elif step == "health" and report.get("health"):
        yield from ("; ", _word(report["health"]))


def _fleet(report: Mapping[str, Any]) -> Message:
    try:
        fleet = fleet_of(report)
    except ReportError as error:
        raise AnsibleFilterError(f"chat_message: {error}") from None
    told = [stack for stack in fleet.stacks if stack.is_worth_telling]
    sign = BAD if any(stack.state in FAILURES for stack in told) else WARN if told else GOOD
    return Message(sign, [f"Cloud 66 fleet: {fleet.summary}"], [list(_stack(stack)) for stack in told])


def _stack(stack: StackReport) -> Iterator[str]:
    yield Foreign(stack.title, LONGEST_TITLE)
    if stack.environment:
        yield from (", ", Foreign(stack.environment))
    yield f": {STATES[stack.state]}"
    for kind in stack.kinds:
        if kind.total:
            yield from ("; ", Foreign(kind.name), *_changes(kind.changes))
    if stack.deployment:
        yield f"; {stack.deployment}"
    if stack.message:
        yield from (": ", Foreign(stack.message, LONGEST_TEXT))


def _changes(changes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    found = [word for word in SIGNS if changes.get(word)]
    for number, word in enumerate(found):
        yield from (f"{',' if number else ''} {word} ", *_names(changes[word]))


def _word(text: Any) -> str:
    """A word of the report, which is active nowhere, or else foreign."""
    return text if isinstance(text, str) and WORD.fullmatch(text) else Foreign(text)


def _names(names: Sequence[str]) -> Iterator[str]:
    shown, others = some(names, MOST_NAMES)
    for number, name in enumerate(shown):
        yield from ([", "] if number else [])
        yield Foreign(name)
    if others:
        yield f" and {others} more"


# How it is shown


def _fitting(lines: Sequence[Line], size: Callable[[Line], int], room: int) -> list[Line]:
    """As many of the lines as there is room for. The last one says how many are left out."""
    used = 0
    for number, line in enumerate(lines):
        used += size(line)
        if used > room:
            return [*lines[:number], [f"{len(lines) - number} more, see the output of the run."]]
    return list(lines)


def _markdown(message: Message, heading: str = "### ") -> str:
    lines = _fitting(message.lines, lambda line: len(_in_markdown(line)) + 3, MARKDOWN_ROOM)
    items = "".join(f"- {_in_markdown(line)}\n" for line in lines)
    return f"{heading}{message.sign} {_in_markdown(message.title)}\n\n{items}"


def _in_markdown(line: Line) -> str:
    return "".join(code(part) if isinstance(part, Foreign) else part for part in line)


def _in_text(message: Message) -> dict[str, Any]:
    """For services that are not known. Most show Markdown's code as such, and have less room than a page."""
    lines = _fitting(message.lines, lambda line: len(_in_markdown(line)) + 3, SLACK_ROOM)
    return {"text": _markdown(message._replace(lines=lines), heading="").strip()}


def _in_slack(message: Message) -> dict[str, Any]:
    """Blocks. `verbatim` keeps Slack from making links and mentions out of plain text."""
    lines = _fitting(message.lines, lambda line: len(_in_mrkdwn(line)) + 1, SLACK_ROOM)
    title = f"{message.sign} {_in_mrkdwn(message.title)}".strip()
    texts = [text for text in (title, "\n".join(map(_in_mrkdwn, lines))) if text.strip()]
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}} for text in texts]
    # For notifications.
    return {"text": texts[0] if texts else "", "blocks": blocks}


def _in_mrkdwn(line: Line) -> str:
    return "".join(_mrkdwn(part) for part in line)


def _mrkdwn(part: str) -> str:
    """Slack's escapes. It has none for backticks, which would end the code."""
    text = part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if not isinstance(part, Foreign):
        return text
    return f"`{text.replace(BACKTICK, GRAVE_ACCENT)}`" if text else ""


def _in_teams(message: Message) -> dict[str, Any]:
    """An Adaptive Card. Teams evaluates no Markdown in the parts of a RichTextBlock."""
    lines = _fitting(message.lines, lambda line: len(json.dumps(_rich(line))), TEAMS_ROOM)
    title = [_rich([f"{message.sign} ", *message.title], weight="Bolder")] if message.title else []
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [*title, *map(_rich, lines)],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _rich(line: Line, **style: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": str(part), **style} for part in line]}


FORMATS: dict[str, Callable[[Message], dict[str, Any]]] = {"text": _in_text, "slack": _in_slack, "teams": _in_teams}
