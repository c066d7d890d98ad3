# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of ConfigStore, in the namespaces of accounts and stacks."""

from __future__ import annotations

import base64
import binascii

from ..answers import ApiError
from ..shapes import Row
from ..world import World, find
from . import Call, must_find, operation

# How empty metadata and an empty ttl are read.
BLANKS: dict[str, tuple[Row | None, int | None]] = {"null": (None, None), "empty": ({}, 0)}


def _one_more(world: World, call: Call) -> Row:
    return world.add_record(call.path["namespace"], f"new-{world.number('new record')}", front=True)


@operation("list_config_store_records", grow=_one_more)
def list_config_store_records(world: World, call: Call) -> list[Row]:
    return [_shown(world, row) for row in _records(world, call)]


@operation("get_config_store_record")
def get_config_store_record(world: World, call: Call) -> Row:
    return _shown(world, _the_record(world, call))


@operation("create_config_store_record")
def create_config_store_record(world: World, call: Call) -> Row:
    """Refuses a key that exists with the words of Cloud 66, and with the status that duplicate_record_status says."""
    wanted = call.body["record"]
    if not wanted["key"]:
        raise ApiError(400, "key is empty")
    if find(_records(world, call), "key", wanted["key"]):
        raise ApiError(
            world.settings.duplicate_record_status, f"Duplicate entry '{wanted['key']}' for key 'records.key'"
        )
    return _shown(world, world.add_record(call.path["namespace"], **wanted))


@operation("update_config_store_record")
def update_config_store_record(world: World, call: Call) -> Row:
    row, wanted = _the_record(world, call), call.body["record"]
    if wanted["key"] != row["key"]:
        raise ApiError(400, "The key of a record cannot be changed")
    blank = {} if world.settings.record_put == "merge" else {"metadata": None, "ttl": None}
    row.update({**blank, **wanted})
    return _shown(world, row)


@operation("delete_config_store_record")
def delete_config_store_record(world: World, call: Call) -> Row:
    row = _the_record(world, call)
    _records(world, call).remove(row)
    return _shown(world, row)


def _records(world: World, call: Call) -> list[Row]:
    namespace = call.path["namespace"]
    if not any(row.get("configstore_namespace") == namespace for row in (*world.accounts, *world.stacks)):
        raise ApiError(404, "There is no such namespace")
    return world.records[namespace]


def _the_record(world: World, call: Call) -> Row:
    """A dot that is not encoded begins a format, as `.json` does, so that no record has such a path."""
    if "." in call.raw_path["key"]:
        raise ApiError(404, "There is no such format")
    return must_find(_records(world, call), "key", call.path["key"])


def _shown(world: World, row: Row) -> Row:
    metadata, ttl = BLANKS[world.settings.record_blanks]
    value = _wrapped(row["raw_value"]) if world.settings.record_value_wrapped else row["raw_value"]
    return {"key": row["key"], "raw_value": value, "metadata": row["metadata"] or metadata, "ttl": row["ttl"] or ttl}


def _wrapped(value: str) -> str:
    """Base64 in lines, as many encoders write it; any other text unchanged."""
    try:
        return base64.encodebytes(base64.b64decode(value, validate=True)).decode()
    except (binascii.Error, ValueError):
        return value
