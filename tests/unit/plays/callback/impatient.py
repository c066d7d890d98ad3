# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the `timeout` of a task expire when its module first waits in the worker, not after some time."""

from __future__ import annotations

import signal

from ansible.plugins.callback import CallbackBase
from ansible_collections.cloud66.cloud.plugins.module_utils.api import clock

DOCUMENTATION = r"""
name: impatient
type: notification
short_description: Timeouts that do not depend on how busy the machine is
description: Sends the alarm that ansible-core sets for the timeout of a task.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "impatient"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self):
        super().__init__()
        # Patched before the workers are forked. Ansible imports this file even if it is not enabled.
        clock.sleep = lambda _seconds: signal.raise_signal(signal.SIGALRM)
