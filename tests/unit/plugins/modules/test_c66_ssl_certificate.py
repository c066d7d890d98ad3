# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_ssl_certificate: installed in the background, compared by fingerprint, and never written without a difference."""

from __future__ import annotations

import base64

import pytest
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN, STOREFRONT
from unit.fixtures.writes import LOST

PROVIDER = "dp-fbe3d478cdc610b187b38c1d2b6b016b"
NAMES = ["www.example.org", "example.org"]
ISSUED = {"stack": "Storefront", "type": "lets_encrypt", "server_names": NAMES, "ssl_termination": True}
WILDCARD = {**ISSUED, "server_names": ["*.example.org"], "wildcard": True, "dns_provider": "My Cloudflare"}
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def pem(content):
    return f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(content).decode()}\n-----END CERTIFICATE-----\n"


OLD, NEW, CHAIN = pem(b"the old one, which expires soon"), pem(b"the new one"), pem(b"the one above")
PRIVATE = "-----BEGIN PRIVATE KEY-----\nnobody-must-see-this\n-----END PRIVATE KEY-----\n"
UPLOADED = {**ISSUED, "type": "manual", "certificate": OLD, "key": PRIVATE}


@pytest.fixture
def certificate(run_module):
    """Run c66_ssl_certificate, and check that the private key is not shown."""

    def call(**args):
        run = run_module("c66_ssl_certificate", **{"diff": True, **ISSUED, **args})
        assert "nobody-must-see-this" not in str([run.result, run.warnings, run.notices, run.logs])
        return run

    return call


@pytest.fixture
def rows(sim):
    """The certificates of Storefront once all actions have ended."""

    def read():
        sim.world.settle()
        return sim.world.certificates[STOREFRONT]

    return read


@pytest.fixture
def existing(sim):
    """An installed certificate of Let's Encrypt."""
    return sim.world.add_certificate(STOREFRONT, server_names=",".join(NAMES))


def methods(sim):
    return [write.method for write in sim.writes]


def states(run):
    return run.result["diff"]["before"], run.result["diff"]["after"]


def parts(result, *names):
    return [result["ssl_certificate"][name] for name in names]


# Let's Encrypt


@pytest.mark.parametrize("answer", ["full", "nameless"])
@pytest.mark.parametrize("first", ["installing", "not_installed"])
@pytest.mark.parametrize("as_text", [False, True])
def test_present_twice(sim, clock, certificate, rows, sent, answer, first, as_text):
    """Even if the answer contains neither the certificate nor its status as a number."""
    sim.settings(
        certificate_answer=answer,
        certificate_first_status=first,
        certificate_status_as_text=as_text,
        certificate_seconds=90,
    )
    run = certificate()
    assert run.result["changed"]
    assert parts(run.result, "uuid", "status_name") == [rows()[0]["uuid"], "installed"]
    assert 90 <= clock.elapsed < 120
    again = certificate()
    assert not again.result["changed"]
    assert again.result["ssl_certificate"] == run.result["ssl_certificate"]
    body = {"type": "lets_encrypt", "server_names": ",".join(NAMES), "ssl_termination": True}
    assert sent() == [("POST", "ssl_certificates", {"ssl_certificate": body})]


@pytest.mark.usefixtures("existing")
@pytest.mark.parametrize("read", ["as_written", "sorted"])
@pytest.mark.parametrize("names", [NAMES, NAMES[::-1], [*NAMES, NAMES[0]], [f" {name} " for name in NAMES]])
def test_the_order_of_names_is_ignored(sim, certificate, read, names):
    sim.settings(server_names_read=read)
    assert not certificate(server_names=names).result["changed"]
    assert methods(sim) == []


@pytest.mark.usefixtures("existing")
def test_other_names_are_another_certificate(sim, certificate, rows):
    assert certificate(server_names=["shop.example.org"]).result["changed"]
    assert methods(sim) == ["POST"]
    assert [row["server_names"] for row in rows()] == [",".join(NAMES), "shop.example.org"]


@pytest.mark.usefixtures("existing")
@pytest.mark.parametrize("args", [{}, {"ssl_termination": None}, {"wildcard": False}, {"wait": False}])
def test_without_a_difference_there_is_no_write(sim, certificate, args):
    """Cloud 66 would renew the certificate."""
    run = certificate(**args)
    assert not run.result["changed"]
    assert methods(sim) == []
    assert states(run)[0] == states(run)[1]


@pytest.mark.parametrize("put", ["replace", "merge"])
def test_a_change(sim, certificate, sent, existing, put):
    """Fields that are not given are kept."""
    existing.update(wildcard=True, dns_provider_uuid=PROVIDER)
    sim.settings(certificate_put=put)
    run = certificate(ssl_termination=False)
    assert run.result["changed"]
    assert [write.notes["changes"] for write in sim.writes] == [["ssl_termination"]]
    assert not {"certificate", "key", "intermediate_certificate"} & set(sent()[0][2]["ssl_certificate"])
    assert parts(run.result, "ssl_termination", "wildcard", "status_name") == [False, True, "installed"]
    before, after = states(run)
    assert {name for name in after if before[name] != after[name]} == {"ssl_termination"}
    assert not certificate(ssl_termination=False).result["changed"]


@pytest.mark.parametrize("provider", [PROVIDER, "My Cloudflare", "my cloudflare", "Cloudflare (My Cloudflare)"])
def test_every_name_of_a_dns_provider_is_accepted(sim, certificate, rows, provider):
    args = {**WILDCARD, "dns_provider": provider}
    assert certificate(**args).result["changed"]
    assert rows()[0]["dns_provider_uuid"] == PROVIDER
    assert not certificate(**args).result["changed"]
    assert methods(sim) == ["POST"]


@pytest.mark.parametrize("check", [False, True])
def test_a_missing_dns_provider(sim, certificate, check):
    result = certificate(**{**WILDCARD, "dns_provider": "My Cloudfare"}, check=check).result
    assert result["failed"]
    assert "No DNS provider matches 'My Cloudfare'" in result["msg"]
    assert "My Cloudflare" in result["msg"], "a near match"
    assert methods(sim) == []


def test_dns_providers_with_equal_names(sim, certificate):
    sim.world.add_dns_provider(139, key="My Cloudflare", type="Route53")
    result = certificate(**WILDCARD).result
    assert result["failed"]
    assert PROVIDER in result["msg"]


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("args", "missing"),
    [
        ({"ssl_termination": None}, "ssl_termination"),
        ({**WILDCARD, "dns_provider": None}, "dns_provider"),
        ({**UPLOADED, "certificate": None}, "certificate"),
        ({**UPLOADED, "key": None}, "key"),
    ],
)
def test_required_options_of_a_new_thing(sim, certificate, check, args, missing):
    result = certificate(**args, check=check).result
    assert result["failed"]
    assert result["msg"].endswith(f"creating it also requires {missing}.")
    assert methods(sim) == []


# Uploaded certificates


@pytest.mark.parametrize("fingerprint_of", ["der", "pem"])
@pytest.mark.parametrize("chain", [None, CHAIN])
def test_an_uploaded_certificate(sim, certificate, rows, fingerprint_of, chain):
    """The certificate is not returned, so its fingerprint is compared, in any form."""
    sim.settings(fingerprint_of=fingerprint_of)
    args = {**UPLOADED, "intermediate_certificate": chain}
    first = certificate(**args)
    assert first.result["changed"]
    assert (rows()[0]["certificate"], rows()[0]["intermediate_certificate"]) == (OLD, chain)
    assert not certificate(**args).result["changed"]
    assert not certificate(**{**args, "key": "another"}).result["changed"], "that a key differs cannot be seen"
    assert not certificate(type="manual").result["changed"]
    newer = certificate(**{**args, "certificate": NEW})
    assert newer.result["changed"]
    assert rows()[0]["certificate"] == NEW
    assert not certificate(**{**args, "certificate": NEW}).result["changed"]
    assert methods(sim) == ["POST", "PUT"]


def test_uploaded_values_are_not_in_the_result(certificate):
    run = certificate(**UPLOADED, intermediate_certificate=CHAIN)
    shown = str(run.result)
    assert not any(
        base64.b64encode(part).decode() in shown for part in (b"the old one, which expires soon", b"the one above")
    )
    assert states(run)[1]["key"] == HIDDEN


def test_a_missing_chain_is_a_difference(sim, certificate, rows):
    certificate(**UPLOADED)
    assert certificate(**UPLOADED, intermediate_certificate=CHAIN).result["changed"]
    assert rows()[0]["intermediate_certificate"] == CHAIN
    assert not certificate(**UPLOADED, intermediate_certificate=CHAIN).result["changed"]
    assert methods(sim) == ["POST", "PUT"]


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("chain", "needed"), [(None, "certificate and key"), (CHAIN, "certificate, key and intermediate_certificate")]
)
def test_updating_an_uploaded_certificate_requires_all_parts(sim, certificate, check, chain, needed):
    """Cloud 66 would remove the chain that is not given again."""
    certificate(**UPLOADED, intermediate_certificate=chain)
    result = certificate(type="manual", ssl_termination=False, check=check).result
    assert result["failed"]
    assert result["msg"].endswith(f"also requires {needed}.")
    assert methods(sim) == ["POST"]


@pytest.mark.parametrize("put", ["replace", "merge"])
def test_a_chain_can_be_removed(sim, certificate, rows, put):
    sim.settings(certificate_put=put)
    certificate(**UPLOADED, intermediate_certificate=CHAIN)
    assert certificate(**UPLOADED, intermediate_certificate="").result["changed"]
    assert rows()[0]["intermediate_certificate"] is None
    assert not certificate(**UPLOADED, intermediate_certificate="").result["changed"]


@pytest.mark.parametrize("text", ["no PEM", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----", PRIVATE])
def test_an_invalid_certificate(sim, certificate, text):
    result = certificate(**{**UPLOADED, "certificate": text}).result
    assert (result["failed"], result["changed"]) == (True, False)
    assert "certificate" in result["msg"]
    assert "PEM" in result["msg"]
    assert methods(sim) == []


@pytest.mark.parametrize(("mixed", "changed"), [("conflict", False), ("store", True)])
@pytest.mark.usefixtures("existing")
def test_another_type_may_be_rejected(sim, certificate, mixed, changed):
    sim.settings(mixed_certificates=mixed)
    result = certificate(**UPLOADED).result
    assert result["changed"] is changed
    assert bool(result.get("failed")) is not changed
    assert changed or "cannot be mixed" in result["msg"]


# Waiting


@pytest.mark.parametrize("state", ["present", "absent"])
def test_without_wait(sim, clock, certificate, existing, state):
    sim.settings(certificate_seconds=90)
    run = certificate(ssl_termination=False, wait=False, state=state)
    assert run.result["changed"]
    assert clock.elapsed < 10
    again = certificate(ssl_termination=False, wait=False, state=state)
    assert methods(sim) == ["PUT" if state == "present" else "DELETE"]
    assert not again.result["changed"]


def test_a_failed_installation(sim, certificate):
    sim.settings(certificate_fails=True)
    result = certificate().result
    assert (result["failed"], result["changed"]) == (True, True)
    assert "failed" in result["msg"]
    assert parts(result, "status_name") == ["failed"]


@pytest.mark.parametrize("check", [True, False])
def test_one_that_failed_is_tried_again(sim, certificate, check):
    """An update renews it, even without a difference."""
    sim.world.add_certificate(STOREFRONT, server_names=",".join(NAMES), status=2)
    run = certificate(check=check)
    assert run.result["changed"]
    assert "has failed (" in run.warnings[0]
    assert methods(sim) == ([] if check else ["PUT"])
    if not check:
        assert parts(run.result, "status_name") == ["installed"]
        assert not certificate().result["changed"]


def test_a_timeout(sim, certificate):
    sim.settings(certificate_seconds=900)
    result = certificate(wait_timeout=60).result
    assert (result["failed"], result["changed"]) == (True, True)
    assert "60 seconds" in result["msg"]
    assert parts(result, "status_name") == ["installing"]


def test_a_certificate_being_installed_is_waited_for(sim, clock, certificate):
    """Somebody else has started it, or an earlier run without wait."""
    sim.settings(certificate_seconds=90)
    certificate(wait=False)
    again = certificate()
    assert not again.result["changed"]
    assert clock.elapsed >= 90
    assert parts(again.result, "status_name") == ["installed"]


# Absent


@pytest.mark.usefixtures("existing")
@pytest.mark.parametrize("answer", ["certificate", "empty"])
def test_absent_twice(sim, clock, certificate, rows, answer):
    sim.settings(certificate_delete_answer=answer, certificate_seconds=60)
    first = certificate(state="absent", ssl_termination=None)
    assert (first.result["changed"], states(first)[1], first.result["ssl_certificate"]) == (True, {}, None)
    assert clock.elapsed >= 60
    assert rows() == []
    second = certificate(state="absent", ssl_termination=None)
    assert (second.result["changed"], states(second)) == (False, ({}, {}))
    assert methods(sim) == ["DELETE"]


@pytest.mark.parametrize("answer", ["certificate", "empty"])
def test_a_certificate_being_removed_is_waited_for(sim, clock, certificate, existing, rows, answer):
    sim.settings(certificate_seconds=60)
    first = certificate(state="absent", wait=False)
    assert first.result["changed"]
    assert parts(first.result, "status_name") == ["removing"]
    again = certificate(state="absent")
    assert not again.result["changed"]
    assert again.result["ssl_certificate"] is None
    assert (clock.elapsed >= 60, rows(), methods(sim)) == (True, [], ["DELETE"])


@pytest.mark.usefixtures("existing")
def test_one_that_is_being_removed_does_not_count(sim, certificate, rows):
    """A new one takes its place."""
    sim.settings(certificate_seconds=60)
    certificate(state="absent", wait=False)
    run = certificate()
    assert run.result["changed"]
    assert [row["uuid"] for row in rows()] == parts(run.result, "uuid")
    assert methods(sim) == ["DELETE", "POST"]


@pytest.mark.usefixtures("existing")
def test_only_the_certificate_with_these_names_is_removed(certificate, rows):
    assert not certificate(state="absent", server_names=["example.org"]).result["changed"]
    assert not certificate(state="absent", type="manual").result["changed"]
    assert len(rows()) == 1


# Check mode, missing scopes and lost answers


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize(
    "args",
    [
        {},
        {"ssl_termination": False},
        {"wildcard": True, "dns_provider": "My Cloudflare"},
        {"state": "absent"},
        {**UPLOADED},
    ],
)
def test_check_mode_predicts_the_change_and_sends_no_write(sim, certificate, exists, args):
    sim.settings(mixed_certificates="store")
    if exists:
        sim.world.add_certificate(STOREFRONT, server_names=",".join(NAMES))
    check = certificate(check=True, **args).result
    assert methods(sim) == []
    real = certificate(**args).result
    assert (check["changed"], check["diff"]) == (real["changed"], real["diff"])
    for name in ("type", "server_names", "ssl_termination", "dns_provider_uuid"):
        assert (check["ssl_certificate"] or {}).get(name) == (real["ssl_certificate"] or {}).get(name)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_without_the_scope_nothing_is_written(sim, certificate, state):
    result = certificate(api_token=PUBLIC_TOKEN, state=state).result
    assert "lacks the scope admin, or its user may not do this" in result["msg"]
    assert (result["status"], result["changed"], methods(sim)) == (403, False, [])


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
@pytest.mark.parametrize("duplicates", ["store", "conflict"])
def test_a_lost_answer_to_the_post(sim, certificate, rows, kind, options, applied, duplicates):
    sim.settings(duplicate_certificates=duplicates)
    sim.fault(kind, method="POST", times=1, **options)
    run = certificate()
    assert run.result["changed"]
    assert parts(run.result, "status_name") == ["installed"]
    assert len(rows()) == 1
    assert methods(sim) == (["POST"] if applied else ["POST", "POST"])


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
def test_a_lost_answer_to_the_put(sim, certificate, existing, kind, options, applied):
    """A second PUT would renew the certificate."""
    sim.fault(kind, method="PUT", times=1, **options)
    run = certificate(api_retries=3, ssl_termination=False)
    assert run.result["changed"]
    assert existing["ssl_termination"] is False
    assert methods(sim) == (["PUT"] if applied else ["PUT", "PUT"])
    assert [write.notes["changes"] for write in sim.writes if write.applied] == [["ssl_termination"]]


@pytest.mark.usefixtures("existing")
@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
def test_a_lost_answer_to_the_delete(sim, certificate, rows, kind, options, applied):
    sim.fault(kind, method="DELETE", times=1, **options)
    assert certificate(api_retries=3, state="absent").result["changed"]
    assert rows() == []
    assert methods(sim) == (["DELETE"] if applied else ["DELETE", "DELETE"])


@pytest.mark.parametrize("args", [{}, {"ssl_termination": False}, {"state": "absent"}])
def test_a_write_that_cannot_be_read_back(sim, certificate, args):
    """It was applied, and the failure says so."""
    if args:
        sim.world.add_certificate(STOREFRONT, server_names=",".join(NAMES))
    sim.fault("html", method="GET", path="*/ssl_certificates", skip=1)
    result = certificate(**args, wait_timeout=30).result
    assert (result["failed"], result["changed"]) == (True, True)
    assert len(methods(sim)) == 1
    last_seen = result["ssl_certificate"]
    assert last_seen is None if not args else last_seen["status_name"] == "installed", "as last seen"


def test_the_certificates_of_other_stacks_are_left_alone(sim, certificate):
    names = {"server_names": ["www.example.com", "example.com"]}
    assert certificate(**names).result["changed"]
    assert certificate(**names, state="absent").result["changed"]
    assert len(sim.world.certificates[AWESOME_APP]) == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"key": "not-a-key-0123456789"}, "key: this is not a private key in PEM format."),
        ({"certificate": "x"}, "certificate: this is not a certificate in PEM format."),
        ({"intermediate_certificate": "x"}, "intermediate_certificate: this is not a certificate in PEM format."),
        ({"wildcard": True}, "A wildcard certificate must be of the type lets_encrypt."),
    ],
)
def test_impossible_values_are_refused(run_module, sim, args, message):
    options = {"stack": "Storefront", "type": "manual", "server_names": ["shop.example.com"], "ssl_termination": True}
    result = run_module("c66_ssl_certificate", **options, **args).result
    assert result["msg"] == message
    assert not sim.writes
