# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is stored between runs: the cache of a selection, and a snapshot with the last successful read of each stack."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ansible.plugins.inventory import get_cache_plugin
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.run import Run

from .fleet import Entry, Selection

# A part of the keys: data in another format is not found.
FORMAT = 1


class Store:
    """The cache plugin that the inventory's options choose, and a second instance of it, whose entries never expire.

    Each entry is one JSON string: in some versions, cache plugins are slow with large structures.
    """

    def __init__(self, plugin: Any, run: Run, selection: Selection) -> None:
        self.run = run
        self.cache = plugin.cache if plugin.get_option("cache") else None
        self.is_persistent = self.cache is not None and _is_persistent(plugin)
        self.persistent = _without_expiry(plugin) if self.is_persistent else None
        settings = run.settings
        source = json.dumps([FORMAT, settings.api_url, settings.account_id, *selection])
        self.key = f"cloud66_cloud_{hashlib.sha256(source.encode()).hexdigest()[:16]}"
        self.snapshot_key = f"{self.key}_snapshot"

    def cached(self) -> list[Entry] | None:
        """The cached entries; None if there are none that this token has read."""
        entries = self._load(self.cache, self.key)
        return None if entries is None else [Entry(*entry) for entry in entries]

    def snapshot(self) -> dict[str, Entry]:
        """The last successful read of each stack, by UID."""
        entries = self._load(self.persistent, self.snapshot_key) or []
        return {entry[0]["uid"]: Entry(*entry) for entry in entries}

    def save(self, entries: list[Entry], complete: bool) -> None:
        """Store entries. The cache gets them only if they are fresh and complete, so that the next run retries."""
        if self.cache is not None and complete and not any(entry.stale for entry in entries):
            self.cache[self.key] = self._dump(entries)
        if self.persistent is not None:
            self.persistent[self.snapshot_key] = self._dump([entry._replace(stale=False) for entry in entries])
            self.persistent.set_cache()

    def _dump(self, entries: list[Entry]) -> str:
        return json.dumps({"fingerprint": self.run.fingerprint, "entries": entries})

    def _load(self, cache: Any, key: str) -> list[Any] | None:
        """The entries under a key of a cache; None if they are missing, unreadable, or read by another token."""
        try:
            content = json.loads(cache[key]) if cache is not None else None
            if content is None or not self._is_own(content["fingerprint"]):
                return None
            return list(content["entries"])
        except (KeyError, TypeError, ValueError):
            return None

    def _is_own(self, fingerprint: str) -> bool:
        """Whether this token has read the data. Without a token, cached data is usable too."""
        try:
            return self.run.fingerprint == str(fingerprint)
        except Cloud66Error:
            return True


def _is_persistent(plugin: Any) -> bool:
    """Whether the cache outlives the process. In ansible-core 2.16, plugins do not tell."""
    return plugin.get_option("cache_plugin").rpartition(".")[2] != "memory"


def _without_expiry(plugin: Any) -> Any:
    """Another instance of the cache plugin, whose entries never expire."""
    options = {"_uri": plugin.get_option("cache_connection"), "_prefix": plugin.get_option("cache_prefix")}
    given = {name: value for name, value in options.items() if value is not None}
    return get_cache_plugin(plugin.get_option("cache_plugin"), **given, _timeout=0)
