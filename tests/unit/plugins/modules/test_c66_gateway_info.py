# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_gateway_info: the gateways of an account, without their keys."""

from __future__ import annotations

import pytest


@pytest.fixture
def gateways(sim, run_module):
    sim.world.add_gateway(name="other", address="gw.example.com", content="a-secret-key")
    return lambda **args: run_module("c66_gateway_info", **args).result


def test_all_gateways_of_all_pages(sim, gateways):
    sim.settings(per_page=1)
    found = gateways()["gateways"]
    assert [row["name"] for row in found] == ["aws_bastion", "other"]
    assert "content" not in found[0]
    assert "a-secret-key" not in str(found)


@pytest.mark.parametrize(
    ("args", "names"),
    [
        ({"name": "other"}, ["other"]),
        ({"name": "othe"}, []),
        ({"address": "gw.example.com"}, ["other"]),
        ({"address": "10.0.0.5"}, ["aws_bastion"]),
        ({"gateway_id": 2}, ["other"]),
        ({"gateway_id": 2, "name": "aws_bastion"}, []),
        ({"account_id": 207}, []),
    ],
)
def test_some_gateways(gateways, args, names):
    assert [row["name"] for row in gateways(**args)["gateways"]] == names


def test_a_missing_gateway(gateways):
    assert gateways(gateway_id=9)["msg"].startswith("No gateway of account 139 matches '9'. Available: aws_bastion (1)")


def test_an_account_that_is_not_visible(gateways):
    assert gateways(account_id=99)["status"] == 403
