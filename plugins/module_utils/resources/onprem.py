# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On-premise configurations. The API can read and change them, and nothing else."""

from __future__ import annotations

from .base import Is
from .fields import Document, Itself, Text
from .thing import Thing

IN_DASHBOARD = "use Cloud 66's dashboard."


class Onprem(Thing):
    """An on-premise configuration. Which values a change must contain is not documented; all are sent.

    Source: list_onprems, get_onprem (uid), update_onprem (state: present).
    """

    noun = "onprem"
    plural = "onprems"
    title = "on-premise configuration"
    titles = "on-premise configurations"
    subject = "Servers"
    schema = "Onprem"
    path = ("onprems",)
    fields = {
        "uid": Itself(option="onprem"),
        "name": Text(required=True),
        "config": Document(clear={}),
    }
    by_identity = ("uid", "str")
    filters = {"name": Is("name")}
    cannot_create = f"Cloud 66's API has no call that creates one: {IN_DASHBOARD}"
    cannot_delete = f"Cloud 66's API has no call that removes one: {IN_DASHBOARD}"
