# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading only one thing, by its identity."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP, STOREFRONT


@pytest.fixture
def things(sim):
    """More things of each kind than fit on a page. The wanted one comes last."""
    for number in range(40):
        sim.world.add_rule(AWESOME_APP, port=1000 + number, protocol="tcp")
        sim.world.add_image_repository(username=f"user-{number}")
        sim.world.add_certificate(STOREFRONT, server_names=f"{number}.example.org")
    return {
        "c66_firewall_rule_info": sim.world.firewalls[AWESOME_APP][-1],
        "c66_image_repository_info": sim.world.image_repositories[139][-1],
        "c66_ssl_certificate_info": sim.world.certificates[STOREFRONT][-1],
    }


@pytest.mark.parametrize(
    ("module", "option", "field", "args"),
    [
        ("c66_firewall_rule_info", "rule_id", "id", {"stack": AWESOME_APP}),
        ("c66_image_repository_info", "repository_id", "id", {}),
        ("c66_ssl_certificate_info", "uuid", "uuid", {"stack": STOREFRONT}),
    ],
)
def test_one_thing_takes_one_request(sim, run_module, things, module, option, field, args):
    identity = things[module][field]
    result = run_module(module, **args, **{option: identity}).result
    [rows] = [value for value in result.values() if isinstance(value, list)]
    assert [row[field] for row in rows] == [identity]
    assert result["api"]["requests"] == (2 if args else 1)
    missing = run_module(module, **args, **{option: 999999}).result["msg"]
    assert missing.startswith("Cannot read ") and "999999" in missing
