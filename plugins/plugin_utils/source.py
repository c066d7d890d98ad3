# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that a task names by `src`: where Ansible looks for it, and opening what ansible-vault has sealed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleError
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.keyed import OPENED

if TYPE_CHECKING:
    from .worker import Cloud66Action

OPTION = "src"


@contextmanager
def opened(action: Cloud66Action, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Parameters with the place where the file can be read: of a sealed one, a copy that is removed afterwards."""
    path = _found(action, params)
    if path is None:
        yield dict(params)
        return
    with _unsealed(action, path) as real:
        yield {**params, OPENED: real}


def sent(action: Cloud66Action, args: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments for a process, with the path of the file there. A sealed file is copied there, without its seal.

    On another host, an absolute path is one of that host, and a relative one is searched for here first.
    """
    path, is_here = _found(action, args), action._connection.transport == "local"
    if path is None or not (is_here or path != _expanded(args[OPTION])):
        return dict(args)
    with _unsealed(action, path) as real:
        if is_here and os.path.samefile(real, path):
            return {**args, OPTION: path}
        return {**args, OPTION: _copied(action, real, os.path.basename(path))}


def _found(action: Cloud66Action, args: Mapping[str, Any]) -> str | None:
    """The path of the file here; None where there is none, which the module tells.

    A relative path is searched for as `copy` does: in the role and its folder `files`, and beside the playbook.
    """
    if OPTION not in action.module.argument_spec or not isinstance(args.get(OPTION), str) or not args[OPTION]:
        return None
    try:
        path = str(action._find_needle("files", _expanded(args[OPTION])))
    except AnsibleError:
        return None
    return path if os.path.isfile(path) else None


def _expanded(path: str) -> str:
    return os.path.expanduser(os.path.expandvars(path))


@contextmanager
def _unsealed(action: Cloud66Action, path: str) -> Iterator[str]:
    real = str(action._loader.get_real_file(path))
    try:
        yield real
    finally:
        # Removes only what it made itself.
        action._loader.cleanup_tmp_file(real)


def _copied(action: Cloud66Action, path: str, name: str) -> str:
    shell = action._connection._shell
    if shell.tmpdir is None:
        action._make_tmp_path()
    there = str(shell.join_path(shell.tmpdir, name))
    action._transfer_file(path, there)
    action._fixup_perms2((shell.tmpdir, there))
    return there
