# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the modules of awx.awx and ansible.controller in the worker: in a process, each compiles all of its code."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout, suppress
from importlib import import_module
from unittest import mock

from ansible.module_utils import basic
from ansible.plugins.action import ActionBase
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: awx_modules
type: notification
short_description: Faster modules of AWX
description: Runs them without a process.
"""
COLLECTIONS = ("awx.awx.", "ansible.controller.")

_execute_module = ActionBase._execute_module


def _arguments(args):
    try:
        from ansible.module_utils.testing import patch_module_args
    except ImportError:
        text = json.dumps({"ANSIBLE_MODULE_ARGS": args}).encode()
        return mock.patch.object(basic, "_ANSIBLE_ARGS", text)
    return patch_module_args(args)


def _execute_in_worker(self, module_name=None, module_args=None, task_vars=None, **options):
    if not str(module_name).startswith(COLLECTIONS):
        return _execute_module(self, module_name=module_name, module_args=module_args, task_vars=task_vars, **options)
    args = dict(module_args)
    self._update_module_args(module_name, args, task_vars)
    assert args["_ansible_no_log"], "the module would log secrets"
    collection, _dot, name = module_name.rpartition(".")
    module = import_module(f"ansible_collections.{collection}.plugins.modules.{name}")
    output = io.StringIO()
    with _arguments(args), redirect_stdout(output), suppress(SystemExit):
        module.main()
    return json.loads(output.getvalue())


# Patched before the workers are forked.
ActionBase._execute_module = _execute_in_worker


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "awx_modules"
    CALLBACK_NEEDS_ENABLED = True
