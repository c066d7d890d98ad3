# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans and applies what the variables of the play's hosts declare for their stacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.cloud66.cloud.plugins.module_utils.engine.fleet import Kind
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.fleet_export import of_each_server, of_stack
from ansible_collections.cloud66.cloud.plugins.modules.c66_configuration import MODULE as CONFIGURATION
from ansible_collections.cloud66.cloud.plugins.modules.c66_deployment import MODULE as DEPLOYMENT
from ansible_collections.cloud66.cloud.plugins.modules.c66_env_var import MODULE as ENV_VAR
from ansible_collections.cloud66.cloud.plugins.modules.c66_firewall_rule import MODULE as FIREWALL_RULE
from ansible_collections.cloud66.cloud.plugins.modules.c66_fleet import MODULE as FLEET
from ansible_collections.cloud66.cloud.plugins.modules.c66_job import MODULE as JOB
from ansible_collections.cloud66.cloud.plugins.modules.c66_notification import MODULE as NOTIFICATION
from ansible_collections.cloud66.cloud.plugins.modules.c66_process import MODULE as PROCESS
from ansible_collections.cloud66.cloud.plugins.modules.c66_server_group import MODULE as SERVER_GROUP
from ansible_collections.cloud66.cloud.plugins.modules.c66_server_setting import MODULE as SERVER_SETTING
from ansible_collections.cloud66.cloud.plugins.modules.c66_service import MODULE as SERVICE
from ansible_collections.cloud66.cloud.plugins.modules.c66_ssl_certificate import MODULE as SSL_CERTIFICATE
from ansible_collections.cloud66.cloud.plugins.modules.c66_stack_setting import MODULE as STACK_SETTING
from ansible_collections.cloud66.cloud.plugins.modules.c66_tag import MODULE as TAG
from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet import FleetAction, as_listed, at_once, one_each


def _jobs_by_state(declared: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A task for all jobs with the same state, which is `paused` or `unpaused`."""
    states = list(dict.fromkeys(declared.values()))
    return (
        (str(state), {"state": state, "jobs": [job for job in declared if declared[job] == state]}) for state in states
    )


def _alerts(declared: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A task for all alerts. A subscription can be given by its channel alone."""
    alerts = [
        {
            "alert_name": name,
            "subscriptions": [{"channel": one} if isinstance(one, str) else one for one in subscriptions or ()],
        }
        for name, subscriptions in declared.items()
    ]
    yield "", {"alerts": alerts}


SERVER_GROUP_OPTIONS = ("count", "max_change", "server_size", "subtype")
WITH_SECRETS = "The URLs of subscriptions are secrets. Declare them by hand."
NO_KEYS = "Cloud 66 never returns the private key of a certificate."
# In the order in which they are applied. A variable `cloud66_fleet_<name>` declares each of them.
KINDS = (
    Kind("settings", STACK_SETTING, dict, at_once("settings"), of_stack),
    Kind("server_settings", SERVER_SETTING, dict, one_each("server", "settings"), of_each_server, is_extra=True),
    Kind("env_vars", ENV_VAR, dict, at_once("env_vars"), of_stack),
    Kind("configurations", CONFIGURATION, dict, one_each("type", "body", ("body", "apply", "comments")), of_stack),
    Kind("server_groups", SERVER_GROUP, dict, one_each("group", "count", SERVER_GROUP_OPTIONS), of_stack),
    Kind("services", SERVICE, dict, one_each("service", "servers", ("servers", "groups", "server", "state")), of_stack),
    Kind("processes", PROCESS, dict, one_each("process", "servers", ("servers", "server", "state")), of_stack),
    Kind("firewall_rules", FIREWALL_RULE, list, at_once("rules"), of_stack, is_extra=True),
    Kind("ssl_certificates", SSL_CERTIFICATE, list, as_listed("type", "server_names"), not_exported=NO_KEYS),
    Kind("tags", TAG, dict, one_each("server", "tags"), of_each_server),
    Kind("jobs", JOB, dict, _jobs_by_state, of_stack),
    Kind("notifications", NOTIFICATION, dict, _alerts, not_exported=WITH_SECRETS),
)


class ActionModule(FleetAction):
    module = FLEET
    kinds = KINDS
    deployment = DEPLOYMENT
