# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Valid requests for backups and databases."""

from __future__ import annotations

from unit.simulator.sample_requests import STACK


def values(world):
    group = world.servers[STACK][2]["server_group_id"]

    def empty():
        world.databases[f"{STACK}/{group}"] = []
        world.database_users[f"{STACK}/{group}"] = []
        return {"server_group_id": group}

    return {
        "get_backup_file": {"file_id": "tar"},
        "create_backup": {"body": {"db_type": "mysql", "frequency": "0 1 * * *"}},
        "list_databases": {"server_group_id": group},
        "list_database_users": {"server_group_id": group},
        "create_database": {"body": {"database_name": "a", "database_user_ids": []}, "prepare": empty},
        "create_database_user": {"body": {"username": "a", "database_ids": []}, "prepare": empty},
    }
