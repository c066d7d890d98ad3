# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Valid requests for the first operations."""

from __future__ import annotations

from unit.simulator.sample_requests import STACK


def values(world):
    bulk = {"body": {"environments_format": "json", "contents": '{"A": "1"}'}}

    def deploy():
        world.deploys.ask(world.stack(STACK), None, None, None)
        return {"deployment_id": world.deployments[STACK][0]["id"]}

    def refill():
        world.env_vars.pop(STACK, None)
        return {"key": "LOG_LEVEL"}

    registry = {"url": "https://quay.io", "username": "a", "email": "a@example.com", "password": "b"}
    certificate = {"type": "lets_encrypt", "ssl_termination": True, "server_names": "a.example.com"}
    changed = {
        "body": {"ssl_certificate": certificate},
        "prepare": lambda: {"id": world.add_certificate(STACK, **certificate)["uuid"]},
    }

    def record(key):
        return {"body": {"record": {"key": key, "raw_value": "eA=="}}, "prepare": new_record}

    def new_record():
        world.records["account-139"] = []
        world.add_record("account-139", "known", value="x")
        return {"key": "known"}

    return {
        "stack_id": STACK,
        "namespace": "account-139",
        "entity_type": "server",
        "entity_id": world.servers[STACK][0]["uid"],
        "server_id": world.servers[STACK][0]["uid"],
        "backup_id": world.backups[STACK][0]["id"],
        "id": world.start_action(STACK, "restart")["id"],
        "user_id": 5,
        "token": "maria%2Ftablet%201",
        "account_id": 139,
        "cloud_id": "digitalocean",
        "update_device_by_body": {"body": {"token": "maria/tablet 1"}},
        "get_firewall_rule": {"id": world.firewalls[STACK][0]["id"]},
        "create_firewall_rule": {"body": {"ttl": 20, "server_id": ""}},
        "get_environment_variable": {"key": str(world.env_vars[STACK][0]["id"])},
        "set_access_ssh_key": {"body": {"public_key": "c3NoLWVkMjU1MTkgQUFBQQ=="}},
        "get_deployment": {"deployment_id": world.deployments[STACK][-1]["id"]},
        "cancel_deployment": {"prepare": deploy},
        "create_stack": {"body": {"name": "a", "environment": "b", "service_yaml": "{}", "manifest_yaml": "{}"}},
        "run_stack_action": {"body": {"command": "restart", "server": "", "server_uid": "", "server_id_filter": ""}},
        "get_stack_setting": {"id": "git-branch"},
        "update_stack_setting": {"id": "git-branch"},
        "get_server_setting": {"id": "server-name"},
        "update_server_setting": {"id": "server-name"},
        "create_service_yaml_version": {"body": {"service_yaml": "{}"}},
        "get_service_yaml_version": {"version": world.service_yamls[STACK][0]["uid"]},
        "create_manifest_yaml_version": {"body": {"manifest_yaml": "{}"}},
        "get_manifest_yaml_version": {"version": world.manifest_yamls[STACK][0]["uid"]},
        "type": "nginx",
        "create_environment_variable": {"body": {"key": "NEW"}, "prepare": refill},
        "update_environment_variable": {"prepare": refill},
        "delete_environment_variable": {"prepare": refill},
        "replace_environment_variables": bulk,
        "merge_environment_variables": bulk,
        "create_image_repository": {"body": registry},
        "get_image_repository": {"id": world.image_repositories[139][0]["id"]},
        "update_image_repository": {"id": world.image_repositories[139][0]["id"], "body": registry},
        "delete_image_repository": {"prepare": lambda: {"id": world.add_image_repository()["id"]}},
        "create_config_store_record": record("new"),
        "get_config_store_record": {"prepare": new_record},
        "update_config_store_record": record("known"),
        "delete_config_store_record": {"prepare": new_record},
        "create_ssl_certificate": {"body": {"ssl_certificate": certificate}},
        "get_ssl_certificate": changed,
        "update_ssl_certificate": changed,
        "patch_ssl_certificate": changed,
        "delete_ssl_certificate": changed,
        "replace_tags": {"body": {"tags": ["a"]}},
        "patch_tags": {"body": {"operations": [{"op": "add", "tags": ["a"]}]}},
    }
