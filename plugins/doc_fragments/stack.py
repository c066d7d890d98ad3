# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that name one stack."""

from __future__ import annotations


class ModuleDocFragment:
    """For modules and plugins that work on one stack."""

    DOCUMENTATION = r"""
options:
  stack:
    description: The UID or name of the stack.
    type: str
    required: true
  environment:
    description: The environment of the stack. Needed when several stacks have the same name.
    type: str
"""
