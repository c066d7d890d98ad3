# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Valid requests for services, processes, containers, jobs and server groups."""

from __future__ import annotations

from unit.simulator.sample_requests import STACK


def values(world):
    def shop():
        """A container stack."""
        world.stack(STACK)["framework"] = "docker"
        world.services.pop(STACK, None)
        return {"id": "web"}

    def container():
        shop()
        return {"id": world.services[STACK][1]["containers"][0]["uid"]}

    server = world.servers[STACK][0]["uid"]
    job = {"job_id": world.jobs[STACK][0]["uid"]}
    process = {"id": "worker", "body": {"process_name": "worker", "server_count": {server: 2}}}
    return {
        "get_service": {"prepare": shop},
        "scale_service": {
            "body": {"service_name": "web", "server_count": {server: 2}},
            "prepare": shop,
        },
        "stop_service": {"body": {"server_uid": server}, "prepare": shop},
        "get_container": {"prepare": container},
        "stop_container": {"prepare": container},
        "get_process": process,
        "scale_process": process,
        "scale_process_by_id": process,
        **dict.fromkeys(("get_job", "pause_job", "unpause_job", "run_job"), job),
        "scale_server_group": {"body": {"subtype": "web", "server_size": "2gb", "server_count": 1}},
        "server_group_id": world.server_groups[STACK][0]["id"],
    }
