# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes formations of stacks, and their parts."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any, NamedTuple

from ..api.errors import AnswerLostError, Cloud66Error
from ..api.transport import Dotless
from .base import Is, Write, did_you_mean
from .base_template import STATUS, BaseTemplate
from .fields import Base64, Row, Rows, SetOf, Text, enumerated
from .keyed import ByKey, Keyed, Plan, Values
from .places import IN_STACK

# The keys of the account's base templates begin with this; a UID follows.
BASE_TEMPLATE = "base template "


class Kind(NamedTuple):
    """A kind of part of a formation: its title, the field that names one, and the fields that users set.

    `wrap`: the key around a new part in the call that adds it. `required`: the fields that a new part must have.
    """

    title: str
    name: str
    fields: Mapping[str, dict[str, Any]]
    wrap: str = ""
    required: tuple[str, ...] = ()


_TEXT, _NUMBER, _TEXTS = {"type": "str"}, {"type": "int"}, {"type": "list", "elements": "str"}
_SELECTED = {"selector": _TEXT, "sequence": _NUMBER, "body": _TEXT, "tags": _TEXTS}
# The options and fields that hold the parts. The API can add all kinds of parts, and only change the body of stencils.
KINDS = {
    "stencils": Kind(
        "stencil",
        "filename",
        {
            "base_template": _TEXT,
            "template_filename": _TEXT,
            "context_id": _TEXT,
            "sequence": _NUMBER,
            "body": _TEXT,
            "tags": _TEXTS,
        },
        required=("base_template", "body"),
    ),
    "policies": Kind("policy", "name", _SELECTED, "policy"),
    "transformations": Kind("transformation", "name", _SELECTED, "transformation"),
    "workflows": Kind("workflow", "name", {"default": {"type": "bool"}, "body": _TEXT, "tags": _TEXTS}, "workflow"),
    "helm_releases": Kind(
        "Helm release",
        "display_name",
        {"chart_name": _TEXT, "version": _TEXT, "repository": _TEXT, "body": _TEXT},
        "helm_release",
        required=("chart_name",),
    ),
}
# Fields of options that the API does not return.
UNREAD = ("base_template",)
TEXT, TEXTS, BASE64 = Text(clear=""), SetOf(clear=[]), Base64()


def part_arguments() -> dict[str, dict[str, Any]]:
    """The argument spec of the options that hold the parts."""
    return {
        option: {
            "type": "list",
            "elements": "dict",
            "options": {kind.name: {"type": "str", "required": True}, **kind.fields},
        }
        for option, kind in KINDS.items()
    }


class Formation(Keyed):
    """A formation and its parts, each of which has a key: `formation NAME`, `stencil FILENAME`, `policy NAME`.

    Source: list_formations, create_formation, add_stencils (stencils), update_stencil (stencils), add_policy
    (policies), add_transformation (transformations), add_workflow (workflows), add_helm_release (helm_releases),
    render_stencil (stencil).
    """

    noun = "formation"
    plural = "formations"
    schema = "Formation"
    parent = IN_STACK
    path = ("formations",)
    key = ("key",)
    added = ("key",)
    adds = {"stack_uid": "uid"}
    fields = {"base_templates": Rows({"status": STATUS})}
    value_field = "body"
    single = True
    filters = {"formation": Is("uid", "name")}
    options = {
        "include_content": {"type": "bool", "default": False},
        "stencil": {"type": "str"},
        "snapshot": {"type": "str"},
        "body": {"type": "str"},
        "workflow": {"type": "str"},
        "use_latest": {"type": "bool", "default": True},
    }
    cannot_delete = "Cloud 66's API has no call to delete a formation: delete it in Cloud 66's dashboard."

    # Reading

    def read_all(self) -> tuple[list[Row], dict[str, Any]]:
        wanted = self.params["stencil"], self.params["workflow"]
        if self.params["snapshot"] is not None and wanted == (None, None):
            raise Cloud66Error("snapshot also requires stencil or workflow.")
        rows, more = self.read(), {}
        if self.params["stencil"] is not None:
            more["renders"] = self._rendered()
        if self.params["workflow"] is not None:
            more["pipeline"] = self._pipeline(self.params["workflow"])
        return rows, more

    def read(self) -> list[Row]:
        return self.matching(self._formations(with_content=self.params["include_content"]))

    def pick(self, wanted: str, rows: Iterable[Row] | None = None) -> Row:
        return super().pick(wanted, self._formations(with_content=False) if rows is None else rows)

    def all(self) -> list[Row]:
        """The rows of the keys: of the formation, its parts, and the base templates that the options may name."""
        name = self.params["name"]
        found = [row for row in self._formations(with_content=True) if row["name"] == name]
        if len(found) > 1:
            names = self._names(found)
            raise Cloud66Error(f"{len(found)} formations of {self.place.label} are called {name}: {names}.")
        rows = [{**row, "key": f"formation {name}"} for row in found]
        rows += [
            {**part, "key": _key(field, part)} for row in found for field in KINDS for part in row.get(field) or []
        ]
        known = {row["key"] for row in rows}
        if any(_key("stencils", part) not in known for part in self.params["stencils"] or []):
            templates = BaseTemplate(self.client, self.params).all()
            rows += [{**row, "key": f"{BASE_TEMPLATE}{row['uid']}"} for row in templates]
        return rows

    def _formations(self, with_content: bool) -> list[Row]:
        query = {"full_content": True} if with_content else {}
        return [self.with_place(row) for row in self.api.list(*self.place.path, *self.path, **query)]

    def _rendered(self) -> Row:
        """A stencil's text, or another text in its place, rendered from a snapshot. Nothing is stored."""
        wanted, text = self.params["stencil"], self.params["body"]
        formation = self.pick(self.params["formation"], self._formations(with_content=True))
        stencils = formation.get("stencils") or []
        row = next((one for one in stencils if wanted in (one["filename"], one["uid"])), None)
        if row is None:
            names = [one["filename"] for one in stencils]
            advice = did_you_mean(wanted, names, f"Available: {enumerated(names)}." if names else "There are none.")
            raise Cloud66Error(f"No stencil of formation {formation['name']} matches {wanted!r}.{advice}")
        body = {
            "snapshot_id": self.params["snapshot"],
            "body": BASE64.sent(_text(row.get("body")) if text is None else text),
        }
        api = self.client.labelled(f"the stencil {row['filename']} of formation {formation['name']}", self.scope)
        path = (*self.place.path, *self.path, Dotless(formation["uid"]), "stencils", Dotless(row["uid"]), "render")
        try:
            rendered: Row = api.write("POST", path, body)
        except AnswerLostError as lost:
            # Nothing was changed.
            raise Cloud66Error(str(lost.__cause__), **lost.facts()) from None
        return rendered

    def _pipeline(self, wanted: str) -> Any:
        """A workflow as it is compiled for a snapshot. Source: get_pipeline (workflow)."""
        formation = self.pick(self.params["formation"])
        names = [str(one["name"]) for one in formation.get("workflows") or []]
        if wanted not in names:
            advice = did_you_mean(wanted, names, f"Available: {enumerated(names)}." if names else "There are none.")
            raise Cloud66Error(f"No workflow of formation {formation['name']} matches {wanted!r}.{advice}")
        query = {
            "snapshot_uid": self.params["snapshot"],
            "use_latest": str(self.params["use_latest"]).lower(),
            "workflow": wanted,
        }
        api = self.client.labelled(f"the workflow {wanted} of formation {formation['name']}", self.scope)
        return api.get(*self.place.path, *self.path, Dotless(formation["uid"]), "pipeline", **query)["pipeline"]

    # The plan

    def given(self) -> Values:
        """The fields that the options give, by key."""
        name = self.params["name"]
        if not name.strip():
            raise Cloud66Error("name is empty.")
        given: dict[str, Any] = {f"formation {name}": _given(self.params, ("tags", "base_templates"))}
        for field, kind in KINDS.items():
            for part in self.params[field] or []:
                key = _key(field, part)
                if key in given:
                    raise Cloud66Error(f"{field} contains the {key} twice.")
                given[key] = _given(part, (kind.name, *kind.fields))
        return given

    def targets(self, given: Values, rows: ByKey) -> Values:
        return {} if self.params["state"] == "absent" else given

    def unwanted(self, given: Values, rows: ByKey) -> tuple[str, ...]:
        own = next(iter(given))
        return (own,) if self.params["state"] == "absent" and own in rows else ()

    def same(self, row: Row, value: Any) -> bool:
        return not _differing(row, value)

    def refusals(self, plan: Plan, rows: ByKey) -> list[str]:
        if plan.removed:
            return [f"The {self._called(key)} exists. {self.cannot_delete}" for key in plan.removed]
        return [*self._incomplete(plan, rows), *self._unchangeable(plan, rows)]

    def _incomplete(self, plan: Plan, rows: ByKey) -> Iterator[str]:
        """What is missing to add something."""
        for key, value in plan.added.items():
            field = _field_of(key)
            required = KINDS[field].required if field else ("base_templates",)
            missing = [name for name in required if not value.get(name)]
            if missing:
                yield f"There is no {self._called(key)} yet; creating it also requires {enumerated(missing)}."
            elif field == "stencils":
                try:
                    self._base_template(value, rows)
                except Cloud66Error as error:
                    yield f"{key}: {error}"

    def _unchangeable(self, plan: Plan, rows: ByKey) -> Iterator[str]:
        """What cannot be changed. The API can only change the body of a stencil."""
        for key, value in plan.changed.items():
            changeable = ("body",) if _field_of(key) == "stencils" else ()
            fixed = [name for name in _differing(rows[key], value) if name not in changeable]
            if fixed:
                yield (
                    f"The {self._called(key)} differs in {enumerated(fixed)}, which Cloud 66's API cannot change:"
                    " change it in Cloud 66's dashboard."
                )

    def _base_template(self, value: Row, rows: ByKey) -> Any:
        """The UID of the base template of a new stencil. Raises Cloud66Error unless there is exactly one."""
        templates = [row for key, row in rows.items() if key.startswith(BASE_TEMPLATE)]
        return BaseTemplate(self.client, self.params).pick(value["base_template"], templates)["uid"]

    def _called(self, key: str) -> str:
        """The name of a key, for messages."""
        formation = f" of formation {self.params['name']}" if _field_of(key) else ""
        return f"{key}{formation} of {self.place.label}"

    def predicted(self, key: str, value: Any, rows: ByKey) -> Row:
        new = {"key": key} if _field_of(key) else self.with_place({"key": key, "name": self.params["name"]})
        read = {name: part for name, part in value.items() if name not in UNREAD}
        if "base_templates" in read:
            read["base_templates"] = [
                {"git_repo": one["repo"], "git_branch": one["branch"]} for one in read["base_templates"]
            ]
        return {**rows.get(key, new), **read}

    def shown(self, keys: Iterable[str], rows: ByKey) -> list[Row]:
        """The formation with all of its parts."""
        own = rows.get(f"formation {self.params['name']}")
        if own is None:
            return []
        parts = {field: [_plain(row) for key, row in rows.items() if _field_of(key) == field] for field in KINDS}
        return [{**_plain(own), **parts}]

    # Writing

    def writes(self, plan: Plan, rows: ByKey) -> list[Write]:
        """The formation is created first. The stencils of a base template are added together."""
        own = rows.get(f"formation {self.params['name']}")
        writes = []
        stencils: dict[str, list[str]] = {}
        for key, value in plan.added.items():
            field = _field_of(key)
            if field is None:
                writes.append(self._creation(key, value))
            elif field == "stencils":
                stencils.setdefault(self._base_template(value, rows), []).append(key)
            else:
                writes.append(self._call(key, "POST", own, (field,), {KINDS[field].wrap: value}))
        for template, keys in stencils.items():
            parts = [{name: part for name, part in plan.added[key].items() if name not in UNREAD} for key in keys]
            write = self._call(enumerated(keys), "POST", own, ("stencils",), {"btr_uuid": template, "stencils": parts})
            writes.append(write._replace(keys=tuple(keys), starts_action=True))
        for key, value in plan.changed.items():
            path = ("stencils", Dotless(rows[key]["uid"]))
            writes.append(self._call(key, "PUT", own, path, {"body": BASE64.sent(value["body"])}))
        return writes

    def _creation(self, key: str, value: Row) -> Write:
        api = self.client.labelled(f"the {self._called(key)}", self.scope)
        send = partial(api.post, *self.place.path, *self.path, body={"name": self.params["name"], **value})
        return Write(f"the {self._called(key)}", send, (key,))

    def _call(self, key: str, method: str, own: Row | None, path: tuple[str, ...], content: Row) -> Write:
        """A call inside the formation, which may not exist until then."""
        api = self.client.labelled(f"the {self._called(key)}", self.scope)
        body = {"message": self.params["commit_message"], **content}

        def send() -> Any:
            uid = own["uid"] if own else self._new_uid
            return api.write(method, (*self.place.path, *self.path, Dotless(uid), *path), body, retry=method == "PUT")

        return Write(f"the {self._called(key)}", send, (key,))

    @cached_property
    def _new_uid(self) -> str:
        """The UID of the formation, once it has been created."""
        return str(self.pick(self.params["name"])["uid"])


def _key(field: str, part: Row) -> str:
    return f"{KINDS[field].title} {part[KINDS[field].name]}"


def _field_of(key: str) -> str | None:
    """The field that holds a part with this key; None for the formation itself and for base templates."""
    return next((field for field, kind in KINDS.items() if key.startswith(f"{kind.title} ")), None)


def _given(options: Mapping[str, Any], names: Iterable[str]) -> Row:
    return {name: options[name] for name in names if options[name] is not None}


def _plain(row: Row) -> Row:
    """A row as the API returns it, without its key."""
    return {name: value for name, value in row.items() if name != "key"}


def _differing(row: Row, value: Row) -> list[str]:
    """The fields in which a row differs from the wanted ones."""
    return [name for name, wanted in value.items() if name not in UNREAD and not _is_same(name, row.get(name), wanted)]


def _is_same(name: str, existing: Any, wanted: Any) -> bool:
    if name == "body":
        return wanted.rstrip() in (str(existing or "").rstrip(), _text(existing).rstrip())
    if name == "base_templates":
        places = [(one.get("git_repo"), one.get("git_branch")) for one in existing or []]
        return all((one["repo"], one["branch"]) in places for one in wanted)
    return (TEXTS if name == "tags" else TEXT).same(existing, wanted)


def _text(body: Any) -> str:
    """A body as a text. It is undocumented whether the API returns it in base64, which has no blanks and colons."""
    text = str(body or "")
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return text
