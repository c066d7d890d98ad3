# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Kubernetes formations of a stack, their parts, and the snapshots from which they are rendered."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from .. import shapes
from ..answers import ApiError
from ..shapes import Row
from ..world import World, find
from . import Call, change, must_find, operation, the_stack

PARTS = {"stencils": "st", "policies": "pl", "transformations": "tr", "workflows": "wf", "helm_releases": "hr"}


def _one_more(world: World, call: Call) -> Row:
    number = world.number("new formation")
    row = shapes.formation(f"fm-new-{number}", f"new-{number}")
    _formations(world, call).insert(0, row)
    return row


@operation("list_formations", grow=_one_more)
def list_formations(world: World, call: Call) -> list[Row]:
    full = bool(call.query.get("full_content"))
    return [_shown(world, row, full) for row in _formations(world, call)]


@operation("create_formation")
def create_formation(world: World, call: Call) -> Row:
    """A formation is made from either one base template or several."""
    rows, body = _formations(world, call), call.body
    if not body["name"].strip() or find(rows, "name", body["name"]):
        raise ApiError(400, "name is empty or taken")
    if ("base_template" in body) == bool(body.get("base_templates")):
        raise ApiError(400, "Give either base_template or base_templates")
    wanted = body.get("base_templates") or [body["base_template"]]
    templates = [_template(world, call, one) for one in wanted]
    row = shapes.formation(
        f"fm-{world.number('formation')}", body["name"], tags=body.get("tags") or [], base_templates=templates
    )
    rows.append(row)
    return _shown(world, row, full=True)


@operation("add_stencils")
def add_stencils(world: World, call: Call) -> Row:
    """Stencils are added at the end of an action."""
    row = _the_formation(world, call)
    template = find(row["base_templates"], "uid", call.body["btr_uuid"])
    if template is None:
        raise ApiError(400, "btr_uuid is not a base template of the formation")
    wanted = [{name: value for name, value in one.items() if name != "uid"} for one in call.body["stencils"]]
    if any(find(row["stencils"], "filename", one["filename"]) for one in wanted):
        raise ApiError(409, "There is a stencil with this filename")
    origin = {"btr_repo": template["git_repo"], "btr_branch": template["git_branch"]}
    new = [shapes.stencil(_uid(world, "stencils"), **one, **origin) for one in wanted]
    return change(world, call, "formation_stencils_add", lambda: row["stencils"].extend(new))


@operation("update_stencil")
def update_stencil(world: World, call: Call) -> Row:
    row = _the_stencil(world, call)
    row["body"] = _decoded(call.body["body"])
    return _shown_stencil(world, row, full=True)


@operation("render_stencil")
def render_stencil(world: World, call: Call) -> Row:
    row = _the_stencil(world, call)
    must_find(world.snapshots[call.path["stack_id"]], "uid", call.body["snapshot_id"])
    return _renders([{**row, "body": _decoded(call.body["body"])}])


@operation("add_policy")
def add_policy(world: World, call: Call) -> Row:
    return _add(world, call, "policies", "policy", {"selector": None, "sequence": None, "tags": []})


@operation("add_transformation")
def add_transformation(world: World, call: Call) -> Row:
    return _add(world, call, "transformations", "transformation", {"selector": None, "sequence": None, "tags": []})


@operation("add_workflow")
def add_workflow(world: World, call: Call) -> Row:
    return _add(world, call, "workflows", "workflow", {"default": False, "tags": []})


@operation("add_helm_release")
def add_helm_release(world: World, call: Call) -> Row:
    return _add(world, call, "helm_releases", "helm_release", {"version": None, "repository": None})


@operation("list_snapshots")
def list_snapshots(world: World, call: Call) -> list[Row]:
    return world.snapshots[the_stack(world, call)["uid"]]


@operation("render_snapshot")
def render_snapshot(world: World, call: Call) -> Row:
    """A name of a filter that the formation does not have is an issue."""
    formation = _the_formation(world, call)
    must_find(world.snapshots[call.path["stack_id"]], "uid", call.path["snapshot_id"])
    names = [name for name in (call.query.get("requested_files") or "").split(",") if name]
    wanted = call.query.get("filter")
    issues: list[Row] = []
    if wanted and find(formation["filters"], "name", wanted) is None:
        issues.append({"text": f"There is no filter {wanted}", "link": None, "stencil": None, "severity": "warning"})
    stencils = [row for row in formation["stencils"] if not names or row["filename"] in names]
    return {**_renders(stencils), "issues": issues, "requested_files": names}


@operation("get_pipeline")
def get_pipeline(world: World, call: Call) -> Row:
    formation = _the_formation(world, call)
    must_find(world.snapshots[call.path["stack_id"]], "uid", call.query["snapshot_uid"])
    workflow = must_find(formation["workflows"], "name", call.query["workflow"])
    return {"pipeline": {"name": workflow["name"], "steps": [{"snapshot": call.query["snapshot_uid"]}]}}


def _add(world: World, call: Call, field: str, wrap: str, blank: Row) -> Row:
    """Add a part whose name is new."""
    row, wanted = _the_formation(world, call), call.body[wrap]
    name = "display_name" if field == "helm_releases" else "name"
    if not wanted.get(name) or find(row[field], name, wanted[name]):
        raise ApiError(400, f"{name} is empty or taken")
    if field == "helm_releases" and not wanted.get("chart_name"):
        raise ApiError(400, "chart_name is empty")
    part = shapes.part(_uid(world, field), **{**blank, **{key: wanted[key] for key in wanted if key != "uid"}})
    row[field].append(part)
    return part


def _uid(world: World, field: str) -> str:
    return f"{PARTS[field]}-{world.number(field)}"


def _template(world: World, call: Call, wanted: Row) -> Row:
    rows = world.base_templates[the_stack(world, call)["account_id"]]
    for row in rows:
        if (row["git_repo"], row["git_branch"]) == (wanted["repo"], wanted["branch"]):
            return row
    raise ApiError(400, "There is no such base template")


def _formations(world: World, call: Call) -> list[Row]:
    return world.formations[the_stack(world, call)["uid"]]


def _the_formation(world: World, call: Call) -> Row:
    return must_find(_formations(world, call), "uid", call.path["formation_id"])


def _the_stencil(world: World, call: Call) -> Row:
    return must_find(_the_formation(world, call)["stencils"], "uid", call.path["stencil_id"])


def _decoded(body: str) -> str:
    try:
        return base64.b64decode(body, validate=True).decode()
    except (binascii.Error, ValueError):
        raise ApiError(400, "body is not base64 of a text") from None


def _renders(stencils: list[Row]) -> Row:
    rendered = [
        {"content": row["body"] or "", "sequence": row["sequence"] or 0, "filename": row["filename"]}
        for row in stencils
    ]
    return {"stencils": rendered, "issues": [], "requested_files": []}


def _shown(world: World, row: Row, full: bool) -> Row:
    """The bodies of the parts are only returned on request."""
    parts = {field: [_without_body(part, full) for part in row[field]] for field in PARTS}
    parts["stencils"] = [_shown_stencil(world, part, full) for part in row["stencils"]]
    templates = [{**template, "stencils": None} for template in row["base_templates"]]
    return {**row, **parts, "base_templates": templates}


def _shown_stencil(world: World, row: Row, full: bool) -> Row:
    body: Any = row["body"]
    if world.settings.stencil_body_read == "base64":
        body = base64.b64encode(body.encode(errors="surrogatepass")).decode()
    return _without_body({**row, "body": body}, full)


def _without_body(part: Row, full: bool) -> Row:
    return part if full else {**part, "body": None}
