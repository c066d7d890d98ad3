# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module that checks everything that a connection to Cloud 66 depends on, and says what to do first."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from ..api import libraries
from ..api.broken import certificates_of, proxy_of
from ..api.client import Client
from ..api.credentials import Token, find_token
from ..api.errors import Cloud66Error
from ..version import VERSION
from .ping import NO, PROBES, UNKNOWN, YES, scopes
from .run import Module, Result, Run

OK, WARNING, FAILED, SKIPPED = "ok", "warning", "failed", "skipped"
# All checks, in their order.
NAMES = (
    "versions",
    "libraries",
    "API",
    "token",
    "proxy",
    "TLS",
    "connection",
    "clock",
    "login",
    "account",
    "scopes",
    "limit",
)
LIBRARIES = ("requests", "oauthlib", "urllib3")
# The difference between two clocks, in seconds, from which on it is worth a warning.
CLOCK_SKEW = 60
# The share of the hourly limit below which there is a warning.
LOW = 0.1


class Check(NamedTuple):
    """What was checked, how it went, what was found, and what to do about it."""

    name: str
    state: str
    found: str
    advice: str = ""


class DoctorModule(Module):
    """Never fails because of what it finds: `ready` and `advice` say it. Sends only GET requests, and few of them."""

    needs_libraries = False
    scope = "none: it says which scopes are missing"

    def work(self, run: Run) -> Result:
        checks = complete(Doctor(run).checks())
        failed = [check for check in checks if check.state == FAILED]
        return {
            "checks": [check._asdict() for check in checks],
            "ready": not failed,
            "advice": failed[0].advice if failed else "Ready.",
        }


def complete(checks: Iterable[Check]) -> list[Check]:
    """The checks, and in place of each that was not made that it was skipped because of the last one that failed."""
    made = {check.name: check for check in checks}
    failed = [name for name, check in made.items() if check.state == FAILED]
    return [made.get(name) or Check(name, SKIPPED, f"not checked, because of {failed[-1]}") for name in NAMES]


class Doctor:
    """One examination. Checks that depend on a failed one are not made."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.settings = run.settings
        self.client: Client | None = None

    def checks(self) -> Iterator[Check]:
        yield from self._programs()
        yield Check("API", OK, f"{self.settings.api_url} ({self.settings.named('api_url')})")
        token = self._token()
        yield token
        if libraries.MISSING:
            return
        yield from self._network()
        connection, clock_offset = self._connection()
        yield connection
        if connection.state == OK:
            yield self._clock(clock_offset)
        client = self.client
        if client is None or connection.state == FAILED:
            return
        accepted = self._accepted(client)
        yield accepted
        if accepted.state == OK:
            account = self._account(client)
            yield account
            if account.state != FAILED:
                yield self._scopes(client)
        yield self._limit(client)

    def _text(self, error: Cloud66Error) -> str:
        """What an error says, which may quote what was sent."""
        return self.run.censor.text(str(error))

    # On this machine

    def _programs(self) -> Iterator[Check]:
        found = f"cloud66.cloud {VERSION}, ansible-core {self.run.ansible_version or 'unknown'}"
        yield Check("versions", OK, f"{found}, Python {platform.python_version()} ({sys.executable})")
        versions = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
        if libraries.MISSING:
            yield Check("libraries", FAILED, versions, libraries.advice())
        else:
            yield Check("libraries", OK, versions)

    def _token(self) -> Check:
        try:
            token = find_token(self.run.params, os.environ)
        except Cloud66Error as error:
            return Check("token", FAILED, "none that can be used", self._text(error))
        self.client = self.run.client
        shadowed = f"; not used: {', '.join(token.shadowed)}" if token.shadowed else ""
        return Check("token", WARNING if token.warning else OK, f"from {token.source}{shadowed}", token.warning or "")

    # On the way to Cloud 66

    def _network(self) -> Iterator[Check]:
        proxy = proxy_of(self.settings)
        yield Check("proxy", OK, f"{proxy.url} ({proxy.source})" if proxy else "none")
        trusted = certificates_of(self.settings)
        by = f"{trusted[1]} ({trusted[0]})" if trusted else "the certificates of requests"
        if not self.settings.api_url.startswith("https"):
            yield Check(
                "TLS", WARNING, "not used, because the API's URL is plain http", "Use an https URL outside of tests."
            )
        elif not self.settings.validate_certs:
            advice = "Others could read the token. Set ca_path instead."
            yield Check("TLS", WARNING, f"not verified ({self.settings.named('validate_certs')})", advice)
        else:
            yield Check("TLS", OK, f"verified by {by}")

    def _connection(self) -> tuple[Check, float]:
        """The connection, without a token if there is none, and how far Cloud 66's clock is ahead. Source: ping."""
        client = self.client or Client(self.settings, Token("", "nowhere", frozenset()), self.run.agent)
        try:
            client.for_account(None).labelled("the status of the API").get("ping")
        except Cloud66Error as error:
            return Check("connection", FAILED, "the API cannot be reached", self._text(error)), 0
        return Check("connection", OK, "the API answers"), client.usage.clock_offset

    def _clock(self, offset: float) -> Check:
        if abs(offset) < CLOCK_SKEW:
            return Check("clock", OK, "agrees with Cloud 66's")
        found = f"{abs(offset):.0f} seconds {'behind' if offset > 0 else 'ahead of'} Cloud 66's"
        return Check("clock", WARNING, found, "Synchronise this machine's clock.")

    # At Cloud 66

    def _accepted(self, client: Client) -> Check:
        """Without the account, which may be wrong. Source: ping_auth."""
        try:
            client.for_account(None).labelled("the status of the token").get("ping", "auth")
        except Cloud66Error as error:
            return Check("login", FAILED, "refused", self._text(error))
        return Check("login", OK, "the token is accepted")

    def _scopes(self, client: Client) -> Check:
        """Source: list_stacks, list_clouds, list_accounts, list_image_repositories."""
        known = scopes(client)
        words = {YES: "has", NO: "lacks", UNKNOWN: "may have"}
        found = [
            f"{word} {', '.join(scope for scope, state in known.items() if state == kind)}"
            for kind, word in words.items()
            if kind in known.values()
        ]
        lacking = [scope for scope in PROBES if known[scope] == NO]
        advice = f"Modules that need {', '.join(lacking)} will fail. Use a token with all scopes." if lacking else ""
        return Check("scopes", WARNING if lacking else OK, "; ".join(found), advice)

    def _account(self, client: Client) -> Check:
        """Source: list_accounts."""
        wanted = self.settings.account_id
        source = self.settings.named("account_id")
        where = f"account_id is {wanted} ({source})" if wanted else "account_id is not set"
        try:
            rows = client.for_account(None).labelled("the accounts", "users").list("accounts")
        except Cloud66Error:
            return Check("account", SKIPPED, f"{where}; the accounts cannot be listed")
        names = ", ".join(f"{row['id']} ({row.get('friendly_name') or row.get('owner') or 'unnamed'})" for row in rows)
        found = f"{where}; the token's accounts: {names or 'none'}"
        if wanted and wanted not in [row["id"] for row in rows]:
            return Check("account", FAILED, found, f"The token has no account {wanted}: correct {source}.")
        return Check("account", OK, found)

    def _limit(self, client: Client) -> Check:
        limit = client.usage.rate_limit
        if limit.remaining is None:
            return Check("limit", OK, "Cloud 66 does not say how many requests are left in this hour")
        found = f"{limit.remaining} of {limit.limit or 'unknown'} requests are left in this hour"
        if limit.limit and limit.remaining < LOW * limit.limit:
            return Check("limit", WARNING, found, "Wait for the next full hour, or set throttle_wait.")
        return Check("limit", OK, found)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
