# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is stored between runs: the cache of a selection, and a snapshot with the last successful read of each stack."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

from ansible.plugins.inventory import get_cache_plugin
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.run import Run

from .fleet import Entry, Selection

# A part of the keys: data in another format is not found.
FORMAT = 2


class Cached(NamedTuple):
    """The entries of the cache, and what matched nothing when they were read."""

    entries: list[Entry]
    unmatched: list[str]


class Store:
    """The cache plugin that the inventory's options choose, and a second instance of it, whose entries never expire.

    Each entry is one JSON text after its checksum: in some versions, cache plugins are slow with large structures.
    """

    def __init__(self, plugin: Any, run: Run, selection: Selection, with_servers: bool) -> None:
        self.run = run
        self.cache = plugin.cache if plugin.get_option("cache") else None
        self.is_persistent = self.cache is not None and _is_persistent(plugin)
        self.persistent = _without_expiry(plugin) if self.is_persistent else None
        settings = run.settings
        content = [] if with_servers else ["stacks only"]
        source = json.dumps([FORMAT, settings.api_url, settings.account_id, *selection, *content])
        self.key = f"cloud66_cloud_{hashlib.sha256(source.encode()).hexdigest()[:16]}"
        self.snapshot_key = f"{self.key}_snapshot"

    def cached(self) -> Cached | None:
        """What is cached; None if there is nothing that this token has read."""
        content = self._load(self.cache, self.key)
        if content is None:
            return None
        return Cached([Entry(*entry) for entry in content["entries"]], content["unmatched"])

    def snapshot(self) -> dict[str, Entry]:
        """The last successful read of each stack, by UID."""
        content = self._load(self.persistent, self.snapshot_key)
        return {entry[0]["uid"]: Entry(*entry) for entry in content["entries"]} if content else {}

    def save(self, entries: list[Entry], unmatched: list[str], complete: bool) -> None:
        """Store entries. The cache gets them only if they are fresh and complete, so that the next run retries."""
        if self.cache is not None and complete and not any(entry.stale for entry in entries):
            self.cache[self.key] = self._dump(entries, unmatched)
        if self.persistent is not None:
            self.persistent[self.snapshot_key] = self._dump([entry._replace(stale=False) for entry in entries], [])
            self.persistent.set_cache()

    def _dump(self, entries: list[Entry], unmatched: list[str]) -> str:
        content = json.dumps({"fingerprint": self.run.fingerprint, "entries": entries, "unmatched": unmatched})
        return f"{_checksum(content)} {content}"

    def _load(self, cache: Any, key: str) -> dict[str, Any] | None:
        """The content under a key of a cache; None if it is missing, damaged, or read by another token."""
        if cache is None:
            return None
        try:
            stored = cache[key]
        except KeyError:
            # Some plugins say that damaged data is not there.
            if cache._plugin.contains(key):
                self._warn_of_damage(key, "it cannot be read")
            return None
        # Cache plugins raise whatever their libraries do.
        except Exception as error:  # noqa: BLE001
            self._warn_of_damage(key, str(error))
            return None
        checksum, _blank, content = stored.partition(" ") if isinstance(stored, str) else ("", "", "")
        if checksum != _checksum(content):
            self._warn_of_damage(key, "it is not what was stored")
            return None
        loaded: dict[str, Any] = json.loads(content)
        return loaded if self._is_own(loaded["fingerprint"]) else None

    def _warn_of_damage(self, key: str, reason: str) -> None:
        self.run.warn(
            f"The cached inventory {key} cannot be used: {reason.rstrip('.')}. Everything is read from Cloud 66."
        )

    def _is_own(self, fingerprint: str) -> bool:
        """Whether this token has read the data. Without a token, cached data is usable too."""
        try:
            return self.run.fingerprint == fingerprint
        except Cloud66Error:
            return True


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _is_persistent(plugin: Any) -> bool:
    """Whether the cache outlives the process. In ansible-core 2.16, plugins do not tell."""
    return plugin.get_option("cache_plugin").rpartition(".")[2] != "memory"


def _without_expiry(plugin: Any) -> Any:
    """Another instance of the cache plugin, whose entries never expire."""
    options = {"_uri": plugin.get_option("cache_connection"), "_prefix": plugin.get_option("cache_prefix")}
    given = {name: value for name, value in options.items() if value is not None}
    return get_cache_plugin(plugin.get_option("cache_plugin"), **given, _timeout=0)
