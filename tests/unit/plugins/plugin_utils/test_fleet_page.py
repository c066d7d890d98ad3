# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a fleet in a real browser: sorting and filtering, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet_reports.model import fleet_of
from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet_reports.page import page
from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet_reports.words import Limits
from tools import browser as browsers
from unit.fixtures.fleets import NOW, OVERVIEW, overview, result, stack

if browsers.program() is None:
    pytest.skip("Chromium is not installed (Debian: apt-get install chromium)", allow_module_level=True)

EVIL = "<script>alert(1)</script>"
TITLE = f"</title>{EVIL}"
ROWS = "Array.from(document.querySelectorAll('tbody tr'))"
SECTIONS = "Array.from(document.querySelectorAll('section.stack'))"


def heading(title):
    """The number of a column."""
    titles = [
        "Stack",
        "Environment",
        "State",
        "Changes",
        "Health",
        "Deployment",
        "Commit",
        "Servers",
        "Backups",
        "Certificates",
    ]
    return f"thead th:nth-child({titles.index(title) + 1})"


def fleet():
    def shop(servers, days, *kinds, **more):
        certificates = {"count": 1, "ends_at": "2026-06-04T00:00:00Z", "days_left": days}
        state = "differs" if kinds else "clean"
        found = {kind: {"added": ["SHARED"], "removed": [f"{kind}_old"]} for kind in kinds}
        return stack(state, found, overview=overview(servers=servers, certificates=certificates), **more)

    return result(
        alpha=shop(10, 30),
        beta=shop(9, 4, "env_vars"),
        gamma=shop(100, 200, "settings", "tags", environment="staging"),
        delta=stack("unreachable", msg="It is away."),
        **{EVIL: stack("failed", msg=EVIL, overview=overview(live_commit=EVIL, servers=1, notes=[EVIL]))},
    )


@pytest.fixture(scope="module")
def chromium():
    with browsers.browser() as browser:
        yield browser


@pytest.fixture
def browser(chromium, tmp_path):
    """The page, freshly opened. In the end, its script has thrown nothing, and its policy has blocked nothing."""
    file = tmp_path / "fleet.html"
    file.write_text(page(fleet_of(fleet()), TITLE, Limits(26 * 3600, 14), NOW), encoding="utf-8")
    chromium.look(1300)
    chromium.open(file)
    yield chromium
    assert chromium.problems == []
    assert chromium.requested == [file.as_uri()]


def shown(browser, of=ROWS):
    names = "one => one.querySelector('a, h3').firstChild.textContent.trim()"
    return browser.value(f"{of}.filter(one => one.getClientRects().length).map({names})")


def test_the_first_order_is_by_state(browser):
    assert shown(browser) == [EVIL, "delta", "beta", "gamma", "alpha"]
    assert shown(browser, SECTIONS) == shown(browser)
    assert browser.value("document.title") == TITLE
    assert browser.value(f"document.querySelector('{heading('State')}').ariaSort") == "ascending"


def test_sorting_by_mouse(browser):
    """Numbers by their value. What is unknown comes last in both orders."""
    browser.click(heading("Servers") + " button")
    assert shown(browser) == [EVIL, "beta", "alpha", "gamma", "delta"]
    browser.click(heading("Servers") + " button")
    assert shown(browser) == ["gamma", "alpha", "beta", EVIL, "delta"]
    assert browser.value("Array.from(document.querySelectorAll('[aria-sort]'), one => one.textContent)") == ["Servers"]
    assert browser.value("document.querySelector('[aria-sort]').ariaSort") == "descending"
    browser.click(heading("Certificates") + " button")
    assert shown(browser)[:2] == ["beta", "alpha"]


def test_sorting_by_keyboard(browser):
    browser.value("document.querySelector('#stacks button').focus()")
    browser.press("Enter")
    assert shown(browser) == [EVIL, "alpha", "beta", "delta", "gamma"]
    browser.press(" ")
    assert shown(browser) == ["gamma", "delta", "beta", "alpha", EVIL]
    browser.press("Tab")
    assert browser.value("document.activeElement.textContent") == "Environment"


def test_filtering_by_text(browser):
    """Keys count too, and all words must match."""
    browser.click("#text")
    browser.type("shared")
    assert shown(browser) == shown(browser, SECTIONS) == ["beta", "gamma"]
    browser.type(" STAGING")
    assert shown(browser) == ["gamma"]
    assert browser.value("document.getElementById('shown').textContent") == "1 of 5 stacks shown"
    submit = "document.getElementById('controls').dispatchEvent(new Event('submit', {cancelable: true}))"
    assert browser.value(submit) is False


def test_filtering_by_state(browser):
    browser.click("input[value=differs]")
    assert shown(browser) == shown(browser, SECTIONS) == [EVIL, "delta", "alpha"]
    browser.click(heading("Stack") + " button")
    assert shown(browser) == [EVIL, "alpha", "delta"]
    browser.click("input[value=differs]")
    assert len(shown(browser)) == 5


def test_a_link_to_the_plan(browser):
    browser.click("tbody tr:nth-child(3) a")
    assert browser.value("document.querySelector(':target h3').firstChild.textContent.trim()") == "beta"


def test_numbers_are_aligned_to_the_right(browser):
    aligned = "getComputedStyle(document.querySelector('tbody tr td:nth-child({})')).textAlign == 'right'"
    assert [browser.value(aligned.format(number)) for number in (2, 4, 6, 8)] == [False, True, True, True]


@pytest.mark.parametrize("width", [360, 800, 1300])
def test_only_the_table_is_wider_than_the_window(browser, width):
    browser.look(width)
    assert browser.value("document.documentElement.scrollWidth <= window.innerWidth")


def test_dark_and_print(browser):
    ground = "getComputedStyle(document.body).backgroundColor"
    browser.look(1000, dark=True)
    assert browser.value(ground) == "rgb(13, 17, 23)"
    browser.look(1000, dark=True, media="print")
    assert browser.value(ground) == "rgb(255, 255, 255)"
    assert browser.value("document.getElementById('controls').getClientRects().length") == 0


def test_an_empty_fleet(chromium, tmp_path):
    file = tmp_path / "empty.html"
    file.write_text(page(fleet_of(result()), "Fleet", Limits(1, 1), NOW), encoding="utf-8")
    chromium.open(file)
    assert chromium.value("document.getElementById('shown').textContent") == "0 of 0 stacks shown"
    assert chromium.problems == []


@pytest.mark.parametrize(
    ("what", "instead", "problem"),
    [
        ('"use strict";', '"use strict"; ', "script"),
        (":root {", ":root  {", "style"),
        ("</header>", '<img src="https://example.com/x.png"></header>', "img-src"),
        ("</header>", "<p onclick='1' style='color: red'>x</p></header>", "style"),
    ],
)
def test_the_policy_blocks_everything_else(chromium, tmp_path, what, instead, problem):
    """The other tests would see what it blocks."""
    file = tmp_path / "changed.html"
    text = page(fleet_of(fleet()), "Fleet", Limits(1, 1), NOW)
    file.write_text(text.replace(what, instead, 1), encoding="utf-8")
    chromium.open(file)
    assert any(problem in found and "Content Security Policy" in found for found in chromium.problems)


def test_what_the_script_throws_is_seen(chromium, tmp_path):
    """The overview's constant is one that a page shows."""
    file = tmp_path / "broken.html"
    text = page(fleet_of(fleet()), "Fleet", Limits(1, 1), NOW).replace('id="stacks"', 'id="other"')
    assert OVERVIEW["live_commit"][:8] in text
    file.write_text(text, encoding="utf-8")
    chromium.open(file)
    assert any("TypeError" in found for found in chromium.problems)
