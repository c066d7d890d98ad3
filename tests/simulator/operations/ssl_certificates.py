# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SSL certificates, which are installed and removed in the background."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Any

from .. import shapes
from ..answers import ApiError
from ..shapes import Row
from ..world import World, find
from . import EMPTY, Call, must_find, operation, the_stack

NOT_INSTALLED, INSTALLING, FAILED, INSTALLED, REMOVING = range(5)
DAYS = 24 * shapes.HOUR
SECRETS = ("certificate", "key", "intermediate_certificate")
DEFAULTS: Row = {"wildcard": False, "dns_provider_uuid": None, **dict.fromkeys(SECRETS)}
PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)


def _one_more(world: World, call: Call) -> Row:
    return world.add_certificate(call.path["stack_id"], front=True)


@operation("list_ssl_certificates", grow=_one_more)
def list_ssl_certificates(world: World, call: Call) -> list[Row]:
    return [_shown(world, row) for row in _certificates(world, call)]


@operation("get_ssl_certificate")
def get_ssl_certificate(world: World, call: Call) -> Row:
    return _shown(world, _the_certificate(world, call))


@operation("create_ssl_certificate")
def create_ssl_certificate(world: World, call: Call) -> Row:
    """The settings decide about a second one of the same names, and about one of another kind."""
    rows, wanted = _certificates(world, call), _wanted(world, call, {})
    if world.settings.mixed_certificates == "conflict" and any(_kind(row) != _kind(wanted) for row in rows):
        raise ApiError(409, "Standard, wildcard and external certificates cannot be mixed")
    if world.settings.duplicate_certificates == "conflict" and any(_key(row) == _key(wanted) for row in rows):
        raise ApiError(409, "There is a certificate for these server names")
    now = shapes.iso(world.now())
    created: Row = {"created_at": now, "updated_at": now, "expires_at": None, "sha256_fingerprint": None}
    row = world.add_certificate(call.path["stack_id"], **wanted, **created)
    call.notes["changes"] = sorted(wanted)
    return _install(world, row)


@operation("update_ssl_certificate")
def update_ssl_certificate(world: World, call: Call) -> Row:
    return _update(world, call, replace=world.settings.certificate_put == "replace")


@operation("patch_ssl_certificate")
def patch_ssl_certificate(world: World, call: Call) -> Row:
    return _update(world, call, replace=False)


@operation("delete_ssl_certificate")
def delete_ssl_certificate(world: World, call: Call) -> Any:
    row, rows = _the_certificate(world, call), _certificates(world, call)
    if row["status"] != REMOVING:
        row["status"] = REMOVING
        _plan(world, row, {world.settings.certificate_seconds: lambda: rows.remove(row)})
    return _shown(world, row) if world.settings.certificate_delete_answer == "certificate" else EMPTY


def _update(world: World, call: Call, replace: bool) -> Row:
    """Installs the certificate again, also where nothing changes: the log's note `changes` is empty then."""
    row = _the_certificate(world, call)
    if row["status"] == REMOVING:
        raise ApiError(409, "The certificate is being removed")
    wanted = _wanted(world, call, {} if replace else {name: row[name] for name in DEFAULTS})
    call.notes["changes"] = sorted(name for name, value in wanted.items() if row[name] != value)
    row.update(wanted, updated_at=shapes.iso(world.now()))
    return _install(world, row)


def _certificates(world: World, call: Call) -> list[Row]:
    return world.certificates[the_stack(world, call)["uid"]]


def _the_certificate(world: World, call: Call) -> Row:
    return must_find(_certificates(world, call), "uuid", call.path["id"])


def _kind(row: Row) -> str:
    return "external" if row["type"] == "manual" else "wildcard" if row["wildcard"] else "standard"


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _key(row: Row) -> tuple[str, frozenset[str]]:
    return row["type"], frozenset(_names(row["server_names"]))


def _wanted(world: World, call: Call, kept: Row) -> Row:
    """What the body says, over what is kept of the certificate."""
    given = {name: value for name, value in call.body["ssl_certificate"].items() if name in WRITTEN}
    wanted = {**DEFAULTS, **kept, **given}
    if not _names(wanted["server_names"]):
        raise ApiError(400, "server_names is empty")
    provider, account = wanted["dns_provider_uuid"], the_stack(world, call)["account_id"]
    if provider is not None and find(world.dns_providers[account], "uuid", provider) is None:
        raise ApiError(400, "dns_provider_uuid: there is no such DNS provider")
    for name in ("certificate", "intermediate_certificate"):
        if wanted[name] is not None and _der(wanted[name]) is None:
            raise ApiError(400, f"{name} is not a certificate in PEM")
    return wanted


WRITTEN = ("type", "ssl_termination", "server_names", *DEFAULTS)


def _install(world: World, row: Row) -> Row:
    """Install it in the background. Returns the answer to the write."""
    settings = world.settings
    failed = settings.certificate_fails
    row["status"] = INSTALLING if settings.certificate_first_status == "installing" else NOT_INSTALLED

    def end() -> None:
        row.update({"status": FAILED} if failed else _installed(world, row))

    _plan(
        world,
        row,
        {
            settings.certificate_seconds / 2: lambda: row.update(status=INSTALLING),
            settings.certificate_seconds: end,
        },
    )
    if row["type"] == "manual":
        row.update(_from_pem(world, row))
    answer = _shown(world, row)
    return answer if settings.certificate_answer == "full" else {**answer, "uuid": None, "name": None}


def _plan(world: World, row: Row, steps: dict[float, Any]) -> None:
    """Do each step after its seconds, and no longer what was planned for this certificate before."""
    for job in world.installing.get(row["uuid"], []):
        job.do = None
    world.installing[row["uuid"]] = [world.schedule.at(world.now() + seconds, do) for seconds, do in steps.items()]


def _installed(world: World, row: Row) -> Row:
    installed = {"status": INSTALLED, "expires_at": shapes.iso(world.now() + 90 * DAYS)}
    if row["type"] == "lets_encrypt":
        issued = f"{row['uuid']} {world.number('issued certificate')}"
        installed.update(
            ca_name="Let's Encrypt",
            has_intermediate_cert=True,
            sha256_fingerprint=hashlib.sha256(issued.encode()).hexdigest(),
        )
    return installed


def _from_pem(world: World, row: Row) -> Row:
    pem = row["certificate"]
    content = (_der(pem) or b"") if world.settings.fingerprint_of == "der" else pem.encode(errors="replace")
    return {
        "ca_name": None,
        "has_intermediate_cert": row["intermediate_certificate"] is not None,
        "sha256_fingerprint": hashlib.sha256(content).hexdigest(),
    }


def _der(pem: str) -> bytes | None:
    """The first certificate of a text in PEM, None if there is none."""
    found = PEM.search(pem)
    try:
        return base64.b64decode("".join(found[1].split()), validate=True) if found else None
    except (binascii.Error, ValueError):
        return None


def _shown(world: World, row: Row) -> Row:
    """What was uploaded is never returned."""
    names, status = row["server_names"], row["status"]
    return {
        **row,
        **dict.fromkeys(SECRETS),
        "server_names": ", ".join(sorted(_names(names))) if world.settings.server_names_read == "sorted" else names,
        "status": str(status) if world.settings.certificate_status_as_text else status,
    }
