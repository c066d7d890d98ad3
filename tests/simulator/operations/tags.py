# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tags of servers and load balancers."""

from __future__ import annotations

import json
from typing import Any

from .. import shapes
from ..answers import ApiError
from ..shapes import Row
from ..world import World
from . import Call, operation


@operation("list_tags")
def list_tags(world: World, call: Call) -> Any:
    row = world.tags.get(_the_entity(world, call))
    if row is None and world.settings.untagged_answer == "empty":
        return []
    return _answer(world, call, row or shapes.entity_tags(moment=world.now()))


@operation("replace_tags")
def replace_tags(world: World, call: Call) -> Any:
    """Takes a JSON text for a list, too, as in a sample."""
    tags = call.body["tags"]
    return _write(world, call, added=_from_json(tags) if isinstance(tags, str) else tags)


@operation("delete_tags")
def delete_tags(world: World, call: Call) -> Any:
    return _write(world, call, added=[])


@operation("patch_tags")
def patch_tags(world: World, call: Call) -> Any:
    """Removals come first, and tags that are not there are ignored."""
    named: dict[str, list[str]] = {"add": [], "delete": []}
    for step in call.body["operations"]:
        named[step["op"]] += step["tags"] or []
    return _write(world, call, added=named["add"], removed=named["delete"])


def _the_entity(world: World, call: Call) -> str:
    """What the path names, or 404."""
    kind, given = call.path["entity_type"], call.path["entity_id"]
    for uid, number in world.taggable(kind):
        known = {"uid": (uid,), "number": (str(number),), "both": (uid, str(number))}
        if given in known[world.settings.tag_entity_id]:
            return f"{kind}/{uid}"
    raise ApiError(404)


def _from_json(text: str) -> list[str]:
    try:
        tags = json.loads(text)
    except ValueError:
        tags = None
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ApiError(400, "tags is not a list of strings")
    return tags


def _write(world: World, call: Call, added: list[str], removed: list[str] | None = None) -> Any:
    """Remove some tags, all without `removed`, and add others. Reserved ones stay or go as the setting says."""
    if any(not tag.strip() for tag in added):
        raise ApiError(400, "A tag is empty")
    row = world.tags.setdefault(_the_entity(world, call), shapes.entity_tags(moment=world.now()))
    stay = world.settings.reserved_tags == "keep"
    kept = [
        tag
        for tag in row["tags"]
        if (tag["reserved"] and stay) or (removed is not None and tag["value"] not in removed)
    ]
    known = {tag["value"] for tag in kept}
    new = [value for value in dict.fromkeys(added) if value not in known]
    row["tags"] = kept + [{"value": value, "reserved": False} for value in new]
    row["updated_at_iso"] = shapes.offset(world.now())
    return _answer(world, call, row)


def _answer(world: World, call: Call, row: Row) -> Any:
    tags = [tag["value"] for tag in row["tags"]] if world.settings.tags_as == "texts" else row["tags"]
    shown = {"entity_type": call.path["entity_type"], "entity_id": call.path["entity_id"], **row, "tags": tags}
    return shown if world.settings.tag_answer == "object" else [shown]
