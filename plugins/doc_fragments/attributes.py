# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules can do, in Ansible's own terms."""

from __future__ import annotations


class ModuleDocFragment:
    """All modules belong to the action group and run in the worker; readers and writers differ in the rest."""

    DOCUMENTATION = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/cloud66.cloud.c66) in C(module_defaults) to set defaults for all modules at once.
    support: full
    membership:
      - cloud66.cloud.c66
  async:
    description: Supports being used with the C(async) keyword, which makes it run as an ordinary module.
    support: full
  in_worker:
    description: >-
      On the controller it runs inside Ansible's worker and not in a process of its own, which saves most of its
      time. The variable C(cloud66_in_worker) set to V(false) turns that off. With another connection, C(become),
      C(async), or an interpreter of the user's choice it runs as an ordinary module, with the same result.
    support: full
"""

    READS = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and return what it would without it, as it only reads.
    support: full
  diff_mode:
    description: Returns what has changed, or would change in check mode, when in diff mode.
    support: N/A
    details: It changes nothing.
"""

    WRITES = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and predict what would change without changing anything.
    support: full
  diff_mode:
    description: Returns what has changed, or would change in check mode, when in diff mode.
    support: full
"""
