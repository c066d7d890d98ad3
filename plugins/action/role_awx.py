# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates and updates objects in AWX with the modules of another collection. The role awx uses it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any, NoReturn
from urllib.parse import unquote_plus

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

COLLECTIONS = ("awx.awx", "ansible.controller")
NOTIFICATION = "notification_template"
NODE = "workflow_job_template_node"
# Options that name other objects -> the kinds that these can be.
REFERENCES = {
    "credential": ("credential",),
    "credential_type": ("credential_type",),
    "credentials": ("credential",),
    "default_environment": ("execution_environment",),
    "execution_environment": ("execution_environment",),
    "inventory": ("inventory",),
    "notification_templates_approvals": (NOTIFICATION,),
    "notification_templates_error": (NOTIFICATION,),
    "notification_templates_started": (NOTIFICATION,),
    "notification_templates_success": (NOTIFICATION,),
    "project": ("project",),
    "source_project": ("project",),
    "success_nodes": (NODE,),
    "unified_job_template": ("job_template", "workflow_job_template"),
    "workflow_job_template": ("workflow_job_template",),
}
# The modules look these up by name, within the organization or workflow.
BY_NAME = ("success_nodes", "unified_job_template", "workflow_job_template")
# The option that names what an object is part of. Without that, it cannot exist.
PARENTS = {
    "credential": "credential_type",
    "host": "inventory",
    "inventory_source": "inventory",
    "schedule": "unified_job_template",
    NODE: "workflow_job_template",
}
# Events of notifications -> the option that attaches a notification template to them.
EVENTS = {
    "started": "notification_templates_started",
    "success": "notification_templates_success",
    "error": "notification_templates_error",
    "approval": "notification_templates_approvals",
}
# What AWX returns instead of a secret.
ENCRYPTED = "$encrypted$"
# How the modules say that AWX has none or several of what an option names.
NOT_ONE = re.compile(r"Request to \S*/v2/(\w+)/\?(?:\S*&)?name=([^&\s]*)\S* returned (\d+) items")
ENDINGS = (("ies", "y"), ("s", ""))
ARGUMENTS: dict[str, Any] = {
    "collection": {"choices": list(COLLECTIONS), "default": COLLECTIONS[0]},
    "connection": {
        "type": "dict",
        "default": {},
        "options": {
            "controller_host": {"type": "str"},
            "controller_oauthtoken": {"type": "str"},
            "controller_password": {"type": "str"},
            "controller_username": {"type": "str"},
            "validate_certs": {"type": "bool"},
        },
    },
    "notifications": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": {"type": "str", "required": True},
            "description": {"type": "str"},
            "notification_type": {"type": "str"},
            "notification_configuration": {"type": "dict"},
            "messages": {"type": "dict"},
            "events": {"type": "list", "elements": "str", "choices": list(EVENTS), "default": ["error", "approval"]},
            "templates": {"type": "list", "elements": "str"},
        },
    },
    "objects": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "kind": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "options": {"type": "list", "elements": "dict", "required": True},
            "notify_as": {"type": "str"},
            "when": {"type": "bool", "default": True},
        },
    },
    "organization": {"type": "str"},
    "update_secrets": {"type": "bool", "default": False},
}


class ActionModule(ActionBase):
    """All objects of one task."""

    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        _validated, self.options = self.validate_argument_spec(ARGUMENTS)
        collection = self.options["collection"]
        if not self._has(collection):
            advice = f"Install it with `ansible-galaxy collection install {collection}`"
            message = f"The collection {collection} is not installed. {advice}, or choose another with awx_collection."
            return {**result, "failed": True, "msg": message}
        self.connection = _without_empty(self.options["connection"])
        # (kind, name) -> id, which is None for what does not exist yet.
        self.ids: dict[tuple[str, str], int | None] = {}
        rows: list[dict[str, Any]] = []
        warnings: list[Any] = []
        for kind, name, given in _objects(self.options):
            made = self._make(kind, name, given, task_vars)
            warnings += [text for text in made.get("warnings") or [] if text not in warnings]
            if made.get("failed"):
                result.update(failed=True, msg=_failure(kind, name, made))
                break
            rows.append({"kind": kind, "name": name, "state": self._state(made)})
            self.ids[kind, name] = made.get("id")
        result.update(objects=rows, changed=any(row["state"] != "ok" for row in rows))
        if warnings:
            result["warnings"] = warnings
        if self._task.diff:
            result["diff"] = list(_diff(rows))
        return result

    def _has(self, collection: str) -> bool:
        found = self._shared_loader_obj.module_loader.find_plugin_with_context(f"{collection}.credential_type")
        return bool(found.resolved)

    def _make(self, kind: str, name: str, given: Mapping[str, Any], task_vars: Any) -> dict[str, Any]:
        new = {option for option in given if any(self.ids.get(one, 0) is None for one in _named(option, given))}
        if self._task.check_mode and new:
            return {**self._find_without(new, kind, given, task_vars), "changed": True}
        if kind == NOTIFICATION and not self.options["update_secrets"]:
            try:
                existing = self._notification(name)
            except AnsibleError as error:
                return {"failed": True, "msg": error.message}
            if _is_as(existing, {**given, "organization": existing.get("organization")}):
                return {"changed": False, "id": existing["id"]}
        return self._run(kind, given, task_vars)

    def _find_without(self, new: set[str], kind: str, given: Mapping[str, Any], task_vars: Any) -> dict[str, Any]:
        """Look for an object without the options that name something new, because the module would not find that."""
        if PARENTS.get(kind) in new:
            return {}
        rest = {option: value for option, value in given.items() if option not in new}
        return self._run(kind, {**rest, "state": "exists"}, task_vars)

    def _run(self, kind: str, given: Mapping[str, Any], task_vars: Any) -> dict[str, Any]:
        made: dict[str, Any] = self._execute_module(
            module_name=f"{self.options['collection']}.{kind}",
            module_args={**self.connection, **{option: self._by_id(option, given[option]) for option in given}},
            task_vars=task_vars,
        )
        return made

    def _by_id(self, option: str, value: Any) -> Any:
        """The value of an option, with ids instead of names, as another organization can have the same names."""
        if option in BY_NAME or option not in REFERENCES:
            return value
        ids = {name: str(number) for (kind, name), number in self.ids.items() if kind in REFERENCES[option]}
        return [ids.get(name, name) for name in value] if isinstance(value, list) else ids.get(value, value)

    def _notification(self, name: str) -> dict[str, Any]:
        """A notification template as AWX shows it.

        The module would send the secrets each time, and finds a change where AWX has added a default. The lookup
        controller_api would leave a token behind after a login with a password.
        """
        module_utils = f"ansible_collections.{self.options['collection']}.plugins.module_utils"
        api = import_module(f"{module_utils}.controller_api").ControllerAPIModule(
            argument_spec={},
            direct_params=self.connection,
            error_callback=_raise,
            warn_callback=self._display.vvv,  # The modules warn of the same.
        )
        place = {"organization__name": self.options["organization"]}
        existing: dict[str, Any] | None = api.get_one("notification_templates", name, data=place)
        api.logout()
        return existing or {}

    def _state(self, made: Mapping[str, Any]) -> str:
        if not made.get("changed"):
            return "ok"
        # The modules return the id of what exists, and also the name of what they have created.
        is_new = "id" not in made if self._task.check_mode else "name" in made
        return "created" if is_new else "changed"


def _raise(msg: str, **_details: Any) -> NoReturn:
    raise AnsibleError(msg)


def _without_empty(options: Mapping[str, Any]) -> dict[str, Any]:
    return {option: value for option, value in options.items() if value not in (None, "")}


def _objects(options: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The kind, the name and the module's options of each object."""
    for one in options["notifications"]:
        # One without a type exists, and is only attached.
        if one["notification_type"]:
            own = {option: value for option, value in one.items() if option not in ("events", "templates")}
            yield NOTIFICATION, one["name"], _without_empty({**own, "organization": options["organization"]})
    for one in options["objects"]:
        if one["when"]:
            yield one["kind"], one["name"], dict(_given(one, options))


def _given(one: Mapping[str, Any], options: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The module's options of one of the declared objects, the later ones replacing the earlier."""
    yield "identifier" if one["kind"] == NODE else "name", one["name"]
    if options["notifications"] and one["notify_as"]:
        yield from _attached(one["kind"], one["notify_as"], options["notifications"])
    if one["kind"] == "credential":
        yield "update_secrets", options["update_secrets"]
    if one["kind"] == "inventory":
        # Without it, the module compares null with AWX's empty text, and always finds a change in check mode.
        yield "kind", ""
    for layer in one["options"]:
        yield from _without_empty(layer).items()


def _attached(kind: str, template: str, notifications: list[dict[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    """The options that attach notification templates. The empty ones detach all others."""
    for event, option in EVENTS.items():
        if event != "approval" or kind == "workflow_job_template":
            names = [
                one["name"]
                for one in notifications
                if event in one["events"] and (one["templates"] is None or template in one["templates"])
            ]
            yield option, names


def _named(option: str, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The kinds and names that an option can mean."""
    value = given[option]
    for name in value if isinstance(value, list) else [value]:
        yield from ((kind, name) for kind in REFERENCES.get(option, ()))


def _is_as(existing: Any, declared: Any) -> bool:
    """Whether all that is declared exists. AWX adds defaults, and does not show secrets."""
    if isinstance(declared, Mapping) and isinstance(existing, Mapping):
        return all(key in existing and _is_as(existing[key], value) for key, value in declared.items())
    return existing in (declared, ENCRYPTED)


def _failure(kind: str, name: str, made: Mapping[str, Any]) -> str:
    message = str(made.get("msg", "it failed without a message"))
    found = NOT_ONE.search(message)
    if found:
        kinds, called, count = found[1], unquote_plus(found[2]), found[3]
        message = f"AWX has no {_singular(kinds)} named '{called}', or this user cannot see it."
        if count != "0":
            message = (
                f"AWX has {count} {_words(kinds)} named '{called}'. Use the id of one of them instead of its name."
            )
    if message.endswith(", see response"):
        message = message.replace(", see response", f": {made['response'].get('json')}")
    return f"The {_words(kind)} '{name}' was not created or changed: {message}"


def _singular(plural: str) -> str:
    ending, replacement = next(pair for pair in ENDINGS if plural.endswith(pair[0]))
    return _words(plural.removesuffix(ending) + replacement)


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _diff(rows: Iterable[Mapping[str, str]]) -> Iterator[dict[str, str]]:
    befores = {"created": "does not exist", "changed": "differs"}
    for row in rows:
        if row["state"] in befores:
            title = f"{_words(row['kind'])} {row['name']}"
            yield {
                "before_header": title,
                "after_header": title,
                "before": f"{befores[row['state']]}\n",
                "after": "as declared\n",
            }
