# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_config_store_record_info: lists of records, with values on request."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP, NO_USERS_TOKEN

SECRET = "a-value-that-nobody-must-see"


@pytest.fixture
def read(run_module):
    return lambda **args: run_module("c66_config_store_record_info", **args).result["config_store_records"]


def test_values_are_left_out(read):
    assert read() == [{"key": "onesignal.api_key", "metadata": {"key1": "value1"}, "ttl": None}]


def test_values_on_request(sim, read):
    sim.world.add_record("account-139", "odd", "no base64!")
    assert [row["raw_value"] for row in read(include_values=True)] == ["c2VjcmV0", "no base64!"]


def test_a_list_is_complete(sim, read):
    namespace = sim.world.stack(AWESOME_APP)["configstore_namespace"]
    for number in range(40):
        sim.world.add_record(namespace, f"key.{number}", value=SECRET)
    rows = read(stack="Awesome App")
    assert [row["key"] for row in rows] == [f"key.{number}" for number in range(40)]
    assert read(stack="Awesome App", key="key.7") == [rows[7]]
    assert read(stack="Awesome App", key="key") == []


def test_namespaces(sim, read):
    sim.world.add_record("account-207", "labs", value=SECRET)
    assert [row["key"] for row in read(account_id=207)] == ["labs"]
    assert [row["key"] for row in read(namespace="account-207")] == ["labs"]


def test_the_namespace_of_the_account_requires_the_scope_of_accounts(run_module):
    result = run_module("c66_config_store_record_info", api_token=NO_USERS_TOKEN).result
    assert "the scope users" in result["msg"]
    assert not run_module("c66_config_store_record_info", api_token=NO_USERS_TOKEN, stack="Storefront").result.get(
        "failed"
    )


@pytest.mark.parametrize("key", ["onesignal.api_key", "a/b c", "100%"])
def test_one_record_is_read_without_the_list(sim, read, key):
    if key != "onesignal.api_key":
        sim.world.add_record("account-139", key)
    assert [row["key"] for row in read(namespace="account-139", key=key)] == [key]
    assert [request.operation_id for request in sim.requests] == ["get_config_store_record"]


@pytest.mark.parametrize("key", [".", ".."])
def test_a_key_that_no_path_can_have(sim, read, key):
    sim.world.add_record("account-139", key)
    assert [row["key"] for row in read(namespace="account-139", key=key)] == [key]


def test_an_unknown_key(read):
    assert read(namespace="account-139", key="nothing") == []
    assert read(namespace="account-139", key="") == []
