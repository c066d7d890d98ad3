# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets one host of a play do the work that several ask for. The roles of this collection use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible import context
from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible_collections.cloud66.cloud.plugins.plugin_utils.turns import Digests, Turns, different, digest, refusal


class ActionModule(ActionBase):
    """One host at one place of a playbook."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        args, variables = self._task.args, task_vars or {}
        _validated, options = self.validate_argument_spec(
            {
                "state": {"choices": ["taken", "ended", "awaited"], "default": "taken"},
                "work": {"type": "str"},
                "of": {"type": "list", "elements": "str", "default": []},
                "same": {"type": "list", "elements": "str", "default": []},
                "apart": {"type": "list", "elements": "str", "default": []},
                "place": {"type": "str"},
                "turn": {"type": "str"},
                "outcome": {"type": "dict"},
                "timeout": {"type": "float", "default": 0},
            }
        )
        place = options["place"] or self._place()
        turns = Turns(place)
        if options["state"] == "ended":
            turns.end(options["turn"], args["outcome"])
        elif options["state"] == "awaited":
            result.update(self._await(turns, options, variables))
        else:
            result.update(self._take(turns, options, variables), place=place)
        return result

    def _take(self, turns: Turns, options: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        host = variables["inventory_hostname"]
        message = turns.refusal(host, lambda: self._refusal(options, variables))
        if message:
            return {"failed": True, "msg": message}
        _work, values = self._wanted(options, variables)
        turn, first, differ = turns.take(host, options["work"], values)
        if differ:
            return {"failed": True, "msg": different(options["work"], first, host, differ)}
        return {"turn": turn, "host": first, "mine": first == host}

    def _await(self, turns: Turns, options: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        """The outcome of another host's work.

        With linear strategies it has ended. With the others each host that waits keeps a fork, which that one may need:
        with more hosts than forks, none waits.
        """
        strategy = str(self._task.get_play().strategy).rpartition(".")[2]
        crowded = strategy == "free" and len(variables.get("ansible_play_batch", [])) > context.CLIARGS["forks"]
        waits = strategy in ("free", "host_pinned") and not crowded
        outcome = turns.outcome(options["turn"], options["timeout"] if waits else 0)
        if outcome is None and not crowded:
            return {"failed": True, "msg": "The host that does the work for this one has not ended it."}
        return {"outcome": outcome}

    def _refusal(self, options: Mapping[str, Any], variables: Mapping[str, Any]) -> str:
        """Why the play cannot be done, by the values that its hosts have now. Unknown values are left out."""
        everyone = dict(self._everyone(variables))
        wanted = {host: self._wanted(options, of_host) for host, of_host in everyone.items()}
        known = {host: work for host, work in wanted.items() if work[0]}
        files = {host: self._values(options["apart"], everyone[host]).values() for host in known}
        apart = {host: [value for value in found if value] for host, found in files.items()}
        return refusal(known, options["same"], apart)

    def _everyone(self, variables: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The variables that this task has on each host of the play."""
        hostvars = variables["hostvars"]
        for name in variables.get("ansible_play_hosts_all", []):
            host = hostvars._inventory.get_host(name)
            found = hostvars._variable_manager.get_vars(play=self._task.get_play(), host=host, task=self._task)
            yield name, {**found, "hostvars": hostvars}

    def _wanted(self, options: Mapping[str, Any], variables: Mapping[str, Any]) -> tuple[str, Digests]:
        """The work that a host asks for, in words, and its values. The work is "" if it is not known yet."""
        named = self._values(options["of"], variables)
        complete = len(named) == len(options["of"])
        work = ", ".join(str(value) for value in named.values() if value not in ("", [])) if complete else ""
        values = self._values(options["same"], variables)
        return work, {name: digest(value) for name, value in values.items()}

    def _values(self, names: list[str], variables: Mapping[str, Any]) -> dict[str, Any]:
        """The values of variables, without those that are not known yet."""
        templar = self._templar.copy_with_new_env(available_variables=dict(variables))
        found = {}
        for name in names:
            try:
                found[name] = templar.template(variables[name])
            except (AnsibleError, KeyError):
                continue
        return found

    def _place(self) -> str:
        """What is the same for all hosts at this place of the playbook: the play, and the lines up to here."""
        lines = [self._task.get_play()._uuid]
        one: Any = self._task
        while one is not None:
            lines.append(str(one.get_path()))
            one = one._parent
        return " ".join(lines)
