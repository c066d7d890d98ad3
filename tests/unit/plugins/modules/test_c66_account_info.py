# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is to choose from: accounts, clouds and DNS providers."""

from __future__ import annotations


def test_accounts(run_module, sim):
    sim.world.accounts[0]["server_registration_script"] = "curl https://example.com/secret-4711 | sh"
    rows = run_module("c66_account_info").result["accounts"]
    assert [row["id"] for row in rows] == [account["id"] for account in sim.world.accounts]
    assert "secret-4711" not in str(rows)
    [current] = run_module("c66_account_info", current=True).result["accounts"]
    assert current["current_account"]
    [one] = run_module("c66_account_info", id=207).result["accounts"]
    assert one["id"] == 207
    assert "404" in run_module("c66_account_info", id=1).result["msg"]


def test_accounts_need_the_scope(run_module):
    result = run_module("c66_account_info", api_token="no-users-4c9c9b3333").result
    assert "the scope users" in result["msg"]


def test_clouds(run_module, sim):
    """An id with a blank at its end, which is in a sample of Cloud 66's documentation, is trimmed."""
    sim.world.clouds[0]["server_sizes"].append({"id": "96gb ", "name": "96GB"})
    rows = run_module("c66_cloud_info").result["clouds"]
    assert [row["name"] for row in rows] == [cloud["name"] for cloud in sim.world.clouds]
    assert rows[0]["server_sizes"][-1] == {"id": "96gb", "name": "96GB"}
    [one] = run_module("c66_cloud_info", cloud=rows[0]["name"], fields=["regions"]).result["clouds"]
    assert list(one) == ["regions"]


def test_dns_providers(run_module, sim):
    sim.world.add_dns_provider(139)
    rows = run_module("c66_dns_provider_info").result["dns_providers"]
    assert [row["uuid"] for row in rows] == [row["uuid"] for row in sim.world.dns_providers[139]]
