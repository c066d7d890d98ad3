# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what exists in the stacks of the play's hosts into files, as the variables that declare it."""

from __future__ import annotations

from ansible_collections.cloud66.cloud.plugins.modules.c66_fleet_export import MODULE
from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet import FleetExportAction

from .c66_fleet import KINDS


class ActionModule(FleetExportAction):
    module = MODULE
    kinds = KINDS
