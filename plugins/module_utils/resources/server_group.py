# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server groups of stacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.client import Client
from .base import Is, Place, Resource
from .places import IN_STACK


class ServerGroup(Resource):
    """A group of servers that do the same. Source: list_server_groups, get_server_group (group_id)."""

    noun = "server_group"
    plural = "server_groups"
    subject = "Servers"
    schema = "ServerGroup"
    scope = "public"
    parent = IN_STACK
    path = ("server_groups",)
    identity = "id"
    key = ("name",)
    lookup = ("id", "name")
    adds = {"stack_uid": "uid"}
    by_identity = ("group_id", "int")
    filters = {"type": Is("type")}


class GroupOfStack(ServerGroup):
    """A server group of a stack that has already been found. Source: list_server_groups."""

    def __init__(self, client: Client, params: Mapping[str, Any], place: Place) -> None:
        super().__init__(client, params)
        self.place = place
