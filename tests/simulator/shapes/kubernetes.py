# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Kubernetes stacks have: base templates, formations and snapshots; and the variants of applications."""

from __future__ import annotations

from typing import Any

from .basics import HOUR, SEED_TIME, Row, digest, iso

AVAILABLE = 6
STENCIL_BODY = "kind: Deployment\nmetadata:\n  name: web\n"


def _dates(moment: float = SEED_TIME) -> Row:
    return {"created_at_iso": iso(moment), "updated_at_iso": iso(moment)}


def stencil_template(filename: str, **fields: Any) -> Row:
    """A StencilTemplate of the contract, with its content."""
    return {
        "base_template": "default",
        "filename": filename,
        "filename_pattern": f"%s_{filename}",
        "name": filename.partition(".")[0].title(),
        "description": None,
        "context_type": "service",
        "tags": [],
        "preferred_sequence": 10,
        "content": f"kind: {filename.partition('.')[0].title()}\n",
        **fields,
    }


def base_template(number: int, **fields: Any) -> Row:
    """A BaseTemplate of the contract, pulled, with its stencils."""
    return {
        "uid": f"btr-{digest(f'base template {number}')[:12]}",
        "name": f"Template {number}",
        "short_name": f"template-{number}",
        "git_repo": f"https://git.example.com/templates-{number}.git",
        "git_branch": "main",
        "status": AVAILABLE,
        "stencils": [stencil_template("deployment.yml"), stencil_template("service.yml", preferred_sequence=20)],
        "last_sync_iso": iso(SEED_TIME),
        **_dates(),
        **fields,
    }


def stencil(uid: str, filename: str, **fields: Any) -> Row:
    """A Stencil of the contract."""
    return {
        "uid": uid,
        "filename": filename,
        "template_filename": None,
        "context_id": None,
        "status": 0,
        "tags": [],
        "inline": False,
        "gitfile_path": None,
        "body": "",
        "btr_repo": None,
        "btr_branch": None,
        "sequence": None,
        **_dates(),
        **fields,
    }


def part(uid: str, **fields: Any) -> Row:
    """A Policy, Transformation, Workflow or HelmRelease of the contract."""
    return {"uid": uid, "body": "", **_dates(), **fields}


def formation(uid: str, name: str, **fields: Any) -> Row:
    """A Formation of the contract without parts."""
    lists = (
        "stencils",
        "base_templates",
        "policies",
        "transformations",
        "workflows",
        "helm_releases",
        "filters",
        "tags",
    )
    return {"uid": uid, "name": name, **{key: [] for key in lists}, **_dates(), **fields}


def formations(stack_uid: str, template: Row) -> list[Row]:
    """The initial formation of a stack, with a part of each kind."""
    short = digest(f"formation {stack_uid}")[:12]
    made = {"template_filename": "deployment.yml", "context_id": "web", "sequence": 10, "body": STENCIL_BODY}
    origin = {"btr_repo": template["git_repo"], "btr_branch": template["git_branch"]}
    selected: Row = {"selector": "*", "sequence": 1, "tags": []}
    chart = {"chart_name": "redis", "version": "12.8.0", "repository": "https://charts.example.com/stable"}
    row = formation(
        f"fm-{short}",
        "production",
        tags=["prod"],
        base_templates=[template],
        stencils=[stencil(f"st-{short}", "web_deployment.yml", **made, **origin)],
        policies=[part(f"pl-{short}", name="no-root", **selected)],
        transformations=[part(f"tr-{short}", name="labels", **selected)],
        workflows=[part(f"wf-{short}", name="default", default=True, tags=[])],
        helm_releases=[part(f"hr-{short}", display_name="redis", **chart)],
        filters=[],
    )
    return [row]


def snapshots(stack_uid: str) -> list[Row]:
    """The initial snapshots of a stack, newest first."""
    return [
        {
            "uid": f"sn-{digest(f'snapshot {number} of {stack_uid}')[:12]}",
            "action": action,
            "triggered_at": iso(SEED_TIME + number * HOUR),
            "triggered_by": "owner@example.com",
            "tags": [],
            **_dates(SEED_TIME + number * HOUR),
        }
        for number, action in ((1, "deploy"), (0, "create"))
    ]


def variant(number: int, stack_uid: str, kind: str, **fields: Any) -> Row:
    """An ApplicationVariant of the contract. The setting variant_fields decides which fields say its kind."""
    uid = digest(f"variant {number} of {stack_uid}")
    return {
        "uid": uid,
        "kind": kind,
        "git_repo": "https://git.example.com/app.git",
        "git_ref": f"release-{number}",
        "git_hash": digest(f"hash {uid}") + uid[:8],
        "tag": None,
        "percentage": 0,
        **fields,
    }


def variants(stack_uid: str) -> list[Row]:
    """The initial variants of a stack: the active one, a canary and a preview."""
    return [
        variant(0, stack_uid, "active", git_ref="main", percentage=80),
        variant(1, stack_uid, "canary", git_ref="release", percentage=20),
        variant(2, stack_uid, "preview", git_ref="feature"),
    ]


def operation_log() -> list[Row]:
    """The log of an operation, with an entry of one that it started."""
    entries: list[tuple[int, str, Row]] = [
        (2, "Deployment started", {"e": 0}),
        (1, "Reading the manifest", {"e": 0}),
        (5, "The image cannot be pulled", {"s": "op-2", "e": 1, "operation_uid": "op-2"}),
        (4, "Deployment failed", {"e": 0}),
    ]
    return [
        {"v": severity, "m": message, "t": iso(SEED_TIME + number), "s": None, **fields}
        for number, (severity, message, fields) in enumerate(entries)
    ]
