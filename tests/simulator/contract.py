# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the contract: the calls, their scopes, and their parameters and bodies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

CONTRACT_FILE = Path(__file__).resolve().parent.parent / "contract" / "cloud66-v3.yaml"
METHODS = ("get", "post", "put", "patch", "delete")
INTEGER = re.compile(r"[+-]?[0-9]{1,100}")
# A form field `a[b]` is the property b of the object a.
NESTED = re.compile(r"([^\[\]]+)\[([^\[\]]+)\]")
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class Invalid(Exception):
    """A request that the contract does not allow. The text becomes the answer's `details`."""


@dataclass(frozen=True)
class Operation:
    """One call of the contract.

    `scopes` lists the sets of scopes that allow the call. It is empty if the call needs no token.
    `body_schema` is the path of the JSON body's schema in the contract, or None if there is no body.
    """

    id: str
    method: str
    segments: tuple[str, ...]
    scopes: tuple[frozenset[str], ...]
    parameters: tuple[Mapping[str, Any], ...]
    body_schema: str | None
    body_required: bool
    paginated: bool
    literals: int

    def match(self, segments: Sequence[str]) -> dict[str, str] | None:
        """Return the raw path parameters if `segments`, of the same number, match this call, or None."""
        values = {}
        for pattern, segment in zip(self.segments, segments, strict=True):
            if pattern.startswith("{"):
                values[pattern[1:-1]] = segment
            elif pattern != segment:
                return None
        return values


class Contract:
    """The operations and error bodies of an OpenAPI 3.1 file. Checks requests against it."""

    def __init__(self, file: Path = CONTRACT_FILE) -> None:
        self.spec: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)
        self.operations = {operation.id: operation for operation in self._read()}
        self.errors = self._error_examples()

    def find(self, method: str, segments: Sequence[str]) -> tuple[Operation, dict[str, str]] | None:
        """Find the call for a path, and its raw path parameters. Literal segments win over parameters."""
        for operation in self._routes.get((method, len(segments)), ()):
            values = operation.match(segments)
            if values is not None:
                return operation, values
        return None

    def check_parameters(self, operation: Operation, place: str, given: Mapping[str, str]) -> dict[str, Any]:
        """Return the given parameters of one `place` (path, query, header) as typed values."""
        values: dict[str, Any] = {}
        for parameter in operation.parameters:
            name = parameter["name"]
            if parameter["in"] != place:
                continue
            if name in given:
                values[name] = _typed(given[name], parameter["schema"])
                self._check(values[name], parameter["schema"], name)
            elif parameter.get("required"):
                raise Invalid(f"{name} is missing")
        return values

    def check_body(self, operation: Operation, body: Any) -> None:
        """Raise Invalid if the call does not accept this body."""
        if operation.body_schema:
            self._check(body, {"$ref": "urn:contract#" + operation.body_schema}, "")

    def typed_form(self, operation: Operation, form: Mapping[str, Any]) -> dict[str, Any]:
        """Convert form fields to the types of the JSON body."""
        properties = self._properties(self._at(operation.body_schema) if operation.body_schema else {})
        typed: dict[str, Any] = {}
        for name, value in form.items():
            nested = NESTED.fullmatch(name)
            if not nested:
                typed[name] = _typed(value, properties.get(name, {}))
                continue
            outer, inner = nested.groups()
            part = typed.setdefault(outer, {})
            if not isinstance(part, dict):
                raise Invalid(f"{outer} is given twice")
            part[inner] = _typed(value, self._properties(properties.get(outer, {})).get(inner, {}))
        return typed

    def _properties(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = self._at(schema["$ref"].lstrip("#"))
        properties: Mapping[str, Any] = schema.get("properties", {})
        return properties

    def _at(self, pointer: str) -> Any:
        """Resolve a JSON pointer into the contract."""
        node: Any = self.spec
        for part in pointer.strip("/").split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")]
        return node

    def _check(self, value: Any, schema: Mapping[str, Any], name: str) -> None:
        problem = next(iter(self._validator.evolve(schema=schema).iter_errors(value)), None)
        if problem is not None:
            where = name or ".".join(map(str, problem.absolute_path))
            raise Invalid(f"{where}: {problem.message}"[:500] if where else problem.message[:500])

    @cached_property
    def _validator(self) -> Any:
        """The validator, imported on first use to keep the start fast."""
        from jsonschema import Draft202012Validator
        from referencing import Registry
        from referencing.jsonschema import DRAFT202012

        registry = Registry().with_resource("urn:contract", DRAFT202012.create_resource(self.spec))
        return Draft202012Validator({}, registry=registry)

    @cached_property
    def _routes(self) -> dict[tuple[str, int], list[Operation]]:
        routes: dict[tuple[str, int], list[Operation]] = {}
        for operation in sorted(self.operations.values(), key=lambda operation: -operation.literals):
            routes.setdefault((operation.method, len(operation.segments)), []).append(operation)
        return routes

    def _read(self) -> Iterator[Operation]:
        for path, item in self.spec["paths"].items():
            segments = tuple(path.strip("/").split("/"))
            for method in METHODS:
                if method in item:
                    yield self._operation(path, method, segments, item[method])

    def _operation(self, path: str, method: str, segments: tuple[str, ...], call: Mapping[str, Any]) -> Operation:
        security = call.get("security", self.spec.get("security", []))
        pointer = "/paths/{}/{}/requestBody/content/application~1json/schema"
        return Operation(
            id=call["operationId"],
            method=method.upper(),
            segments=segments,
            scopes=tuple(frozenset(choice["oauth2"]) for choice in security),
            parameters=tuple(self._resolved(parameter) for parameter in call.get("parameters", [])),
            body_schema=pointer.format(path.replace("/", "~1"), method) if "requestBody" in call else None,
            body_required=call.get("requestBody", {}).get("required", False),
            paginated=call.get("x-paginated", False),
            literals=sum(not segment.startswith("{") for segment in segments),
        )

    def _resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._at(node["$ref"].lstrip("#")) if "$ref" in node else node

    def _error_examples(self) -> dict[int, dict[str, Any]]:
        """Return the contract's error bodies by status."""
        responses = self.spec["paths"]["/ping"]["get"]["responses"]
        return {
            int(status): dict(self._resolved(response)["content"]["application/json"]["example"])
            for status, response in responses.items()
            if status != "200"
        }


def _typed(value: Any, schema: Mapping[str, Any]) -> Any:
    """Convert a string of a query or form to the type in its schema. Returns it unchanged if it does not fit."""
    declared = schema.get("type", "string")
    types = [declared] if isinstance(declared, str) else declared
    if not isinstance(value, str):
        return value
    if "integer" in types and INTEGER.fullmatch(value):
        return int(value)
    if "boolean" in types and value.lower() in BOOLEANS:
        return BOOLEANS[value.lower()]
    if {"array", "object"} & set(types) and value[:1] in ("[", "{"):
        return _json(value)
    if "array" in types:
        return [value]
    return value


def _json(text: str) -> Any:
    """What a JSON text holds, or the text itself if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


@lru_cache(maxsize=1)
def the_contract() -> Contract:
    """Return the project's contract, read once per process."""
    return Contract()


# libyaml reads the contract in 0.1 seconds, the pure Python loader in 2.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
