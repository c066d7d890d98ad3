# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter deploy_markdown. Its documentation is in deploy_markdown.yml."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.cloud66.cloud.plugins.plugin_utils.messages import deploy_markdown


class FilterModule:
    def filters(self) -> dict[str, Callable[..., str]]:
        return {"deploy_markdown": deploy_markdown}
