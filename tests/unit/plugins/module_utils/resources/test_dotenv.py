# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables from a file, in dotenv or JSON format."""

from __future__ import annotations

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.dotenv import of_dotenv, of_json

SECRET = "hidden-2718"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", {}),
        ("\n \t\n# A=1\n  # B=2\n", {}),
        ("A=1", {"A": "1"}),
        ("A=1\nB=2\n", {"A": "1", "B": "2"}),
        ("A=1\r\nB='2'\r\nC=\"3\"\r\n", {"A": "1", "B": "2", "C": "3"}),
        ("  export A=1\nexport\tB = 2\n", {"A": "1", "B": "2"}),
        ("export=1\nexported=2", {"export": "1", "exported": "2"}),
        ("A=\nB= \nC=''\nD=\"\"\n", {"A": "", "B": "", "C": "", "D": ""}),
        ("A=two words \nB=a=b", {"A": "two words", "B": "a=b"}),
        (
            "A=1 # one\nB=#fff\nC= # none\nD='#' # quoted\nE=\"#\"# quoted",
            {"A": "1", "B": "#fff", "C": "", "D": "#", "E": "#"},
        ),
        ("A=it's\nB=5\"", {"A": "it's", "B": '5"'}),
        (r"A='\n\"$HOME'", {"A": r"\n\"$HOME"}),
        (r'A="a\nb\tc\\d\"e\$f\xg\r"', {"A": 'a\nb\tc\\d"e$f\\xg\r'}),
        ("A='one\ntwo'\nB=\"three\n\n# four\"\nC=5", {"A": "one\ntwo", "B": "three\n\n# four", "C": "5"}),
        ("A=$B\nB=${A}", {"A": "$B", "B": "${A}"}),
        (r"A=a\$b # \$" + "\n" + r"B=\\n\d", {"A": "a$b", "B": r"\\n\d"}),
        ("A=1\nA=2", {"A": "2"}),
        ("a.b-c_1=x\n_=y", {"a.b-c_1": "x", "_": "y"}),
        ("A=ünïcode\n", {"A": "ünïcode"}),
        ('A="' + "x\\n" * 50000 + '"', {"A": "x\n" * 50000}),
    ],
)
def test_dotenv(text, read):
    assert of_dotenv(text, "file") == read


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (f"A=1\n\n{SECRET}\n", 3),
        (f"A=1\nB='{SECRET}\nC=2\n", 2),
        (f'# x\nA="one\ntwo"\nB="{SECRET}', 4),
        (f"A='one' {SECRET}", 1),
        (f"1A={SECRET}", 1),
        (f"={SECRET}", 1),
        (f"A B={SECRET}", 1),
    ],
)
def test_an_invalid_line_is_reported_by_number(text, number):
    with pytest.raises(Cloud66Error) as raised:
        of_dotenv(text, "my.env")
    assert str(raised.value).startswith(f"Line {number} of my.env ")
    assert SECRET not in str(raised.value)


def test_json():
    read = of_json('{"A": 1.10, "B": null, "C": 0, "D": 1e400, "E": true, "F": NaN}', "file")
    assert read == {"A": "1.10", "B": None, "C": "0", "D": "1e400", "E": True, "F": "NaN"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f'{{"A": 1,\n"{SECRET}"', "Line 2 of my.json is not valid JSON."),
        (f'["{SECRET}"]', "my.json is not a JSON object of keys and values."),
        ("[" * 200_000, "my.json is nested too deep."),
    ],
)
def test_invalid_json(text, message):
    with pytest.raises(Cloud66Error) as raised:
        of_json(text, "my.json")
    assert str(raised.value) == message


# In a task


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.env", "# production\nLOG_LEVEL=debug\nexport NEW='two\nlines'\n"),
        ("a.json", '{"LOG_LEVEL": "debug", "NEW": "two\\nlines"}'),
    ],
)
def test_a_file_is_taken_as_a_set(run_module, values, sim, tmp_path, name, text):
    file = tmp_path / name
    file.write_text(f"\ufeff{text}", encoding="utf-8")
    options = {"stack": "Awesome App", "src": str(file), "purge": True}
    run = run_module("c66_env_var", **options)
    assert run.result["changes"] == {
        "added": ["NEW"],
        "changed": ["LOG_LEVEL"],
        "removed": ["API_SECRET", "WEB_CONCURRENCY"],
    }
    assert values()["NEW"] == "two\nlines"
    assert "two\nlines" in run.secrets
    assert not run_module("c66_env_var", **options).result["changed"]
    removed = run_module("c66_env_var", stack="Awesome App", src=str(file), state="absent")
    assert removed.result["changes"]["removed"] == ["LOG_LEVEL", "NEW"]


@pytest.mark.parametrize(
    ("name", "text"), [("a.env", f"A B={SECRET}"), ("a.json", f'{{"A": ["{SECRET}"]}}'), ("b", None)]
)
def test_an_invalid_file_fails_the_task(run_module, sim, tmp_path, name, text):
    file = tmp_path / name
    if text:
        file.write_text(text, encoding="utf-8")
    run = run_module("c66_env_var", stack="Awesome App", src=str(file))
    assert run.result["failed"]
    assert SECRET not in str(run)
    assert not sim.requests


def test_values_of_a_file_are_hidden_before_they_are_sent(run_module, sim, tmp_path):
    """Cloud 66 may repeat them in its messages."""
    file = tmp_path / "a.env"
    file.write_text(f"NEW={SECRET}", encoding="utf-8")
    sim.fault("status", status=400, method="POST", details=f"{SECRET} is no good")
    run = run_module("c66_env_var", stack="Awesome App", src=str(file))
    assert "is no good" in run.result["msg"]
    assert SECRET in run.secrets
