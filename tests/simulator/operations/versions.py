# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions of service.yml and manifest.yml."""

from __future__ import annotations

from .. import shapes
from ..shapes import Row
from ..world import Lazy, World
from ..yamls import check_yaml
from . import Call, must_find, operation, the_stack


@operation("list_service_yaml_versions")
def list_service_yaml_versions(world: World, call: Call) -> list[Row]:
    return _list(world, call, world.service_yamls)


@operation("get_service_yaml_version")
def get_service_yaml_version(world: World, call: Call) -> Row:
    return must_find(world.service_yamls[the_stack(world, call)["uid"]], "uid", call.path["version"])


@operation("create_service_yaml_version")
def create_service_yaml_version(world: World, call: Call) -> Row:
    return _create(world, call, world.service_yamls, "service_yaml")


@operation("list_manifest_yaml_versions")
def list_manifest_yaml_versions(world: World, call: Call) -> list[Row]:
    return _list(world, call, world.manifest_yamls)


@operation("get_manifest_yaml_version")
def get_manifest_yaml_version(world: World, call: Call) -> Row:
    return must_find(world.manifest_yamls[the_stack(world, call)["uid"]], "uid", call.path["version"])


@operation("create_manifest_yaml_version")
def create_manifest_yaml_version(world: World, call: Call) -> Row:
    return _create(world, call, world.manifest_yamls, "manifest_yaml")


def _list(world: World, call: Call, versions: Lazy) -> list[Row]:
    rows = versions[the_stack(world, call)["uid"]]
    if not call.query.get("include_body"):
        rows = [{key: value for key, value in row.items() if key != "body"} for row in rows]
    return rows[::-1] if world.settings.version_order == "oldest" else rows


def _create(world: World, call: Call, versions: Lazy, field: str) -> Row:
    """Add a version, even of an unchanged text. Each version is at least a second newer than the one before."""
    stack = the_stack(world, call)
    text = call.body[field]
    check_yaml(field, text)
    moment = world.later(f"{field} {stack['uid']}")
    uid = shapes.digest(f"{field} {stack['uid']} {world.number('version')}")[:8]
    row = shapes.version(uid, text, call.body.get("comments"), moment)
    versions[stack["uid"]].insert(0, row)
    return row
