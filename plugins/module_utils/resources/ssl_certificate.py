# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SSL certificates of stacks."""

from __future__ import annotations

from .base import Is, Status
from .dns_provider import DnsProvider
from .fields import Codes, Fingerprint, Flag, IsGiven, Pem, Reference, SetOf, Text
from .places import IN_STACK
from .thing import Thing

TYPES = ["lets_encrypt", "manual"]
IF_MANUAL = {"type": "manual"}
# Required because a change without the chain would remove it.
WITH_CHAIN = {**IF_MANUAL, "has_intermediate_cert": True}


class SslCertificate(Thing):
    """A certificate. The API never returns its text, so its fingerprint is compared. That does not detect a new key.

    Source: list_ssl_certificates, get_ssl_certificate (uuid), create_ssl_certificate, update_ssl_certificate,
    delete_ssl_certificate.
    """

    noun = "ssl_certificate"
    plural = "ssl_certificates"
    title = "SSL certificate"
    titles = "SSL certificates"
    schema = "SslCertificate"
    scope = "admin"
    parent = IN_STACK
    path = ("ssl_certificates",)
    identity = "uuid"
    key = ("type", "server_names")
    wrap = "ssl_certificate"
    adds = {"stack_uid": "uid"}
    status = Status("status", ongoing=("not_installed", "installing"), failed=("failed",), leaving=("removing",))
    fields = {
        "type": Text(choices=TYPES),
        "server_names": SetOf(comma=True),
        "ssl_termination": Flag(required=True),
        "wildcard": Flag(),
        "dns_provider_uuid": Reference(DnsProvider, option="dns_provider", required={"wildcard": True}, clear=None),
        "certificate": Pem("certificate", required=IF_MANUAL),
        "key": Pem("private key", secret=True, required=IF_MANUAL),
        "intermediate_certificate": Pem("certificate", required=WITH_CHAIN, clear=None),
        "sha256_fingerprint": Fingerprint("certificate"),
        "has_intermediate_cert": IsGiven("intermediate_certificate"),
        "status": Codes(
            {"not_applicable": -1, "not_installed": 0, "installing": 1, "failed": 2, "installed": 3, "removing": 4}
        ),
    }
    by_identity = ("uuid", "str")
    impossible = {"A wildcard certificate must be of the type lets_encrypt.": {"type": "manual", "wildcard": True}}
    filters = {"type": Is("type", choices=TYPES)}
