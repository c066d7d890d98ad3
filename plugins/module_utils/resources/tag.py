# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of servers and load balancers."""

from __future__ import annotations

from functools import partial

from .base import Write
from .fields import Row
from .keyed import ByKey, Keyed, Plan, Values
from .places import ON_TAGGED


class Tag(Keyed):
    """A tag. Cloud 66's own tags are reserved. Source: list_tags, patch_tags."""

    noun = "tag"
    plural = "tags"
    schema = "EntityTag"
    scope = "public"
    parent = ON_TAGGED
    path = ("tags",)
    identity = "value"
    key = ("value",)
    value_field = None
    whole = True
    starts_actions = False

    def all(self) -> list[Row]:
        """Cloud 66 returns tags as texts or rows, in an object or in a list with one object."""
        body = self.api.call("GET", (*self.path, *self.place.path))
        found = body.get("response", body)
        entity = (found[0] if found else {}) if isinstance(found, list) else found
        tags = entity.get("tags") or []
        return [tag if isinstance(tag, dict) else {"value": tag, "reserved": False} for tag in tags]

    def exported(self) -> list[str]:
        return sorted(row["value"] for row in self.all() if not row.get("reserved"))

    def given(self) -> Values:
        return dict.fromkeys(self.params["tags"], True)

    def targets(self, given: Values, rows: ByKey) -> Values:
        return {} if self.params["state"] == "absent" else given

    def unwanted(self, given: Values, rows: ByKey) -> tuple[str, ...]:
        if self.params["state"] == "absent":
            return tuple(key for key in given if key in rows)
        return tuple(key for key in self.removable(rows) if key not in given) if self.params["purge"] else ()

    def removable(self, rows: ByKey) -> list[str]:
        return [key for key, row in rows.items() if not row.get("reserved")]

    def refusals(self, plan: Plan, rows: ByKey) -> list[str]:
        reserved = [key for key in plan.removed if rows[key].get("reserved")]
        return [f"The tag {key} is reserved by Cloud 66 and cannot be removed." for key in reserved]

    def writes(self, plan: Plan, rows: ByKey) -> list[Write]:
        operations = [{"op": "delete", "tags": list(plan.removed)}, {"op": "add", "tags": list(plan.set)}]
        body = {"operations": [step for step in operations if step["tags"]]}
        api = self.client.labelled(self.label, self.scope)
        send = partial(api.write, "PATCH", (*self.path, *self.place.path), body, retry=False)
        return [Write(self.label, send, (*plan.removed, *plan.set))]
