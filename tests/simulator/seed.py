# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The initial data: three demo stacks, and generated ones up to the requested number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import shapes

if TYPE_CHECKING:
    from .world import World

SCOPES = frozenset(("public", "redeploy", "jobs", "users", "admin"))
APPS = {"demo-app": "demo-app-secret-0123456789", "other-app": "other-app-secret-0123456789"}

DEMO_TOKEN = "4c9c9b1111"
PUBLIC_TOKEN = "public-only-4c9c9b2222"
NO_USERS_TOKEN = "no-users-4c9c9b3333"

AWESOME_APP = "5999b763474b0eafa5fafb64bff0ba80"
STOREFRONT = "f196c5b41758cb7977620d49eb1492ef"
BACKUP_GROUP = 1345

# With this many stacks, every list that can have several pages does.
MANY = 20
MORE_ACCOUNTS = 35
FIRST_MORE_ACCOUNT = 1001


def fill(world: World, stacks: int) -> None:
    """Fill an empty world. `stacks` is the total number of stacks."""
    _access(world)
    _account_wide(world)
    if stacks >= MANY:
        for number in range(MORE_ACCOUNTS):
            world.add_account(FIRST_MORE_ACCOUNT + number, friendly_name=f"Client {number:02d}")
    _users(world, many=stacks >= MANY)
    for add_demo_stack in (_awesome_app, _storefront, _ledger)[:stacks]:
        add_demo_stack(world)
    world.application_groups["production-apps"] = [AWESOME_APP, STOREFRONT][:stacks]
    for number in range(3, stacks):
        _generated_stack(world, number)
    if stacks >= MANY:
        world.add_past_actions(STOREFRONT, 40)


def _access(world: World) -> None:
    world.apps.update(APPS)
    world.add_token(1, SCOPES, DEMO_TOKEN)
    world.add_token(2, {"public"}, PUBLIC_TOKEN)
    world.add_token(3, SCOPES - {"users"}, NO_USERS_TOKEN)
    world.add_account(139, friendly_name="Acme")
    world.add_account(207, friendly_name="Acme Labs", owner="labs@example.com")
    world.clouds.append(
        shapes.cloud(
            "digitalocean",
            "DigitalOcean",
            {"ams3": "Amsterdam 3, Netherlands", "nyc3": "New York 3, US"},
            {"2gb": "2GB - 2 CPU", "4gb": "4GB - 2 CPU"},
        )
    )
    world.clouds.append(shapes.cloud("aws", "AWS", {"us-east-1": "N. Virginia"}, {"m7i.large": "8GB - 2 CPU"}))
    world.ssh_keys[1] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDemoDemoDemoDemoDemoDemoDemoDemoDemo owner@example.com"


def _account_wide(world: World) -> None:
    """What accounts have: registries, DNS providers, base templates, records; and the log of an operation."""
    world.add_image_repository(139, url="https://quay.io", username="kickass", email="kickass@example.com")
    world.add_dns_provider(139, uuid="dp-fbe3d478cdc610b187b38c1d2b6b016b", key="My Cloudflare")
    world.add_dns_provider(207, key="Labs")
    world.add_gateway(139, name="aws_bastion", private_ip="10.0.0.5")
    world.add_failover_group(139, primary_stack_uid=AWESOME_APP)
    repository = "https://git.example.com/stencils.git"
    world.add_base_template(139, name="Default", short_name="default", git_repo=repository, git_branch="master")
    world.add_cluster(name="Production Cluster")
    world.add_cluster(name="Staging Cluster", environment="staging", health=4, region=None)
    world.add_onprem(139, name="rack-1")
    world.add_onprem(139, name="rack-2", config={})
    world.operation_logs["op-1"] = shapes.operation_log()
    world.add_record("account-139", "onesignal.api_key", value="secret", metadata={"key1": "value1"}, ttl=0)


def _users(world: World, many: bool) -> None:
    """Add the users. User 18 has no device, as in the seed text before its POST."""
    for email in ("owner", "viewer", "deployer", "jim", "maria"):
        world.add_user(email=f"{email}@example.com")
    world.add_user(id=18, email="ansible@example.com")
    world.add_user(id=21, email="labs@example.com", primary_account_id=207)
    phone, tablet = {"device_type": 1, "sub_type": 1}, {"device_type": 1, "sub_type": 2}
    devices = {4: [{"token": "jims-phone", **phone}], 5: [{"token": "maria/tablet 1", **tablet}]}
    for user in world.users:
        for fields in devices.get(user["id"], []):
            user["devices"].append(shapes.device(shapes.SEED_TIME, **fields))
    for _number in range(65 if many else 0):
        world.add_user()


def _awesome_app(world: World) -> None:
    """Add the Stack example of the contract."""
    world.add_stack(
        uid=AWESOME_APP,
        name="Awesome App",
        environment="production",
        git="http://github.com/cloud66-samples/awesome-app.git",
        git_branch="fig",
        fqdn="awesome-app.dev.c66.me",
        framework="rails",
        status=1,
        health=3,
    )
    world.add_server(AWESOME_APP, name="Lion", address="203.0.113.10", ext_ipv4="203.0.113.10")
    world.add_server(
        AWESOME_APP,
        uid="f8468fc145ea49bac474b30a8fea888d",
        name="Caribou",
        address="203.0.113.11",
        ext_ipv4="203.0.113.11",
        server_roles=["rails", "postgresql", "elasticsearch", "web", "app", "db"],
    )
    world.add_past_actions(AWESOME_APP, 2)
    world.add_certificate(AWESOME_APP, server_names="www.example.com,example.com")
    world.add_tags("server", world.servers[AWESOME_APP][0]["uid"], "web", "blue", reserved=("c66-managed",))


def _storefront(world: World) -> None:
    """Add the stack of the seed text, with its backup group."""
    world.add_stack(uid=STOREFRONT, name="Storefront", environment="staging", framework="docker", has_loadbalancer=True)
    world.add_load_balancer(17823)
    roles = (["docker", "web", "app"], ["docker", "worker"], ["mysql", "db"], ["postgresql", "db"], ["haproxy", "lb"])
    for number, names in enumerate(roles):
        address = f"198.51.100.{10 + number}"
        world.add_server(STOREFRONT, server_roles=names, address=address, ext_ipv4=address)
    for number in range(48):
        if number % 4:
            world.add_backup(STOREFRONT, BACKUP_GROUP, db_type=("mysql", "mysql", "postgresql")[number % 3])
        else:
            world.add_backup(STOREFRONT, 1346, db_type=("redis", "mysql")[number // 4 % 2])


def _ledger(world: World) -> None:
    """Add a stack of the second account that has no servers yet."""
    world.add_stack(name="Ledger", environment="development", status=4, health=0, cloud="Hetzner", account_id=207)


def _generated_stack(world: World, number: int) -> None:
    if number % 50 == 10:
        servers = 70
    elif number % 25 == 7:
        servers = 0
    else:
        servers = number % 5 + 1
    if number in (18, 19):
        world.add_stack(servers, name="twin-app", environment=("production", "staging")[number % 2])
    elif number % 40 == 5:
        _behind_a_gateway(world, servers)
    elif number % 10 == 9:
        world.add_stack(servers, account_id=FIRST_MORE_ACCOUNT + number // 10 % MORE_ACCOUNTS)
    else:
        world.add_stack(servers)


def _behind_a_gateway(world: World, servers: int) -> None:
    """Add a stack whose servers have private addresses only."""
    stack = world.add_stack()
    for number in range(servers):
        private = f"10.66.{len(world.stacks) // 40 % 256}.{number + 1}"
        world.add_server(
            stack["uid"],
            address=private,
            ext_ipv4=None,
            int_ipv4=private,
            has_deploy_gateway=True,
            deploy_gateway_address="198.51.100.250",
            deploy_gateway_user_name="gateway",
        )
