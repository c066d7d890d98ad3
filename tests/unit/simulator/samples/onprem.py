# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Valid requests for clusters and on-premise configurations."""

from __future__ import annotations


def values(world):
    return {
        "get_cluster": {"id": world.clusters[0]["uid"]},
        "uid": world.onprems[139][0]["uid"],
        "update_onprem": {"body": {"name": "rack-9", "config": {}}},
    }
