# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_application_variant_info: variants, whatever the fields that say what they are."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP


@pytest.fixture(params=["site", "go"])
def read(request, sim, run_module):
    sim.settings(variant_fields=request.param)

    def call(**args):
        return run_module("c66_application_variant_info", stack="Awesome App", **args).result["application_variants"]

    return call


def test_all_variants(read):
    assert [row["percentage"] for row in read()] == [80, 20, 0]
    assert {row["stack_uid"] for row in read()} == {AWESOME_APP}


@pytest.mark.parametrize(("kind", "ref"), [("active", "main"), ("canary", "release"), ("preview", "feature")])
def test_by_type(read, kind, ref):
    assert [row["git_ref"] for row in read(type=kind)] == [ref]


def test_by_name(sim, read):
    row = sim.world.variants[AWESOME_APP][1]
    for name in ("uid", "git_hash", "git_ref"):
        assert [one["uid"] for one in read(variant=row[name])] == [row["uid"]]
    assert read(variant="nothing") == []
