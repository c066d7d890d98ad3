# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_deployment_info: the deployments of a stack."""

from __future__ import annotations

from simulator.seed import STOREFRONT


def test_deployments_are_listed_completely_and_filtered(run_module, sim):
    sim.settings(per_page=1)
    all_of_them = run_module("c66_deployment_info", stack="Storefront").result["deployments"]
    assert all_of_them == [{**row, "stack_uid": STOREFRONT} for row in sim.world.deployments[STOREFRONT]]
    live, old = all_of_them

    def read(**filters):
        return run_module("c66_deployment_info", stack="Storefront", **filters).result["deployments"]

    assert read(live=True) == [live]
    assert read(live=False) == [old]
    assert read(git_hash=old["git_hash"]) == [old]
    assert read(running=True) == []
    assert read(running=False) == all_of_them
    before = len(sim.requests)
    assert read(deployment_id=old["id"]) == [old]
    assert read(deployment_id=old["id"], live=True) == []
    run_module("c66_deployment", stack="Storefront", wait=False)
    [running] = read(running=True)
    assert running["is_deploying"] is True
    assert not [request for request in sim.requests[before : before + 4] if request.path.endswith("/deployments")]


def test_a_missing_deployment_is_an_error(run_module):
    run = run_module("c66_deployment_info", stack="Storefront", deployment_id=1)
    assert run.result["status"] == 404
    assert "deployment 1 of stack Storefront" in run.result["msg"]
