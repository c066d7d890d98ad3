# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asynchronous actions and deployments."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from .basics import HOUR, SEED_TIME, Row, digest, digest_number, iso, spaced

# The contract documents only the first of these.
SUCCEEDED: Row = {"code": 1, "meaning": "success"}
FAILED: Row = {"code": 2, "meaning": "failed"}
CANCELLED: Row = {"code": 3, "meaning": "cancelled"}
BY_WEB: Row = {"code": 0, "meaning": "web"}
BY_API: Row = {"code": 1, "meaning": "api"}


def action(action_id: int, moment: float, name: str) -> Row:
    """Return a running AsyncAction of the contract."""
    return {
        "id": action_id,
        "user": None,
        "resource_type": "stack",
        "resource_id": str(84195 + action_id % 1000),
        "action": name,
        "started_via": "api",
        "started_at": iso(moment),
        "finished_at": None,
        "finished_success": None,
        "finished_message": None,
        "finished_result": None,
        "metadata": {},
    }


def git_hash(repository: str | None, ref: str | None) -> str | None:
    """Return the head commit of a branch, which depends only on the names. A hash is returned unchanged."""
    if repository is None:
        return None
    if ref and re.fullmatch(r"[0-9a-f]{40}", ref):
        return ref
    return hashlib.sha1(f"{repository} {ref}".encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()


def deployment(deployment_id: int, stack: Row, git_ref: str | None = None, **fields: Any) -> Row:
    """Return a Deployment of the contract that has not started."""
    repository = stack.get("git")
    commit = git_hash(repository, git_ref or stack.get("git_branch"))
    return {
        "id": deployment_id,
        "triggered_by": None,
        "triggered_via": dict(BY_API),
        "started_at": None,
        "finished_at": None,
        "outcome": None,
        "git_hash": commit,
        "deploy_session": digest(f"session {deployment_id}")[:10],
        "deploy_type": {"code": 0, "meaning": "build"},
        "is_head": False,
        "is_live": False,
        "reverted": None,
        "reverted_by": None,
        "reverted_at": None,
        "is_deploying": False,
        "commit_url": repository and f"{repository.removesuffix('.git')}/commit/{commit}",
        **fields,
    }


def services(servers: list[Row]) -> list[Row]:
    """Return the Services of the contract that a container stack has: `web` runs on the first two servers."""
    rows: list[Row] = [{"name": name, "containers": []} for name in ("api", "web", "worker")]
    for server in servers[:2]:
        rows[1]["containers"].append(container(f"web on {server['uid']}", "web", server))
    return rows


def container(seed: str, service: str, server: Row) -> Row:
    """Return a running Container of the contract."""
    return {
        "uid": digest(seed) + digest(f"container {seed}"),
        "name": f"{service}-{server['name'].lower()}",
        "server_uid": server["uid"],
        "server_name": server["name"],
        "service_name": service,
        "image": f"registry.example.com/{service}",
        "command": "bundle exec rackup -p 3000",
        "started_at": iso(SEED_TIME),
        "ports": [{"container": 3000, "http": 80, "https": 443}],
        "private_ip": "25.0.0.2",
        "docker_ip": None,
        "health_state": 1,
        "health_message": None,
        "health_source": "system",
        "capture_output": True,
        "restart_on_deploy": True,
        "created_at": iso(SEED_TIME),
        "updated_at": iso(SEED_TIME),
    }


def processes(servers: list[Row]) -> list[Row]:
    """Return the Processes of the contract that a stack has: `worker` runs on the first server."""
    counts = {server["name"]: 1 for server in servers[:1]}
    return [
        {
            "name": name,
            "md5": digest(name),
            "command": f"bundle exec rake {name}",
            "servers": dict(of),
            "servers_pauses": {},
        }
        for name, of in (("scheduler", {}), ("worker", counts))
    ]


def jobs(stack_uid: str) -> list[Row]:
    """Return the Jobs of the contract that a stack has."""
    commands = {"cleanup": "rake cleanup", "reports": "rake reports"}
    return [
        {
            "uid": digest(f"job {name} of {stack_uid}"),
            "name": name,
            "type": "DockerHostTaskJob",
            "cron": "1 0 1 * *",
            "status": 2,
            "paused": False,
            "params": {"command": command},
            "created_at": spaced(SEED_TIME),
            "updated_at": spaced(SEED_TIME),
        }
        for name, command in commands.items()
    ]


def deployments(stack: Row) -> list[Row]:
    """Return the past deployments of a stack, newest first: the live one, and one of another branch."""
    rows: list[Row] = []
    for number, branch in enumerate(("develop", None)):
        started = SEED_TIME + number * HOUR
        row = deployment(digest_number(f"deployment {stack['uid']}") + number, stack, branch)
        row.update(triggered_by="owner@example.com", triggered_via=dict(BY_WEB), outcome=dict(SUCCEEDED))
        row.update(started_at=iso(started), finished_at=iso(started + 300), is_head=number == 1, is_live=number == 1)
        rows.insert(0, row)
    return rows
