# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Valid requests for base templates, formations, snapshots, variants and logs."""

from __future__ import annotations

from unit.simulator.sample_requests import STACK


def values(world):
    formation = world.formations[STACK][0]

    def in_formation(key, **fields):
        """A new part of a formation that has none of this kind."""
        body = {key: fields} if fields else {}

        def without_parts():
            for parts in ("policies", "transformations", "workflows", "helm_releases"):
                formation[parts].clear()
            return {}

        return {"body": {"message": "a", **body}, "prepare": without_parts}

    def no_formations():
        world.formations[STACK] = []
        return {}

    def new_variant():
        return {"id": world.add_variant(STACK, "canary")["uid"]}

    text = "eA=="
    template = {"git_repo": "https://git.example.com/new.git", "git_branch": "main"}
    repository = {"repo": "https://git.example.com/stencils.git", "branch": "master"}
    stencil = {"filename": "new.yml", "body": "x"}

    def without_stencils():
        formation["stencils"].clear()
        return {}

    def no_templates():
        world.base_templates[139] = []
        return {}

    return {
        "base_template_id": world.base_templates[139][0]["uid"],
        "create_base_template": {"body": {"base_template": template}, "prepare": no_templates},
        "update_base_template": {"body": {"base_template": template}},
        "delete_base_template": {"prepare": lambda: {"base_template_id": world.add_base_template()["uid"]}},
        "patch_application_variant": {"body": {"operation": "commit"}, "prepare": new_variant},
        "update_application_variant": {"body": {"operation": "commit"}, "prepare": new_variant},
        "delete_application_variant": {"prepare": lambda: {"id": world.add_variant(STACK, "preview")["uid"]}},
        "formation_id": formation["uid"],
        "stencil_id": formation["stencils"][0]["uid"],
        "snapshot_id": world.snapshots[STACK][0]["uid"],
        "get_pipeline": {"query": {"snapshot_uid": world.snapshots[STACK][0]["uid"], "workflow": "default"}},
        "operation_uid": "op-1",
        "update_stencil": {"body": {"body": text}},
        "render_stencil": {"body": {"body": text, "snapshot_id": world.snapshots[STACK][0]["uid"]}},
        "add_stencils": {
            "body": {"btr_uuid": formation["base_templates"][0]["uid"], "stencils": [stencil]},
            "prepare": without_stencils,
        },
        "create_formation": {"body": {"name": "new", "base_templates": [repository]}, "prepare": no_formations},
        "add_policy": in_formation("policy", name="a"),
        "add_transformation": in_formation("transformation", name="a"),
        "add_workflow": in_formation("workflow", name="a"),
        "add_helm_release": in_formation("helm_release", display_name="a", chart_name="b"),
    }
