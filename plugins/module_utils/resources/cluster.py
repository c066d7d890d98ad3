# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes clusters."""

from __future__ import annotations

from .base import Is, IsCode, Resource
from .stack import HEALTH, STATUS


class Cluster(Resource):
    """A Kubernetes cluster with its nodes, which can only be read. Its codes are presumably those of stacks.

    Source: list_clusters, get_cluster (uid, include_log).
    """

    noun = "cluster"
    plural = "clusters"
    subject = "Servers"
    schema = "Cluster"
    scope = "public"
    path = ("clusters",)
    key = ("name",)
    fields = {"status": STATUS, "health": HEALTH}
    by_identity = ("uid", "str")
    filters = {
        "name": Is("name"),
        "environment": Is("environment"),
        "cloud": Is("cloud"),
        "region": Is("region"),
        "status": IsCode("status", STATUS),
        "health": IsCode("health", HEALTH),
    }
    details = {"include_log": {"show_log": True}}
