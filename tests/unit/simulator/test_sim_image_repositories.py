# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registries, and the DNS providers of an account."""

from __future__ import annotations

import pytest

PATH = "/image_repositories"
REGISTRY = {"url": "https://ghcr.io", "username": "robot", "email": "robot@example.com", "password": "s3cret-of-robot"}


@pytest.mark.parametrize("form", [False, True])
def test_a_registry_is_added_changed_and_removed(sim, call, conforms, form):
    def send(method, path, fields):
        return call(method, path, **{"form" if form else "body": fields})

    added = conforms("create_image_repository", send("POST", PATH, REGISTRY))["response"]
    path = f"{PATH}/{added['id']}"
    assert conforms("get_image_repository", call("GET", path))["response"] == added
    assert (added["url"], added["username"]) == ("https://ghcr.io", "robot")
    changed = {**REGISTRY, "email": "ops@example.com", "password": "another"}
    assert conforms("update_image_repository", send("PUT", path, changed))["response"]["email"] == "ops@example.com"
    assert sim.world.image_repositories[139][-1]["password"] == "another"
    assert conforms("delete_image_repository", call("DELETE", path))["response"]["ok"] is True
    assert [call(method, path).status for method in ("GET", "DELETE")] == [404, 404]


def test_the_password_is_never_returned(call):
    replies = [call("POST", PATH, body=REGISTRY), call("GET", PATH)]
    assert not any(b"password" in reply.body or b"s3cret" in reply.body for reply in replies)


@pytest.mark.parametrize(
    ("choice", "status", "count"), [("store", 200, 2), ("conflict", 409, 1), ("bad_request", 400, 1)]
)
def test_a_registry_twice(sim, call, conforms, choice, status, count):
    sim.settings(duplicate_repositories=choice)
    call("POST", PATH, body=REGISTRY)
    reply = call("POST", PATH, body={**REGISTRY, "email": "other@example.com"})
    conforms("create_image_repository", reply)
    assert reply.status == status
    assert [row["username"] for row in call("GET", PATH).json["response"]].count("robot") == count
    assert call("POST", PATH, body={**REGISTRY, "username": "other"}).status == 200


@pytest.mark.parametrize("name", REGISTRY)
@pytest.mark.parametrize("value", [None, " ", ()])
def test_every_field_must_be_given(call, name, value):
    """Also when it changes: a PUT without the password is refused."""
    body = {**REGISTRY, name: value} if value != () else {key: one for key, one in REGISTRY.items() if key != name}
    number = call("GET", PATH).json["response"][0]["id"]
    assert [call("POST", PATH, body=body).status, call("PUT", f"{PATH}/{number}", body=body).status] == [400, 400]


@pytest.mark.parametrize(("name", "value"), [("url", "quay.io"), ("email", "kickass"), ("email", "@")])
def test_values_that_are_refused(call, name, value):
    assert call("POST", PATH, body={**REGISTRY, name: value}).status == 400


def test_an_account_has_its_own(sim, call):
    sim.world.add_image_repository(207, username="labs")
    sim.world.add_dns_provider(207, key="Second")

    def read(path, field, account):
        rows = call("GET", path, headers={"X-Account": account}).json["response"]
        return [row[field] for row in rows]

    assert read(PATH, "username", "207") == ["labs"]
    assert (
        read(PATH, "username", "139") == ["kickass"] == [one["username"] for one in call("GET", PATH).json["response"]]
    )
    assert read("/dns_providers", "display_name", "207") == ["Cloudflare (Labs)", "Cloudflare (Second)"]
    assert read("/dns_providers", "key", "139") == ["My Cloudflare"]
    number = sim.world.image_repositories[207][0]["id"]
    assert call("GET", f"{PATH}/{number}").status == 404


def test_the_lists_can_move(sim, call):
    sim.settings(per_page=1)
    for path in (PATH, "/dns_providers"):
        sim.fault("moving", path=path)
        first, second = (call("GET", f"{path}?page={page}").json["response"] for page in (1, 2))
        assert first == second, "a new row came in front"
