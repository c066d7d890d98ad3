# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases of a server group, and their users. The API can list and create them, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.client import Client
from .base import Is, Parent, Place, Resource
from .fields import References, Secret, Text
from .places import IN_STACK
from .server_group import GroupOfStack
from .thing import Thing

IN_DASHBOARD = "Change or remove it on the database server, or in Cloud 66's dashboard (the server group of the stack)."


class _InServerGroup(Parent):
    """The server group that the option `server_group` names, of the stack that `stack` and `environment` name."""

    arguments = {**IN_STACK.arguments, "server_group": {"type": "str", "required": True}}

    def find(self, client: Client, params: Mapping[str, Any]) -> Place:
        stack = IN_STACK.find(client, params)
        group = GroupOfStack(client, {}, stack).pick(params["server_group"])
        path = (*stack.path, "server_groups", group["id"])
        return Place(path, f"server group {group['name']} of {stack.label}", stack.row)


IN_SERVER_GROUP: Parent = _InServerGroup()


class Database(Resource):
    """A database. Source: list_databases."""

    noun = "database"
    plural = "databases"
    subject = "Databases"
    schema = "Database"
    scope: str | None = "public"
    parent = IN_SERVER_GROUP
    path = ("databases",)
    key = ("name",)
    adds = {"stack_uid": "uid"}
    filters = {"name": Is("name")}


class DatabaseUser(Resource):
    """A user of databases. Its password is never asked for. Source: list_database_users."""

    noun = "database_user"
    plural = "database_users"
    subject = "Databases"
    schema = "DatabaseUser"
    scope: str | None = "public"
    parent = IN_SERVER_GROUP
    path = ("database_users",)
    key = ("username",)
    lookup = ("uid", "username")
    adds = {"stack_uid": "uid"}
    fields = {"password": Secret()}
    filters = {"username": Is("username")}


class NewDatabase(Database, Thing):
    """A database to create. Which id of a user the API takes is not documented; the UID is sent.

    Source: create_database.
    """

    scope = None
    starts_actions = True
    cannot_delete = f"Cloud 66 has no call that removes a database. {IN_DASHBOARD}"
    fields = {
        "name": Text(sent_as="database_name"),
        "users": References(DatabaseUser, sent_as="database_user_ids", create_only=True),
    }


class NewDatabaseUser(DatabaseUser, Thing):
    """A user to create, with a password that Cloud 66 generates. Source: create_database_user."""

    scope = None
    starts_actions = True
    cannot_delete = f"Cloud 66 has no call that removes a database user. {IN_DASHBOARD}"
    fields = {
        "username": Text(),
        "databases": References(Database, sent_as="database_ids", create_only=True),
        "user_type": Text(create_only=True),
        "password": Secret(),
    }
