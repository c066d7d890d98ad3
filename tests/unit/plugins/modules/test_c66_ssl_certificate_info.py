# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_ssl_certificate_info: lists of certificates."""

from __future__ import annotations

import pytest
from simulator.seed import PUBLIC_TOKEN, STOREFRONT


@pytest.fixture
def read(run_module):
    return lambda **args: run_module("c66_ssl_certificate_info", stack="Storefront", **args).result["ssl_certificates"]


def test_the_list_is_complete(sim, read):
    for number in range(40):
        sim.world.add_certificate(STOREFRONT, server_names=f"{number}.example.org")
    rows = read()
    assert [row["server_names"] for row in rows] == [f"{number}.example.org" for number in range(40)]
    assert {row["stack_uid"] for row in rows} == {STOREFRONT}


@pytest.mark.parametrize(
    ("code", "word"),
    [
        *((-1, "not_applicable"), (0, "not_installed"), (1, "installing"), (2, "failed"), (3, "installed")),
        *((4, "removing"), (9, None)),
    ],
)
@pytest.mark.parametrize("as_text", [False, True])
def test_a_status_in_words(sim, read, code, word, as_text):
    sim.settings(certificate_status_as_text=as_text)
    sim.world.add_certificate(STOREFRONT, status=code)
    assert read()[0]["status_name"] == word


def test_uploaded_values_are_left_out(sim, read):
    sim.world.add_certificate(STOREFRONT, type="manual", key="a private key")
    assert not {"certificate", "key", "intermediate_certificate"} & set(read()[0])


def test_filters(sim, read):
    sim.world.add_certificate(STOREFRONT, type="manual")
    sim.world.add_certificate(STOREFRONT)
    assert [row["type"] for row in read(type="manual")] == ["manual"]
    assert [row["type"] for row in read(type="lets_encrypt")] == ["lets_encrypt"]


def test_without_the_scope(run_module):
    result = run_module("c66_ssl_certificate_info", stack="Storefront", api_token=PUBLIC_TOKEN).result
    assert "the scope admin" in result["msg"]
