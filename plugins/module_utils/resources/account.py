# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accounts that the token's user belongs to."""

from __future__ import annotations

from .base import Is, Resource
from .fields import Secret


class Account(Resource):
    """An account. Its script that registers servers contains a secret. Source: list_accounts, get_account (id)."""

    noun = "account"
    plural = "accounts"
    schema = "Account"
    scope = "users"
    path = ("accounts",)
    identity = "id"
    key = ("id",)
    fields = {"server_registration_script": Secret()}
    filters = {"current": Is("current_account", type="bool")}
    by_identity = ("id", "int")
