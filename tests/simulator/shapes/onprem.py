# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes clusters, and on-premise configurations."""

from __future__ import annotations

from typing import Any

from .basics import SEED_TIME, Row, digest, iso


def cluster(number: int, **fields: Any) -> Row:
    """Return a Cluster of the contract, with two nodes."""
    nodes = [
        {
            "name": f"node-{node}",
            "status": "Ready",
            "instance_type": "m5.large",
            "capacity": {"cpu": "2", "memory": "8Gi", "pods": "29"},
        }
        for node in (1, 2)
    ]
    return {
        "id": 100 + number,
        "uid": digest(f"cluster {number}"),
        "name": f"cluster-{number}",
        "environment": "production",
        "cloud": "AWS",
        "region": "us-east-1",
        "status": 1,
        "health": 3,
        "kubernetes_version": "1.28.2",
        "node_count": len(nodes),
        "nodes": nodes,
        **dict.fromkeys(("created_at", "updated_at", "created_at_iso", "updated_at_iso"), iso(SEED_TIME)),
        **fields,
    }


def onprem(number: int, **fields: Any) -> Row:
    """Return an Onprem of the contract."""
    return {
        "uid": f"op-{number}",
        "name": f"rack-{number}",
        "config": {"provider": "metal", "racks": [{"name": "a", "units": 42}]},
        "created_at_iso": iso(SEED_TIME),
        "updated_at_iso": iso(SEED_TIME),
        **fields,
    }
