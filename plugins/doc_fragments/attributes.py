# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The attributes that Ansible documents for each module."""

from __future__ import annotations


class ModuleDocFragment:
    """Shared by all modules; check and diff mode differ between modules that read and modules that write."""

    DOCUMENTATION = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/cloud66.cloud.c66) in C(module_defaults) to set defaults for all modules at once.
    support: full
    membership:
      - cloud66.cloud.c66
  async:
    description: Supports the C(async) keyword. The module then runs in a process of its own.
    support: full
  in_worker:
    description: >-
      On the controller, runs inside Ansible's worker instead of a process of its own, which saves most of the time.
      Set the variable C(cloud66_in_worker) to V(false) to disable this. With another connection, C(become), C(async)
      or another interpreter, it runs in a process as usual, with the same result.
    support: full
"""

    # Must be listed before the fragment itself, because the first description of an attribute wins. Not named STACK:
    # Ansible would mistake that for the fragment `stack`.
    C66_STACK = r"""
options: {}
attributes:
  action_group:
    description: >-
      Use C(group/cloud66.cloud.c66) in C(module_defaults) to set defaults for all modules at once, and
      C(group/cloud66.cloud.c66_stack) to set the stack for all modules that have the option O(stack).
    support: full
    membership:
      - cloud66.cloud.c66
      - cloud66.cloud.c66_stack
"""

    READS = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode with the same result, because it only reads.
    support: full
  diff_mode:
    description: Returns what has changed (or would change in check mode) when in diff mode.
    support: N/A
    details: This module changes nothing.
"""

    WRITES = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and report what would change without changing anything.
    support: full
  diff_mode:
    description: Returns what has changed (or would change in check mode) when in diff mode.
    support: full
"""
