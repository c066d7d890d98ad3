# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failover groups: an address whose traffic goes to one of two stacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.client import Client
from .base import Is, IsCode, Parent, Progress, Resource, Status
from .fields import Codes, Reference, Row
from .stack import Stack
from .thing import Thing

PRIMARY, SECONDARY = "primary_stack_uid", "secondary_stack_uid"
CURRENT = Codes({"primary": 1, "secondary": 2}, settable=True)


class _StacksOfAccount(Parent):
    """The account. `environment` is that of the stacks that other options name."""

    arguments = {"environment": {"type": "str"}}


class _StackReference(Reference):
    """A stack, named as everywhere: by its UID or its name."""

    def find(self, client: Client, params: Mapping[str, Any], value: str) -> Any:
        return Stack(client, params).named(value, params["environment"])["uid"]


class FailoverGroup(Resource):
    """A failover group. Source: list_failover_groups."""

    noun = "failover_group"
    plural = "failover_groups"
    subject = "Network"
    schema = "FailoverGroup"
    scope = "public"
    path = ("failover_groups",)
    key: tuple[str, ...] = (PRIMARY,)
    lookup = ("uid", "address")
    fields = {"current_stack": CURRENT}
    by_identity = ("uid", "str")
    only_listed = True
    filters = {
        "address": Is("address"),
        "primary_stack": Is(PRIMARY, "primary_stack_name"),
        "secondary_stack": Is(SECONDARY, "secondary_stack_name"),
        "current_stack": IsCode("current_stack", CURRENT),
    }

    def _names_in(self, row: Row) -> str:
        """A group is known by its address, and by its primary stack before it has one."""
        name = row.get("address") or row.get("primary_stack_name") or row.get(PRIMARY)
        return f" {name}" if name else ""


class ManagedFailoverGroup(FailoverGroup, Thing):
    """A failover group that is created, changed, switched or deleted. A switch has no action; the group shows it.

    Source: create_failover_group, update_failover_group, delete_failover_group.
    """

    parent = _StacksOfAccount()
    named_by = "failover_group"
    refers_to = ("failover_group",)
    sends_changes = True
    rests_first = True
    status = Status("busy_toggling", ongoing=("True",), failed=())
    fields = {
        PRIMARY: _StackReference(Stack, option="primary_stack", clear=""),
        SECONDARY: _StackReference(Stack, option="secondary_stack", clear=""),
        "current_stack": CURRENT,
    }

    def progress(self, row: Row) -> Progress:
        return super().progress(row)._replace(words="it is being switched" if row.get("busy_toggling") else "")

    def expected(self, values: Row) -> Row:
        """The names of other stacks are not known yet."""
        names = {name.replace("_uid", "_name"): None for name in (PRIMARY, SECONDARY) if name in values}
        return {**super().expected(values), **names}

    def refusal(self, before: Row | None, after: Row | None) -> str:
        if before is not None and before.get("readonly"):
            return (
                f"The {self.name_of(before)} is read-only for the token's user. Use the token of a user who may edit"
                " both of its stacks."
            )
        if after is None:
            return ""
        if after.get(PRIMARY) and after.get(PRIMARY) == after.get(SECONDARY):
            return "The primary and the secondary stack of a failover group must be different stacks."
        word = CURRENT.word(after.get("current_stack"))
        if word is not None and "current_stack" in self._given and not after.get(f"{word}_stack_uid"):
            return f"The failover group has no {word} stack, so it cannot become the current one."
        if before is not None and word == "secondary" and before.get(SECONDARY) and not after.get(SECONDARY):
            return (
                f"The secondary stack serves the requests of the {self.name_of(before)}, so it cannot be detached."
                " Switch back with current_stack: primary first."
            )
        return ""

    @property
    def _given(self) -> set[str]:
        return {name for name in self.fields if self.params.get(self.fields[name].option or name) is not None}
