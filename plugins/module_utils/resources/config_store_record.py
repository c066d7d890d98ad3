# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of ConfigStore, in the namespace of an account or a stack."""

from __future__ import annotations

from .base import Is
from .fields import Base64, Map, Number, Text
from .places import IN_NAMESPACE
from .thing import Thing


class ConfigStoreRecord(Thing):
    """A record: a secret value under a key.

    Source: list_config_store_records, get_config_store_record (key), create_config_store_record,
    update_config_store_record, delete_config_store_record.
    """

    noun = "config_store_record"
    plural = "config_store_records"
    title = "ConfigStore record"
    titles = "ConfigStore records"
    schema = "ConfigStoreRecord"
    parent = IN_NAMESPACE
    path = ("records",)
    identity = "key"
    key = ("key",)
    wrap = "record"
    fields = {
        "key": Text(no_log=False),
        "raw_value": Base64(option="value", secret=True, required=True),
        "metadata": Map(clear={}),
        "ttl": Number(clear=0, least=0),
    }
    read_by = "key"
    filters = {"key": Is("key", no_log=False)}
    reveals = {"include_values": "raw_value"}
