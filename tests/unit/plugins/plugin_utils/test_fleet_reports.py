# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports of a fleet: what they say, that no text in them is active, and that they show no values."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet_reports import page as pages
from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet_reports.filters import (
    fleet_html,
    fleet_markdown,
    fleet_table,
)
from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet_reports.markdown import LONGEST, code, markdown
from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet_reports.model import fleet_of, one_line
from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet_reports.words import Limits
from unit.fixtures.fleets import DAY, HOUR, NOW, OVERVIEW, overview, result, stack

FILTERS = [fleet_table, fleet_markdown, fleet_html]
EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "@octocat",
    "#1 GH-1 octo/cat#2",
    "https://evil.example/ www.evil.example me@evil.example",
    "[a](https://evil.example) ![b](https://evil.example/x.png)",
    "a | b | c",
    "a \\| @octocat \\",
    "`",
    "``` ` ``",
    "`@octocat`",
    "x` @octocat `x",
    "a\n\n# heading\n\n- @octocat",
    "a\r\n| x | y |\r\n",
    "**bold** ~~gone~~ <b>html</b> &lt;i&gt; &amp;",
    "</style></title></section><script>1</script>",
    "\u202eesrever\u200b\x1b[31m\x00\ud800",
    "{{ 7 * 7 }}",
    " ",
    "<!-- -->",
    "--> ]]>",
]


def evil_fleet():
    """A fleet with each evil text as everything that can be one."""
    stacks = {
        text: stack(
            "failed",
            {"env_vars": {"added": [text], "changed": [text] * 2, "removed": [text]}, text: {"added": ["A"]}},
            name=f"name {text}",
            environment=text,
            stack=text,
            msg=text,
            overview=overview(
                health_name=text,
                live_commit=text,
                deployment={**OVERVIEW["deployment"], "outcome": text, "started_at": text},
                deployments_by_day={"2026-05-04": {text: 1}},
                certificates={"count": 1, "ends_at": text, "days_left": 1},
                backups={**OVERVIEW["backups"], "newest_good_at": text},
                notes=[text],
            ),
        )
        for text in EVIL
    }
    return result(**stacks)


def html_of(fleet):
    return pages.page(fleet_of(fleet), "Fleet", Limits(26 * HOUR, 14), NOW)


# The input


@pytest.mark.parametrize("report", FILTERS)
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("a text", "needs the registered result of c66_fleet, a dictionary, not a string"),
        ([], "not a list"),
        (None, "not this"),
        ({}, "has the key `stacks`"),
        ({"failed": True, "msg": "There is no token."}, "failed before it read any stack: There is no token."),
        ({"skipped": True, "changed": False}, "was skipped"),
        ({"results": [], "changed": False}, "ran in a loop"),
        ({"stacks": {"web": {"uid": "x"}}}, "What `stacks` says of web is not from c66_fleet"),
        ({"stacks": {"web": 1}}, "What `stacks` says of web is not from c66_fleet"),
    ],
)
def test_what_is_no_result(report, given, message):
    with pytest.raises(AnsibleFilterError) as caught:
        report(given)
    assert message in str(caught.value)
    assert report.__name__ in str(caught.value)


@pytest.mark.parametrize("report", FILTERS)
def test_a_failed_result_is_reported(report):
    failed = {**result(web=stack("failed", msg="It broke.")), "failed": True, "msg": "1 of 1 stacks failed."}
    assert "It broke." in report(failed)


@pytest.mark.parametrize("report", FILTERS)
def test_values_are_never_shown(report):
    fleet = result(web=stack("differs", {"env_vars": {"changed": ["TOKEN"]}}))
    fleet["stacks"]["web"]["kinds"]["env_vars"]["results"] = [{"env_vars": {"TOKEN": "s3cret"}, "changed": True}]
    fleet["diff"] = [{"before": "s3cret", "after": "s3cret"}]
    text = report(fleet)
    assert "TOKEN" in text
    assert "s3cret" not in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_backup_age": "soon"}, "max_backup_age must be a duration"),
        ({"certificate_days": "soon"}, "certificate_days must be a number of days, not 'soon'"),
        ({"certificate_days": None}, "certificate_days must be a number of days"),
    ],
)
def test_impossible_options(options, message):
    with pytest.raises(AnsibleFilterError, match=message):
        fleet_html(result(), **options)


def test_one_line():
    assert one_line("a\nb\tc ") == "a b c"
    assert one_line("\x1b[1m\u202eb") == "\ufffd[1m\ufffdb"
    assert one_line(None) == ""
    assert one_line("größer 🚀") == "größer 🚀"


# The table


def test_the_table():
    fleet = result(
        shop=stack("differs", {"env_vars": {"added": ["A", "B"], "removed": ["C"]}, "tags": {"changed": ["web"]}}),
        quiet=stack(),
        blog=stack(
            "failed", {"settings": {"changed": ["x"]}, "tags": {}}, failed="settings", name="The Blog", msg="It broke."
        ),
        done=stack("changed", {"tags": {"added": ["db"]}}, must_deploy=True, deployment={"id": 1}),
        late=stack("clean", must_deploy=True),
    )
    assert fleet_table(fleet).splitlines() == [
        "STACK            KIND        CHANGES      OUTCOME",
        "shop             env_vars    + A, B  - C  differs",
        "                 tags        ~ web        differs",
        "blog (The Blog)  settings    ~ x          failed",
        "  It broke.",
        "done             tags        + db         changed",
        "                 deployment               deployed",
        "late             deployment               to be deployed",
        "",
        "5 stacks: 1 failed, 1 differs, 1 changed, 2 clean. To be deployed: 1.",
    ]


def test_a_table_of_nothing():
    assert fleet_table(result(a=stack(), b=stack())) == "Nothing differs.\n2 stacks: 2 clean."
    assert fleet_table(result()) == "Nothing differs.\n0 stacks."


def test_long_lists_are_shortened():
    keys = [f"KEY_{number}" for number in range(50)]
    line = fleet_table(result(web=stack("differs", {"env_vars": {"added": keys}}))).splitlines()[1]
    assert "KEY_5, 44 more" in line
    assert "KEY_6" not in line


def test_a_table_has_no_control_characters():
    text = fleet_table(evil_fleet())
    assert all(one.isprintable() for one in text.replace("\n", ""))
    assert text.encode()
    lines = [line for line in text.splitlines() if line.startswith("  ") and "env_vars" not in line]
    assert len(lines) >= len(EVIL) - 1


# Markdown


def test_markdown():
    fleet = result(
        shop=stack("differs", {"env_vars": {"added": ["A", "B"], "removed": ["C"]}}, must_deploy=True),
        quiet=stack(),
        blog=stack("failed", msg="It broke.", environment=None),
    )
    assert fleet_markdown(fleet).splitlines() == [
        "### Cloud 66 fleet",
        "",
        "3 stacks: 1 failed, 1 differs, 1 clean. To be deployed: 1.",
        "",
        "#### `shop`, `production`: differs",
        "",
        "| Kind | Added | Changed | Removed |",
        "| --- | --- | --- | --- |",
        "| `env_vars` | `A`, `B` |  | `C` |",
        "",
        "- Deployment: to be deployed",
        "",
        "#### `blog`: failed",
        "",
        "- `It broke.`",
    ]
    assert "Nothing differs." in fleet_markdown(result(a=stack()))


class Outside(HTMLParser):
    """The tags of a page, and its text outside of <code>."""

    def __init__(self):
        super().__init__()
        self.tags, self.text, self.depth = set(), [], 0

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.depth += tag == "code"

    def handle_endtag(self, tag):
        self.depth -= tag == "code"

    def handle_data(self, data):
        if not self.depth:
            self.text.append(data)


@pytest.mark.parametrize("text", EVIL)
def test_no_text_is_active_in_markdown(text):
    """Mentions, references and addresses do nothing in code, and there is no element that the report does not make."""
    parser = pytest.importorskip("markdown_it")
    all_of_it = evil_fleet()
    outside = Outside()
    outside.feed(
        parser.MarkdownIt("commonmark", {"html": True})
        .enable(["table", "strikethrough"])
        .render(fleet_markdown({**all_of_it, "stacks": {text: all_of_it["stacks"][text]}}))
    )
    assert outside.tags <= {"h3", "h4", "p", "code", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"}
    words = " ".join(outside.text)
    assert re.findall(r"[@#<>`]|evil|octo|alert|bold|script|www", words) == []


def test_code_keeps_the_text():
    assert code("a`b``c") == "``` a`b``c ```"
    assert code("a|b") == "`a¦b`"
    assert code(" ") == ""


def test_markdown_is_as_long_as_github_allows():
    keys = [f"{'KEY' * 20}_{number}" for number in range(100)]
    stacks = {f"shop-{n}": stack("differs", {"env_vars": {"added": keys}}, msg="x" * 5000) for n in range(300)}
    text = fleet_markdown(result(**stacks))
    assert LONGEST - 10_000 < len(text) < LONGEST
    told = text.count("#### ")
    assert f"_{300 - told} more stacks are left out, because a comment cannot be longer." in text.splitlines()[-1]
    assert "and 80 more" in text
    assert "is left out" in markdown(fleet_of(result(a=stack("differs"), b=stack("differs"))), longest=280)


# The page


ELEMENTS = """
    html head meta title style body header h1 h2 h3 h4 p span time main div section svg rect g ul li b form label input
    fieldset legend table caption thead tr th tbody a td code footer script
"""
ATTRIBUTES = """
    lang charset http-equiv content name class viewbox preserveaspectratio role aria-label x y width height rx id hidden
    type autocomplete placeholder value checked tabindex scope aria-sort data-state data-section data-sort href title
    datetime
"""


class Page(HTMLParser):
    """The elements and attributes of a page, and its text."""

    def __init__(self, text):
        super().__init__()
        self.found, self.text, self.inside = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self.inside.append(tag)

    def handle_endtag(self, tag):
        self.inside.append(f"/{tag}")

    def handle_data(self, data):
        self.text.append(data)

    def of(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def test_no_text_is_active_in_the_page():
    """It only has the elements and attributes that the report makes."""
    page = Page(html_of(evil_fleet()))
    assert (len(page.of("script")), len(page.of("style"))) == (1, 1)
    assert {tag for tag, _attributes in page.found} <= set(ELEMENTS.split())
    assert {name for _tag, attributes in page.found for name in attributes} <= set(ATTRIBUTES.split())
    assert {one["href"][:7] for one in page.of("a")} == {"#stack-"}
    text = "".join(page.text)
    assert [one for one in EVIL if one_line(one) not in text] == []


def test_the_page_allows_only_its_own_style_and_script():
    [policy] = [one["content"] for one in Page(html_of(result())).of("meta") if "http-equiv" in one]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]+'; script-src 'sha256-[\w+/=]+'; base-uri 'none';"
        r" form-action 'none'",
        policy,
    )


def test_the_page_loads_nothing():
    text = html_of(result(web=stack(overview=overview())))
    assert set(re.findall(r"https?://[^\s\"'<)]+", text)) <= {"https://www.gnu.org/licenses/gpl-3.0.txt"}
    assert "url(" not in text
    assert "@import" not in text


def cells(fleet):
    """The texts of the first row, by heading."""
    text = html_of(fleet)
    headings = re.findall(r'<th scope="col"[^>]*>([^<]+)', text)
    row = re.search(r"<tbody>\s*<tr.*?</tr>", text, re.DOTALL)[0]
    found = re.findall(r"<t[hd]( [^>]*)?>(.*?)</t[hd]>", row)
    return {
        heading: (re.sub(r"<[^>]+>", "", cell), (re.findall(r'"badge (\w+)"', cell) or [""])[0])
        for heading, (_attributes, cell) in zip(headings, found, strict=True)
    }


def test_a_row():
    assert cells(result(web=stack("differs", {"tags": {"added": ["a"]}}, overview=overview()))) == {
        "Stack": ("web", ""),
        "Environment": ("production", ""),
        "State": ("differs", "warn"),
        "Changes": ("1", ""),
        "Health": ("ok", "good"),
        "Last deployment": ("3 hours ago 2026-05-04 07:20Z", "good"),
        "Live commit": ("5675fcd8", ""),
        "Servers": ("3", ""),
        "Backups": ("5 hours old 2026-05-04 05:20Z", "good"),
        "Certificates": ("30 days left 2026-06-04 00:00Z", "good"),
    }


BACKUPS, LATEST = OVERVIEW["backups"], OVERVIEW["deployment"]


@pytest.mark.parametrize(
    ("column", "more", "text", "rating"),
    [
        ("Health", {"health_name": "broken"}, "broken", "bad"),
        ("Health", {"health_name": None}, "not read", ""),
        ("Last deployment", {"deployment": None}, "never", ""),
        ("Last deployment", {"deployment": {**LATEST, "outcome": "failed"}}, "3 hours ago, failed", "bad"),
        ("Last deployment", {"deployment": {**LATEST, "outcome": "running"}}, "3 hours ago, running", "warn"),
        ("Last deployment", {"deployment": {**LATEST, "outcome": "running", "age": None}}, "about to start", "warn"),
        ("Live commit", {"live_commit": None}, "unknown", ""),
        ("Servers", {"servers": 0}, "0", ""),
        ("Backups", {"backups": {**BACKUPS, "age": 27 * HOUR}}, "27 hours old", "warn"),
        ("Backups", {"backups": {**BACKUPS, "failed": 1}}, "5 hours old, 1 failed", "bad"),
        ("Backups", {"backups": {**BACKUPS, "age": None, "without_good": 1}}, "1 without a good one", "bad"),
        ("Backups", {"backups": {**BACKUPS, "databases": 0}}, "none", ""),
        ("Certificates", {"certificates": {"count": 1, "days_left": 13}}, "13 days left", "warn"),
        ("Certificates", {"certificates": {"count": 1, "days_left": 1}}, "1 day left", "warn"),
        ("Certificates", {"certificates": {"count": 1, "days_left": -1}}, "expired 1 day ago", "bad"),
        ("Certificates", {"certificates": {"count": 1, "days_left": None}}, "end unknown", ""),
        ("Certificates", {"certificates": {"count": 0}}, "none", ""),
    ],
)
def test_what_needs_attention(column, more, text, rating):
    found, rated = cells(result(web=stack(overview=overview(**more))))[column]
    assert found.startswith(text)
    assert rated == rating


@pytest.mark.parametrize(
    ("missing", "column"),
    [
        ("health_name", "Health"),
        ("deployment", "Last deployment"),
        ("live_commit", "Live commit"),
        ("servers", "Servers"),
        ("backups", "Backups"),
        ("certificates", "Certificates"),
    ],
)
def test_what_was_not_read(missing, column):
    known = {name: value for name, value in overview(notes=["The token may not."]).items() if name != missing}
    fleet = result(web=stack(overview=known))
    assert cells(fleet)[column] == ("not read", "")
    assert "Not read: The token may not." in html_of(fleet)


def test_a_page_without_an_overview():
    text = html_of(result(web=stack("differs", {"tags": {"removed": ["a"]}})))
    assert "overview: true" in text
    assert "Last deployment" not in text
    assert html_of(result())


def test_the_charts():
    """Days of all stacks are added up. Of long lists of deployments, only the newest are known."""
    fleet = result(a=stack(overview=overview()), b=stack(overview=overview(has_more_deployments=True)))
    text = html_of(fleet)
    assert "Deployments a day in the last 30 days: at least 8, 2 failed" in text
    assert "<title>2026-05-03: 6, 2 failed</title>" in text
    assert 'aria-label="By state: 2 clean"' in text
    assert 'aria-label="By health: 2 ok"' in text


def test_the_plan_of_a_stack():
    keys = [f"KEY_{number}" for number in range(300)]
    fleet = result(web=stack("differs", {"env_vars": {"added": keys, "removed": ["OLD"]}}, must_deploy=True))
    text = html_of(fleet)
    assert (
        '<li class="removed"><span class="sign">-</span><span class="aside">removed</span> <code>OLD</code></li>'
        in text
    )
    assert "100 more" in text
    assert "Deployment: to be deployed." in text


def test_colours_have_enough_contrast():
    """4.5 to 1 for texts, by WCAG 2 (AA)."""
    blocks = re.findall(r":root \{(.*?)\}", pages._asset("page.css"), re.DOTALL)
    schemes = [dict(re.findall(r"--([\w-]+): #(\w{6});", block)) for block in blocks]
    assert len(schemes) == 3
    for scheme in schemes:
        for text in ("text", "aside", "link", "good", "warn", "bad", "info"):
            for ground in ("page", "card"):
                assert contrast(scheme[text], scheme[ground]) >= 4.5, (text, ground)


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_ages_are_those_of_the_limits():
    old = result(web=stack(overview=overview(backups={**BACKUPS, "age": 3 * DAY})))
    assert '"badge warn">3 days old' in fleet_html(old, max_backup_age="2d").replace("<span class=", "")
    assert '"badge good">3 days old' in fleet_html(old, max_backup_age="4d").replace("<span class=", "")
    assert '"badge warn">30 days left' in fleet_html(result(web=stack(overview=overview())), certificate_days=31)
