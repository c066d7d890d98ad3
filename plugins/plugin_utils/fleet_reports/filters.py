# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports as Ansible's filters: their arguments, errors and results."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.backup import seconds_in

from ..unsafe import as_data
from .data import data
from .markdown import markdown
from .model import FleetReport, ReportError, fleet_of
from .page import page
from .table import table
from .words import Limits


def fleet_table(result: Any) -> str:
    return _text(table(_fleet("fleet_table", result)))


def fleet_markdown(result: Any) -> str:
    return _text(markdown(_fleet("fleet_markdown", result)))


def fleet_report(result: Any) -> dict[str, Any]:
    found: dict[str, Any] = as_data(data(_fleet("fleet_report", result)))
    return found


def fleet_html(
    result: Any, title: str = "Cloud 66 fleet", max_backup_age: Any = "26h", certificate_days: Any = 14
) -> str:
    fleet = _fleet("fleet_html", result)
    try:
        limits = Limits(seconds_in("max_backup_age", str(max_backup_age)), int(certificate_days))
    except Cloud66Error as error:
        raise AnsibleFilterError(f"fleet_html: {error}") from None
    except (TypeError, ValueError):
        raise AnsibleFilterError(
            f"fleet_html: certificate_days must be a number of days, not {certificate_days!r}."
        ) from None
    return _text(page(fleet, str(title), limits, datetime.now(timezone.utc)))


def _fleet(name: str, result: Any) -> FleetReport:
    try:
        return fleet_of(plain(result))
    except ReportError as error:
        raise AnsibleFilterError(f"{name}: {error}") from None


def plain(value: Any) -> Any:
    """The value without Ansible's own containers, which evaluate their items as they are read."""
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


def _text(text: str) -> str:
    """The report. It contains texts from the API, which are never evaluated."""
    marked: str = as_data(text)
    return marked
