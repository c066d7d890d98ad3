# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declared fields: their options, bodies, comparison and description."""

from __future__ import annotations

import hashlib
import ssl

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.fields import (
    Address,
    Base64,
    Codes,
    Fingerprint,
    Flag,
    IsGiven,
    Map,
    Number,
    SetOf,
    Text,
    WriteOnly,
    described,
)

PEM = ssl.DER_cert_to_PEM_cert(b"certificate")
ALL = [("a", "b"), ("b", "a"), ("b", "a", "b")]


@pytest.mark.parametrize(
    ("field", "existing", "wanted", "same"),
    [
        (Text(), "1", 1, True),
        (Text(), None, "", False),
        (Text(), "Assets", "assets", False),
        (Text(clear=""), None, "", True),
        (Text(clear=None), "", None, True),
        (Text(clear=""), "a", "", False),
        (Number(), "60", 60, True),
        (Number(clear=0), None, 0, True),
        (Number(), None, 0, False),
        (Flag(), 1, True, True),
        (Flag(), "off", False, True),
        (Flag(), "Assets", "assets", False),
        (Flag(), None, False, False),
        (Map(clear={}), None, {}, True),
        (Map(), {"a": 1, "b": "2"}, {"b": "2", "a": "1"}, True),
        (Map(), {"a": "1"}, {"a": "1", "b": "2"}, False),
        (Address(), "198.51.100.7", "198.51.100.7/32", True),
        (Address(), "198.51.100.7", "198.51.100.8", False),
        (Base64(), "c2Vj\ncmV0", "c2VjcmV0", True),
        (Codes({"ios": 1}), "1", "ios", True),
    ],
)
def test_same(field, existing, wanted, same):
    assert field.same(existing, wanted) is same


@pytest.mark.parametrize("existing", ALL)
@pytest.mark.parametrize("wanted", ALL)
def test_order_means_nothing_in_a_set(existing, wanted):
    assert SetOf().same(list(existing), list(wanted))
    assert SetOf(comma=True).same(", ".join(existing), ",".join(wanted))
    assert not SetOf().same([*existing, "c"], list(wanted))


@pytest.mark.parametrize(
    ("field", "given", "stored"),
    [
        (Text(), "a", "a"),
        (Text(clear=None), "", None),
        (SetOf(comma=True), ["b", " a ", "b"], "b,a"),
        (SetOf(), ["b", "a", "b"], ["b", "a"]),
        (SetOf(clear=[]), [], []),
        (Map(), {1: True, "none": None, "text": "x"}, {"1": "true", "none": "", "text": "x"}),
        (Base64(), "größe", "Z3LDtsOfZQ=="),
        (Codes({"ios": 1}), "ios", 1),
    ],
)
def test_stored(field, given, stored):
    assert field.stored(given) == stored


@pytest.mark.parametrize("value", [["a"], {"a": 1}])
def test_a_map_accepts_only_strings(value):
    with pytest.raises(ValueError, match=r"^the value of owner is not a string, a number or a boolean$"):
        Map().stored({"owner": value})


@pytest.mark.parametrize(
    ("field", "argument"),
    [
        (Text(), {"type": "str"}),
        (Text(secret=True), {"type": "str", "no_log": True}),
        (Text(choices=["a"]), {"type": "str", "choices": ["a"]}),
        (SetOf(), {"type": "list", "elements": "str"}),
        (Map(), {"type": "dict"}),
        (Number(), {"type": "int"}),
        (Flag(), {"type": "bool"}),
    ],
)
def test_argument(field, argument):
    assert field.argument() == argument


@pytest.mark.parametrize("text", [PEM, f"  {PEM}\n", f"{PEM}\n{ssl.DER_cert_to_PEM_cert(b'intermediate')}"])
def test_both_forms_of_a_fingerprint_match(text):
    """It is not documented whether Cloud 66 computes it from the DER or the PEM form."""
    field = Fingerprint("certificate")
    wanted = field.derived(text)
    der = hashlib.sha256(b"certificate").hexdigest()
    for existing in (der, der.upper(), ":".join(der[n : n + 2] for n in range(0, 64, 2)), None):
        assert field.same(existing, wanted)
    assert field.same(hashlib.sha256(text.encode()).hexdigest(), wanted)
    assert not field.same(hashlib.sha256(b"other").hexdigest(), wanted)


@pytest.mark.parametrize("text", ["", "nonsense", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----"])
def test_an_invalid_certificate_is_refused(text):
    with pytest.raises(ValueError, match=r"^this is not a certificate in PEM format$"):
        Fingerprint("certificate").derived(text)


def test_given_and_missing_options():
    assert IsGiven("chain").derived("text") is True
    assert IsGiven("chain").derived("") is False


def test_a_field_required_by_another():
    field = WriteOnly(required={"type": "manual"})
    assert field.is_required({"type": "manual"})
    assert not field.is_required({"type": "lets_encrypt"})


def test_secret_and_write_only_fields_are_not_described():
    fields = {"password": WriteOnly(), "token": Text(secret=True)}
    assert described({"id": 1, "password": None, "token": "x"}, fields) == {"id": 1}
