# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The places where things live: the options that name them, and how to find them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.client import Client
from ..api.errors import Cloud66Error
from .base import Parent, Place
from .fields import Row
from .server import the_server
from .stack import place_of, the_stack

STACK = {"stack": {"type": "str"}, "environment": {"type": "str"}}


class _InStack(Parent):
    """The stack that the options `stack` and `environment` name."""

    arguments = {**STACK, "stack": {"type": "str", "required": True}}
    subject = "Stacks"

    def find(self, client: Client, params: Mapping[str, Any]) -> Place:
        return place_of(the_stack(client, params))


class _OnServer(Parent):
    """The server that the option `server` names, of the stack that `stack` and `environment` name."""

    arguments = {**_InStack.arguments, "server": {"type": "str", "required": True}}
    subject = "Servers"

    def find(self, client: Client, params: Mapping[str, Any]) -> Place:
        stack = IN_STACK.find(client, params)
        server = the_server(client, stack, params["server"])
        return Place((*stack.path, "servers", server["uid"]), f"server {server['name']} of {stack.label}", server)


class _InUser(Parent):
    """The user with the id `user_id`."""

    arguments = {"user_id": {"type": "int", "required": True}}

    def find(self, client: Client, params: Mapping[str, Any]) -> Place:
        return Place(("users", params["user_id"]), f"user {params['user_id']}", {"id": params["user_id"]})


class _InNamespace(Parent):
    """The ConfigStore namespace `namespace`, or that of the stack, or that of the current account."""

    arguments = {"namespace": {"type": "str"}, **STACK}
    subject = "Configuration"

    def find(self, client: Client, params: Mapping[str, Any]) -> Place:
        namespace, label = params["namespace"], f"namespace {params['namespace']}"
        if namespace is None and params["stack"] is not None:
            stack = the_stack(client, params)
            namespace, label = stack.get("configstore_namespace"), f"stack {stack['name']}"
        elif namespace is None:
            namespace, label = self._of_account(client), "the account"
        if not namespace:
            raise Cloud66Error(f"Cloud 66 returned no ConfigStore namespace for {label}: set the option namespace.")
        return Place(("configstore", "namespaces", namespace), label)

    def _of_account(self, client: Client) -> Any:
        """The namespace of the account in use: the one that `account_id` names, or the current one."""
        accounts = _accounts(client)
        wanted = client.settings.account_id
        if wanted is not None:
            accounts = [row for row in accounts if row["id"] == wanted]
        current = _current(accounts)
        return current[0].get("configstore_namespace") if current else None


class _OfAccount(Parent):
    """The account with the id `account_id`, which is part of the path; by default, the current one."""

    def find(self, client: Client, params: Mapping[str, Any]) -> Place:
        number = client.settings.account_id
        if number is None:
            current = _current(_accounts(client))
            if len(current) != 1:
                raise Cloud66Error("Cloud 66 does not say which account is the current one: set the option account_id.")
            number = current[0]["id"]
        return Place(("accounts", number), f"account {number}", {"id": number})


def _accounts(client: Client) -> list[Row]:
    return client.labelled("the accounts", "users").list("accounts")


def _current(accounts: list[Row]) -> list[Row]:
    """The account that is marked as the current one, or all if none is."""
    return [row for row in accounts if row.get("current_account")] or accounts


class _OnTagged(Parent):
    """The server of a stack that `server` names, or the entity with the given type and id."""

    arguments = {
        **STACK,
        "server": {"type": "str"},
        "entity_type": {"type": "str", "choices": ["server", "loadbalancer"], "default": "server"},
        "entity_id": {"type": "str"},
    }
    subject = "Servers"

    def find(self, client: Client, params: Mapping[str, Any]) -> Place:
        kind, identity = params["entity_type"], params["entity_id"]
        if identity is not None:
            return Place((kind, identity), f"{kind} {identity}")
        server = ON_SERVER.find(client, params)
        return Place((kind, server.row["uid"]), server.label)


IN_STACK: Parent = _InStack()
ON_SERVER: Parent = _OnServer()
IN_USER: Parent = _InUser()
OF_ACCOUNT: Parent = _OfAccount()
IN_NAMESPACE: Parent = _InNamespace()
ON_TAGGED: Parent = _OnTagged()
