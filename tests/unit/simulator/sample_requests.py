# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Valid requests for the operations of the simulator. Each file in `samples` adds those of a subject.

`values(world)` returns values for path parameters that exist. Entries for an operationId override them, and add the
fields that a body or a query needs to be accepted. Their `prepare` is called before each valid request.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

from unit.simulator import samples

STACK = "f196c5b41758cb7977620d49eb1492ef"


def of(world: Any) -> dict[str, Any]:
    """The values of all files."""
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(samples.__path__):
        found.update(import_module(f"{samples.__name__}.{module.name}").values(world))
    return found


def one(world: Any, operation_id: str) -> dict[str, Any]:
    """The values for an operation, once it is prepared."""
    known = of(world)
    own = known.get(operation_id, {})
    return {**known, **own, **own.get("prepare", dict)()}
