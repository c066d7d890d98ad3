# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_server_setting and c66_server_setting_info."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN, STOREFRONT

CARIBOU = "f8468fc145ea49bac474b30a8fea888d"


@pytest.fixture
def server(run_module):
    def call(server="Caribou", **args):
        return run_module("c66_server_setting", stack="Awesome App", server=server, diff=True, **args)

    return call


@pytest.mark.parametrize("wanted", ["Caribou", CARIBOU, CARIBOU.upper()])
def test_a_server_found_by_name_or_uid_is_renamed(server, sim, sent, wanted):
    """Although the list marks its name as read-only."""
    run = server(server=wanted, settings={"server-name": "Elk"})
    assert run.result["changes"]["changed"] == ["server.name"]
    assert run.warnings == ["The setting server.name: This changes DNS names."]
    assert sent() == [("PUT", "server-name", {"value": "Elk"})]
    assert CARIBOU in sim.writes[0].path
    assert not server(server=CARIBOU, settings={"server.name": "Elk"}).result["changed"]
    assert len(sim.writes) == 1


@pytest.mark.parametrize("status", [400, 403, 409])
def test_cloud_66_may_reject_a_new_name(server, sim, status):
    sim.settings(server_name_writable=False, readonly_status=status)
    run = server(settings={"server.name": "Elk"})
    assert run.result["status"] == status
    assert "the setting server.name of server Caribou of stack Awesome App" in run.result["msg"]
    assert len(sim.writes) == 1


def test_check_mode(server, sim):
    predicted = server(settings={"server.name": "Elk"}, check=True).result
    assert not sim.writes
    real = server(settings={"server.name": "Elk"}).result
    assert [predicted[name] for name in ("changed", "changes", "diff", "settings")] == [
        real[name] for name in ("changed", "changes", "diff", "settings")
    ]


def test_other_read_only_settings_of_a_server_are_refused(server, sim):
    row = {"key": "server.region", "value": "ams", "readonly": True}
    sim.world.server_settings[CARIBOU].append(row)
    assert (
        "server.region of server Caribou of stack Awesome App is read-only"
        in (server(settings={"server.region": "nyc"}).result["msg"])
    )


def test_an_ambiguous_server_is_an_error(server, sim):
    assert (
        "No server of stack Awesome App matches 'Moose'. Available: Lion" in server("Moose", settings={}).result["msg"]
    )
    sim.world.add_server(AWESOME_APP, name="Caribou")
    message = server(settings={}).result["msg"]
    assert "2 servers of stack Awesome App match Caribou: Caribou (" in message
    assert CARIBOU in message
    assert not sim.writes


def test_a_missing_scope_is_named(server):
    run = server(settings={"server.name": "Elk"}, api_token=PUBLIC_TOKEN)
    assert "lacks the scope admin" in run.result["msg"]


def test_server_settings_are_listed_with_an_id(run_module, sim):
    name = sim.world.servers[STOREFRONT][0]["name"]
    [row] = run_module("c66_server_setting_info", stack="Storefront", server=name).result["settings"]
    assert (row["id"], row["key"], row["value"]) == ("server-name", "server.name", name)
    options = {"stack": "Storefront", "server": name, "setting": "server-name"}
    assert run_module("c66_server_setting_info", **options).result["settings"] == [row]
