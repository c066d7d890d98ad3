# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Becomes the current user."""

from __future__ import annotations

from ansible.plugins.become import BecomeBase

DOCUMENTATION = r"""
name: same
short_description: Becomes the user that it is already
description: Needs no program and no right.
options:
  become_user: {description: Whom to become., default: root, keyword: [{name: become_user}]}
  become_exe: {description: Not used.}
  become_flags: {description: Not used.}
  become_pass: {description: Not used.}
"""


class BecomeModule(BecomeBase):
    name = "same"

    def build_become_command(self, cmd, shell):
        super().build_become_command(cmd, shell)
        return self._build_success_command(cmd, shell)
