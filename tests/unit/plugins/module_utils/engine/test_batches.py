# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sizes of batches. What happens between batches is tested in test_c66_server.py."""

from __future__ import annotations

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.batches import Size


@pytest.mark.parametrize(
    ("text", "total", "sizes"),
    [
        ("1", 3, [1, 1, 1]),
        ("2", 5, [2, 2, 1]),
        ("9", 5, [5]),
        ("2", 0, []),
        ("25%", 10, [2, 2, 2, 2, 2]),
        ("25%", 3, [1, 1, 1]),
        ("1%", 2, [1, 1]),
        ("34%", 3, [1, 1, 1]),
        ("99%", 3, [2, 1]),
        ("100%", 3, [3]),
        ("50%", 0, []),
        (" 50 % ", 4, [2, 2]),
    ],
)
def test_batches_of_a_count_or_a_share(text, total, sizes):
    items = list(range(total))
    batches = Size.of(text).split(items)
    assert [len(batch) for batch in batches] == sizes
    assert [item for batch in batches for item in batch] == items


@pytest.mark.parametrize("text", ["", "0", "0%", "101%", "-1", "2.5", "x", "%", "2%%", "٣"])
def test_invalid_sizes(text):
    with pytest.raises(Cloud66Error, match="batch must be"):
        Size.of(text)
