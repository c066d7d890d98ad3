# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asynchronous actions and deployments."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from .basics import HOUR, SEED_TIME, Row, digest, digest_number, iso

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


def services() -> list[Row]:
    """Return the Services of the contract that a container stack has, without containers."""
    return [{"name": name, "containers": []} for name in ("api", "web", "worker")]


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
