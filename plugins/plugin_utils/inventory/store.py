# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept between runs: the cache of a selection, and the last good reading of each of its stacks."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ansible.plugins.inventory import get_cache_plugin
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.run import Run

from .fleet import Entry, Selection

# Part of the keys, so that another form of what is kept is not mistaken for this one.
FORM = 1


class Store:
    """The cache plugin that the inventory's options choose, and a second view of it in which nothing runs out.

    Each entry is one JSON text: cache plugins of some versions take long over large structures.
    """

    def __init__(self, plugin: Any, run: Run, selection: Selection) -> None:
        self.run = run
        self.cache = plugin.cache if plugin.get_option("cache") else None
        self.lasts = self.cache is not None and _is_lasting(plugin)
        self.lasting = _without_end(plugin) if self.lasts else None
        settings = run.settings
        what = json.dumps([FORM, settings.api_url, settings.account_id, *selection])
        self.key = f"cloud66_cloud_{hashlib.sha256(what.encode()).hexdigest()[:16]}"
        self.snapshot_key = f"{self.key}_snapshot"

    def cached(self) -> list[Entry] | None:
        """What is in the cache, None where there is nothing, or only what another token has read."""
        try:
            kept = json.loads(self.cache[self.key]) if self.cache is not None else None
        except (KeyError, TypeError, ValueError):
            return None
        if kept is None or self._is_anothers(kept["fingerprint"]):
            return None
        return [Entry(*entry) for entry in kept["entries"]]

    def snapshot(self) -> dict[str, Entry]:
        """The last good reading of each stack, by UID."""
        try:
            kept = json.loads(self.lasting[self.snapshot_key]) if self.lasting is not None else None
        except (KeyError, TypeError, ValueError):
            kept = None
        if kept is None or self._is_anothers(kept["fingerprint"]):
            return {}
        return {entry[0]["uid"]: Entry(*entry) for entry in kept["entries"]}

    def keep(self, entries: list[Entry], whole: bool) -> None:
        """Keep a reading; only a fresh and whole one in the cache, so that the next run tries again what failed."""
        text = json.dumps({"fingerprint": self.run.fingerprint, "entries": entries})
        if self.cache is not None and whole and not any(entry.stale for entry in entries):
            self.cache[self.key] = text
        if self.lasting is not None:
            known = [entry._replace(stale=False) for entry in entries]
            self.lasting[self.snapshot_key] = json.dumps({"fingerprint": self.run.fingerprint, "entries": known})
            self.lasting.set_cache()

    def _is_anothers(self, fingerprint: str) -> bool:
        """Whether another token has read it, as far as a token is at hand."""
        try:
            return self.run.fingerprint != str(fingerprint)
        except Cloud66Error:
            return False


def _is_lasting(plugin: Any) -> bool:
    """Whether the cache outlives the process. The plugins of ansible-core 2.16 do not say so themselves."""
    return plugin.get_option("cache_plugin").rpartition(".")[2] != "memory"


def _without_end(plugin: Any) -> Any:
    """The same cache plugin without a time after which entries run out."""
    options = {"_uri": plugin.get_option("cache_connection"), "_prefix": plugin.get_option("cache_prefix")}
    given = {name: value for name, value in options.items() if value is not None}
    return get_cache_plugin(plugin.get_option("cache_plugin"), **given, _timeout=0)
