# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter fleet_report. Its documentation is in fleet_report.yml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.cloud66.cloud.plugins.plugin_utils.fleet_reports.filters import fleet_report


class FilterModule:
    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        return {"fleet_report": fleet_report}
