# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_failover_group_info: the failover groups of an account."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP, STOREFRONT


@pytest.fixture
def groups(sim, run_module):
    fields = {"primary_stack_uid": STOREFRONT, "secondary_stack_uid": AWESOME_APP, "current_stack": 2}
    sim.world.add_failover_group(**fields, address="other.cloud66.net")
    return lambda **args: run_module("c66_failover_group_info", **args).result


@pytest.mark.parametrize("read", ["number", "word"])
def test_all_groups(sim, groups, read):
    sim.settings(failover_current=read)
    found = groups()["failover_groups"]
    assert [row["current_stack_name"] for row in found] == ["primary", "secondary"]
    assert [row["primary_stack_name"] for row in found] == ["Awesome App", "Storefront"]


@pytest.mark.parametrize("read", ["number", "word"])
@pytest.mark.parametrize(
    ("args", "stacks"),
    [
        ({"primary_stack": "Storefront"}, [STOREFRONT]),
        ({"primary_stack": STOREFRONT}, [STOREFRONT]),
        ({"secondary_stack": "Awesome App"}, [STOREFRONT]),
        ({"secondary_stack": "Storefront"}, []),
        ({"address": "other.cloud66.net"}, [STOREFRONT]),
        ({"current_stack": "primary"}, [AWESOME_APP]),
        ({"current_stack": "2"}, [STOREFRONT]),
    ],
)
def test_some_groups(sim, groups, read, args, stacks):
    sim.settings(failover_current=read)
    assert [row["primary_stack_uid"] for row in groups(**args)["failover_groups"]] == stacks


def test_one_group(sim, groups):
    uid = sim.world.failover_groups[139][0]["uid"]
    assert [row["uid"] for row in groups(uid=uid)["failover_groups"]] == [uid]
    assert groups(uid="fg-none")["msg"].startswith("No failover group matches 'fg-none'.")
