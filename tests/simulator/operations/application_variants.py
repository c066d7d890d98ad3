# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variants of an application."""

from __future__ import annotations

from typing import Any

from .. import shapes
from ..answers import ApiError
from ..shapes import Row
from ..world import World
from . import EMPTY, Call, change, must_find, operation, the_stack


@operation("list_application_variants")
def list_application_variants(world: World, call: Call) -> list[Row]:
    return [_shown(world, row) for row in _variants(world, call)]


@operation("patch_application_variant")
def patch_application_variant(world: World, call: Call) -> Any:
    return _change(world, call, "patch")


@operation("update_application_variant")
def update_application_variant(world: World, call: Call) -> Any:
    return _change(world, call, "put")


@operation("delete_application_variant")
def delete_application_variant(world: World, call: Call) -> Any:
    """Only previews can be removed."""
    rows, row = _variants(world, call), _the_variant(world, call)
    if row["kind"] != "preview":
        raise ApiError(409, "This is not a preview variant")
    return _answer(world, change(world, call, "application_variant_delete", lambda: rows.remove(row)))


def _change(world: World, call: Call, method: str) -> Any:
    if world.settings.variant_methods not in ("both", method):
        raise ApiError(404)
    rows, row = _variants(world, call), _the_variant(world, call)
    if row["kind"] != "canary":
        raise ApiError(409, "This is not a rollout variant")
    if call.body["operation"] != "commit":
        raise ApiError(400, "operation is unknown")
    share: int | None = call.body.get("canary_percentage")

    def apply() -> None:
        if share is not None:
            row["percentage"] = share
            _active(rows)["percentage"] = 100 - share
            return
        active = _active(rows)
        if world.settings.variant_committed == "merged":
            active.update(git_ref=row["git_ref"], git_hash=row["git_hash"], percentage=100)
            rows.remove(row)
        else:
            rows.remove(active)
            row.update(kind="active", percentage=100)

    return _answer(world, change(world, call, "application_variant_update", apply))


def _answer(world: World, action: Row) -> Any:
    return action if world.settings.variant_answer == "action" else EMPTY


def _active(rows: list[Row]) -> Row:
    return must_find(rows, "kind", "active")


def _variants(world: World, call: Call) -> list[Row]:
    return world.variants[the_stack(world, call)["uid"]]


def _the_variant(world: World, call: Call) -> Row:
    return must_find(_variants(world, call), "uid", call.path["id"])


def _shown(world: World, row: Row) -> Row:
    """Sources disagree on the fields that say what a variant is, and on those of its dates."""
    shown = {name: value for name, value in row.items() if name != "kind"}
    moment = shapes.iso(shapes.SEED_TIME)
    if world.settings.variant_fields == "site":
        return {**shown, "variant_type": row["kind"], "id": shapes.digest_number(row["uid"]), "created_at": moment}
    is_canary = row["kind"] == "canary"
    kinds = {"type": "rollout" if is_canary else row["kind"], "sub_type": row["kind"] if is_canary else None}
    return {**shown, **kinds, "created_at_iso": moment, "updated_at_iso": moment}
