# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, and the devices of all users."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from typing import Any

from ..api.errors import Cloud66Error
from ..api.parallel import side_by_side
from .base import IN_ACCOUNT, Is, Resource, Write, did_you_mean
from .device import FIELDS, Device
from .fields import Flag, Row, Rows, enumerated
from .keyed import ByKey, Keyed, Plan, Values, mapping
from .stack import Stack

WORKERS = 8
FLAG = Flag()
DEFAULT_ROLES = "default_roles"
RIGHTS = (
    "can_create_stack",
    "can_admin_users",
    "can_payment",
    "can_add_cloud_key",
    "can_del_cloud_key",
    "can_view_acc_notifications",
    "can_edit_acc_notifications",
    "can_view_audit",
    "can_view_docker_img_key",
    "can_del_ssh_key",
    "can_edit_personal_token",
    "can_del_authorized_app",
    "can_view_custom_env",
    "can_edit_custom_env",
    "can_add_developers_app",
    "can_del_developers_app",
    "can_edit_git_key",
    "can_edit_gateway",
)


class User(Resource):
    """A user that the token's user can see. Source: list_users, get_user (user_id)."""

    noun = "user"
    plural = "users"
    schema = "User"
    scope = "users"
    path = ("users",)
    identity = "id"
    key = ("email",)
    fields = {"devices": Rows(FIELDS)}
    filters = {"email": Is("email")}
    by_identity = ("user_id", "int")


class UsersDevice(Device):
    """A device of any user, with its `user_id`. Source: list_users, get_user."""

    parent = IN_ACCOUNT
    added = ("user_id",)
    reveals = {"include_token": "token"}
    options = {"user_id": {"type": "int"}, "email": {"type": "str"}}
    refers_to = ("user_id",)

    @property
    def label(self) -> str:
        return "the devices of users"

    def read(self) -> list[Row]:
        users = User(self.client, self.params)
        # The list of users may lack their devices; a single user has them.
        rows = side_by_side(lambda user: user if "devices" in user else users.one(user["id"]), users.read(), WORKERS)
        return [{**device, "user_id": user["id"]} for user in rows for device in user.get("devices") or []]


class UserAccess(User, Keyed):
    """The access profile of a user, which is sent whole: no source says what a PUT does to parts that it leaves out.

    Source: list_users (email), get_user.
    """

    lookup = ("email",)
    write_scope = "admin"
    value_field = "access_profile"
    single = True
    starts_actions = False
    refers_to = ("user_id", "email")

    @property
    def label(self) -> str:
        return f"the access profile of user {self.params['email'] or self.params['user_id']}"

    def all(self) -> list[Row]:
        """The user. In a list of users, the access profile may be missing."""
        row = self.one(self._id)
        if not isinstance(row.get("access_profile"), dict):
            raise Cloud66Error(
                f"Cloud 66 did not return {self.label}. Writing it could remove other rights, so nothing is sent."
            )
        return [row]

    @cached_property
    def _id(self) -> Any:
        if self.params["user_id"] is not None:
            return self.params["user_id"]
        users = User(self.client, {})
        return self.pick(self.params["email"], users.all())["id"]

    def given(self) -> Values:
        """What the options give, by part of the profile."""
        found: dict[str, Any] = {}
        if self.params["account_profile"] is not None:
            found["account_profile"] = _rights(mapping(self.params, "account_profile"))
        if self.params["stack_profiles"] is not None:
            found["stack_profiles"] = [_checked(one) for one in self.params["stack_profiles"]]
        return found

    def targets(self, given: Values, rows: ByKey) -> Values:
        return {email: {**row["access_profile"], **self._parts(row["access_profile"])} for email, row in rows.items()}

    def _parts(self, existing: Row) -> Row:
        """The parts of the profile that the options set, as they are sent."""
        given = self.given()
        parts: Row = {}
        if "account_profile" in given:
            old = existing.get("account_profile") or {}
            unnamed = _withdrawn(old) if self.params["purge"] else {}
            parts["account_profile"] = {**old, **unnamed, **given["account_profile"]}
        if "stack_profiles" in given:
            parts["stack_profiles"] = self._stack_profiles(existing.get("stack_profiles") or [])
        return parts

    def _stack_profiles(self, existing: list[Row]) -> list[Row]:
        """The roles on stacks. A stack that the options name has exactly the roles that they give."""
        wanted = self._roles
        kept = [] if self.params["purge"] else [row for row in existing if row["stack_uid"] not in wanted]
        new = [{"stack_uid": uid, "role": role} for uid, roles in wanted.items() for role in roles]
        found = [*kept, *new]
        return existing if _counted(found) == _counted(existing) else found

    @cached_property
    def _roles(self) -> Mapping[str, list[str]]:
        """The wanted roles, by the UID of their stack."""
        found: dict[str, list[str]] = {}
        for one in self.params["stack_profiles"]:
            stack = Stack(self.client, self.params).named(one["stack"], one["environment"])
            found.setdefault(stack["uid"], []).extend(one["roles"])
        return found

    def same(self, row: Row, value: Any) -> bool:
        return _meaning(row["access_profile"]) == _meaning(value)

    def refusals(self, plan: Plan, rows: ByKey) -> list[str]:
        wanted = self.given().get("account_profile", {})
        known = {*RIGHTS, DEFAULT_ROLES}
        for row in rows.values():
            known.update(row["access_profile"].get("account_profile") or {})
        available = f"Available: {enumerated(sorted(known))}."
        return [
            f"There is no right {name} in an account.{did_you_mean(name, known, available)}"
            for name in wanted
            if name not in known
        ]

    def writes(self, plan: Plan, rows: ByKey) -> list[Write]:
        """The whole profile. Source: update_user."""
        api = self.client.labelled(self.label, self.write_scope)
        return [
            Write(
                self.label,
                partial(api.write, "PUT", (*self.path, rows[email]["id"]), {self.value_field: profile}),
                (email,),
            )
            for email, profile in plan.set.items()
        ]


def _rights(given: Mapping[str, Any]) -> Row:
    """Rights in an account. Raises Cloud66Error for values of another type."""
    found: Row = {}
    for name, value in given.items():
        if name == DEFAULT_ROLES:
            if not isinstance(value, list) or not all(isinstance(role, str) and role.strip() for role in value):
                raise Cloud66Error(f"{DEFAULT_ROLES} must be a list of roles.")
            found[name] = value
        elif isinstance(FLAG.normal(value), bool):
            found[name] = FLAG.normal(value)
        else:
            raise Cloud66Error(f"{name} must be true or false.")
    return found


def _checked(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The roles on a stack. Raises Cloud66Error if a name is blank."""
    if not all(role.strip() for role in given["roles"]):
        raise Cloud66Error("The option roles contains an empty string.")
    return given


def _withdrawn(rights: Row) -> Row:
    """Rights in an account, none of them granted."""
    return {name: [] if isinstance(value, list) else False for name, value in rights.items()}


def _counted(profiles: Iterable[Row]) -> Counter[tuple[str, str]]:
    """Roles on stacks, in no order. A stack can have several."""
    return Counter((row["stack_uid"], row["role"]) for row in profiles)


def _meaning(profile: Row) -> Any:
    """A profile in the form in which profiles are compared. A right that is missing is not granted."""
    rights = profile.get("account_profile") or {}
    return (
        {name for name, value in rights.items() if FLAG.normal(value) is True},
        frozenset(rights.get(DEFAULT_ROLES) or []),
        _counted(profile.get("stack_profiles") or []),
    )
