# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_ssh_key_info: the account's public key."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("settings", [{}, {"ssh_key_missing": "empty"}, {"ssh_key_read": "base64"}])
def test_the_access_key(run_module, sim, settings):
    sim.settings(**settings)
    result = run_module("c66_ssh_key_info").result
    assert result["ssh_keys"] == [{"public_key": sim.world.ssh_keys[1]}]
    sim.world.ssh_keys.clear()
    assert run_module("c66_ssh_key_info").result["ssh_keys"] == []
    sim.fault("status", status=403, path="/ssh_keys/access")
    assert run_module("c66_ssh_key_info").result["status"] == 403
