# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Repositories with the templates of Kubernetes formations."""

from __future__ import annotations

from functools import partial

from .base import Is, Status, Write
from .fields import Codes, Row, Text
from .thing import Thing

STATUS = Codes(
    {
        "unknown": 1,
        "queued": 2,
        "pulling": 3,
        "verifying": 4,
        "connection_error": 5,
        "available": 6,
        "verification_error": 7,
    }
)
ONGOING = ("unknown", "queued", "pulling", "verifying")


class BaseTemplate(Thing):
    """A git repository with templates, which Cloud 66 pulls and verifies.

    Source: list_base_templates, get_base_template (uid, include_stencils), create_base_template, update_base_template,
    delete_base_template, sync_base_template (state).
    """

    noun = "base_template"
    plural = "base_templates"
    schema = "BaseTemplate"
    path = ("base_templates",)
    key = ("git_repo", "git_branch")
    lookup = ("uid", "short_name", "git_repo", "name")
    wrap = "base_template"
    renewed = "synced"
    status = Status("status", ongoing=ONGOING, failed=("connection_error", "verification_error"))
    fields = {
        "git_repo": Text(),
        "git_branch": Text(),
        "name": Text(),
        "short_name": Text(),
        "status": STATUS,
    }
    by_identity = ("uid", "str")
    filters = {"git_repo": Is("git_repo"), "git_branch": Is("git_branch")}
    details = {
        "include_stencils": {"include_stencils": True},
        "include_content": {"include_stencils": True, "include_content": True},
    }

    def renewal(self, existing: Row) -> Write:
        label = self.label_of(existing)
        api = self.client.labelled(label, self.scope)
        return Write(label, partial(api.post, *self._path(existing), "sync"))

    def is_renewed(self, before: Row, row: Row) -> bool:
        was_ongoing, is_ongoing = (STATUS.word(one.get("status")) in ONGOING for one in (before, row))
        return row.get("last_sync_iso") != before.get("last_sync_iso") or (is_ongoing and not was_ongoing)
