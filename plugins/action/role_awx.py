# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates and updates objects in AWX with the modules of another collection. The role awx uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus

from ansible.plugins.action import ActionBase

COLLECTIONS = ("awx.awx", "ansible.controller")
# Options that name other objects -> the kinds that these can be.
REFERENCES = {
    "credential": ("credential",),
    "credential_type": ("credential_type",),
    "credentials": ("credential",),
    "default_environment": ("execution_environment",),
    "execution_environment": ("execution_environment",),
    "inventory": ("inventory",),
    "project": ("project",),
    "source_project": ("project",),
    "success_nodes": ("workflow_job_template_node",),
    "unified_job_template": ("job_template", "workflow_job_template"),
    "workflow_job_template": ("workflow_job_template",),
}
# How the modules say that AWX does not have what an option names.
MISSING = re.compile(r"Request to \S*/v2/(\w+)/\?(?:\S*&)?name=([^&\s]*)\S* returned 0 items")
ENDINGS = (("ies", "y"), ("s", ""))


class ActionModule(ActionBase):
    """All objects of one task."""

    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(
            {
                "collection": {"choices": list(COLLECTIONS), "default": COLLECTIONS[0]},
                "connection": {"type": "dict", "default": {}},
                "objects": {
                    "type": "list",
                    "elements": "dict",
                    "required": True,
                    "options": {
                        "kind": {"type": "str", "required": True},
                        "name": {"type": "str", "required": True},
                        "options": {"type": "dict", "required": True},
                        "when": {"type": "bool", "default": True},
                    },
                },
            }
        )
        collection = options["collection"]
        wanted = [one for one in options["objects"] if one["when"]]
        if not self._has(collection):
            advice = f"Install it with `ansible-galaxy collection install {collection}`"
            message = f"The collection {collection} is not installed. {advice}, or choose another with awx_collection."
            return {**result, "failed": True, "msg": message}
        connection = {key: value for key, value in options["connection"].items() if value not in (None, "")}
        rows: list[dict[str, Any]] = []
        warnings: list[Any] = []
        for one in wanted:
            made = self._make(f"{collection}.{one['kind']}", connection, one, rows, task_vars)
            warnings += [text for text in made.get("warnings") or [] if text not in warnings]
            if made.get("failed"):
                result.update(failed=True, msg=_failure(one, str(made.get("msg", "it failed without a message"))))
                break
            rows.append({"kind": one["kind"], "name": one["name"], "state": self._state(made)})
        result.update(objects=rows, changed=any(row["state"] != "ok" for row in rows))
        if warnings:
            result["warnings"] = warnings
        if self._task.diff:
            result["diff"] = list(_diff(rows))
        return result

    def _has(self, collection: str) -> bool:
        found = self._shared_loader_obj.module_loader.find_plugin_with_context(f"{collection}.credential_type")
        return bool(found.resolved)

    def _make(
        self,
        module: str,
        connection: Mapping[str, Any],
        one: Mapping[str, Any],
        rows: list[dict[str, Any]],
        task_vars: Any,
    ) -> dict[str, Any]:
        """Run the module, unless it would fail in check mode because of an object that does not exist yet."""
        given = {key: value for key, value in one["options"].items() if value not in (None, "", [])}
        if one["kind"] == "inventory":
            # Without it, the module compares null with AWX's empty text, and always finds a change in check mode.
            given.setdefault("kind", "")
        if self._task.check_mode:
            new = {(row["kind"], row["name"]) for row in rows if row["state"] == "created"}
            if new & set(_references(given)):
                return {"changed": True}
        made: dict[str, Any] = self._execute_module(
            module_name=module, module_args={**connection, **given}, task_vars=task_vars
        )
        return made

    def _state(self, made: Mapping[str, Any]) -> str:
        if not made.get("changed"):
            return "ok"
        # The modules return the id of what exists, and also the name of what they have created.
        is_new = "id" not in made if self._task.check_mode else "name" in made
        return "created" if is_new else "changed"


def _references(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the options of an object refer to."""
    for option, kinds in REFERENCES.items():
        value = given.get(option, [])
        for name in value if isinstance(value, list) else [value]:
            yield from ((kind, name) for kind in kinds)


def _failure(one: Mapping[str, Any], message: str) -> str:
    missing = MISSING.search(message)
    if missing:
        message = f"AWX has no {_singular(missing[1])} named '{unquote_plus(missing[2])}', or this user cannot see it."
    return f"The {one['kind'].replace('_', ' ')} '{one['name']}' was not created or changed: {message}"


def _singular(plural: str) -> str:
    ending, replacement = next(pair for pair in ENDINGS if plural.endswith(pair[0]))
    return (plural.removesuffix(ending) + replacement).replace("_", " ")


def _diff(rows: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    befores = {"created": "does not exist", "changed": "differs"}
    for row in rows:
        if row["state"] in befores:
            title = f"{row['kind'].replace('_', ' ')} {row['name']}"
            yield {
                "before_header": title,
                "after_header": title,
                "before": f"{befores[row['state']]}\n",
                "after": "as declared\n",
            }
