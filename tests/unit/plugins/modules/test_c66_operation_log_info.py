# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_operation_log_info: the entries of a log, with words for the severity."""

from __future__ import annotations

import pytest


@pytest.fixture
def read(run_module):
    return lambda **args: run_module("c66_operation_log_info", **{"operation_uid": "op-1", **args}).result


def test_the_log(sim, read):
    sim.settings(per_page=1)
    assert [(row["v_name"], row["m"]) for row in read()["operation_logs"]] == [
        ("info", "Deployment started"),
        ("debug", "Reading the manifest"),
        ("warn", "Deployment failed"),
    ]


def test_equal_entries_are_kept(sim, read):
    rows = sim.world.operation_logs["op-1"]
    rows.append(dict(rows[0]))
    assert len(read()["operation_logs"]) == 4


@pytest.mark.parametrize("severity", ["warn", "4"])
def test_only_severe_entries(read, severity):
    assert [row["v"] for row in read(min_severity=severity)["operation_logs"]] == [4]
    assert [row["v"] for row in read(min_severity=severity, include_children=True)["operation_logs"]] == [5, 4]


def test_an_unknown_operation(read):
    assert "operation op-9" in read(operation_uid="op-9")["msg"]
