# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variants of an application: the active one, rollouts and previews."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from ..api.errors import Cloud66Error, NotFoundError
from .base import Is, Write
from .fields import Row
from .keyed import ByKey, Keyed, Plan, Values
from .places import IN_STACK

ACTIVE = "active"
# The wanted value of a variant that is to become the active one. Other values are percentages.
COMMITTED = "committed"
WHOLE = 100
# Sources disagree on the fields that say what a variant is.
KINDS = ("variant_type", "type", "sub_type")


class ApplicationVariant(Keyed):
    """A version of an application beside others. Deployments create variants; the API has no call for that.

    Source: list_application_variants, patch_application_variant (percentage, state), update_application_variant
    (percentage, state), delete_application_variant (state).
    """

    noun = "application_variant"
    plural = "application_variants"
    schema = "ApplicationVariant"
    scope = "redeploy"
    parent = IN_STACK
    path = ("application_variants",)
    key = ("uid",)
    lookup = ("uid", "git_hash", "tag", "git_ref")
    adds = {"stack_uid": "uid"}
    value_field = "percentage"
    single = True
    filters = {"variant": Is(*lookup), "type": Is(*KINDS)}

    def given(self) -> Values:
        state, percentage = self.params["state"], self.params["percentage"]
        if state != "present":
            return {self.params["variant"]: COMMITTED if state == COMMITTED else None}
        if not 0 <= percentage <= WHOLE:
            raise Cloud66Error(f"percentage must be from 0 to {WHOLE}, not {percentage}.")
        return {self.params["variant"]: percentage}

    def targets(self, given: Values, rows: ByKey) -> Values:
        if self.params["state"] == "absent":
            return {}
        return {self.pick(name, rows.values())["uid"]: value for name, value in given.items()}

    def unwanted(self, given: Values, rows: ByKey) -> tuple[str, ...]:
        if self.params["state"] != "absent":
            return ()
        return tuple(self.pick(name, rows.values())["uid"] for name in given if self.candidates(name, rows.values()))

    def same(self, row: Row, value: Any) -> bool:
        return self._is_active(row) if value == COMMITTED else str(row.get("percentage")) == str(value)

    def is_done(self, key: str, value: Any, rows: ByKey) -> bool:
        """It is undocumented whether a committed variant becomes the active one or is merged into it."""
        return super().is_done(key, value, rows) or (value == COMMITTED and key not in rows)

    def shown(self, keys: Iterable[str], rows: ByKey) -> list[Row]:
        """The variant; the active one if it was merged into that."""
        named = list(keys)
        return super().shown(named, rows) or [row for row in rows.values() if named and self._is_active(row)]

    def refusals(self, plan: Plan, rows: ByKey) -> list[str]:
        verbs = {**dict.fromkeys(plan.removed, "removed"), **dict.fromkeys(plan.set, "given another percentage")}
        return [
            f"The {self.name_of(rows[key])} is the active one and cannot be {verb}."
            for key, verb in verbs.items()
            if self._is_active(rows[key])
        ]

    def predicted(self, key: str, value: Any, rows: ByKey) -> Row:
        if value != COMMITTED:
            return super().predicted(key, value, rows)
        kinds = {name: ACTIVE for name in KINDS[:2] if rows[key].get(name) is not None}
        return {**rows[key], "percentage": WHOLE, **kinds}

    def writes(self, plan: Plan, rows: ByKey) -> list[Write]:
        changes = [self._call(rows[key], partial(self._change, rows[key], value)) for key, value in plan.set.items()]
        removals = [self._call(rows[key], partial(self._remove, rows[key])) for key in plan.removed]
        return [*changes, *(write._replace(removes=True) for write in removals)]

    def _call(self, row: Row, send: Any) -> Write:
        return Write(f"the {self.name_of(row)}", send, (row["uid"],), starts_action=True)

    def _change(self, row: Row, value: Any) -> Any:
        """Cloud 66's client sends the same operation for a commit and for a percentage."""
        body = {"operation": "commit", **({} if value == COMMITTED else {"canary_percentage": value})}
        api = self.client.labelled(f"the {self.name_of(row)}", self.scope)
        path = (*self.place.path, *self.path, row["uid"])
        try:
            return api.write("PATCH", path, body, retry=False)
        except NotFoundError:
            # Sources disagree on the method.
            return api.write("PUT", path, body, retry=False)

    def _remove(self, row: Row) -> Any:
        api = self.client.labelled(f"the {self.name_of(row)}", self.scope)
        return api.write("DELETE", (*self.place.path, *self.path, row["uid"]), retry=False)

    def _is_active(self, row: Row) -> bool:
        return ACTIVE in [row.get(name) for name in KINDS]
