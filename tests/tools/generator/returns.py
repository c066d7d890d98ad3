# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The RETURN blocks of modules: what several modules return is documented once.

- What returns.yml says of a key replaces what a module says of it.
- A module that returns a thing, or a list of them, takes `contains` and `sample` from the `_info` module that reads
  such things: `device` in c66_device is documented as `devices` in c66_device_info. The `_info` module's resource has
  the names of a thing.
- Fields that only the `_info` module returns are left out: those that are returned when an option is set which the
  other module does not have, and those that only the `_info` module's resource adds to what the API returns.

The rest of a block is written by hand. Text is copied line by line, so its style is kept.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Iterable, NamedTuple

from .modules import INFO, Module

SHARED = Path(__file__).with_name("returns.yml")
BLOCK = re.compile(r'(?<=\nRETURN = r"""\n---\n).*?(?="""\n)', re.DOTALL)
OPTION = re.compile(r"\bO\((\w+)")
# Indentations in a block: its keys, the parts of a key, and the fields in `contains` and in a list of samples.
KEY, PART, FIELD, SAMPLE = 0, 2, 4, 6
BULLET = "    - "

# The lines of a YAML mapping, by key.
Entries = dict[str, list[str]]


class Thing(NamedTuple):
    """How an `_info` module documents the rows that it returns."""

    info: Module
    fields: Entries
    samples: list[Entries]

    @property
    def names(self) -> tuple[str, str]:
        return self.info.resource.noun, self.info.resource.plural

    def left_out_of(self, module: Module) -> set[str]:
        """The fields that another module does not return."""
        on_request = {name for name, lines in self.fields.items() if _options(lines) - module.options}
        if module.resource is None or module.resource.noun != self.info.resource.noun:
            return on_request
        return on_request | self.info.resource.fields_beyond_schema() - module.resource.fields_beyond_schema()


def completed(modules: Iterable[Module]) -> dict[Path, str]:
    """The text of each module with a complete RETURN block, by path."""
    modules = list(modules)
    shared = _entries(SHARED.read_text(encoding="utf-8").splitlines(), KEY)
    things = [thing for module in modules for thing in _things(module)]
    return {module.path: _completed(module, shared, things) for module in modules}


def _completed(module: Module, shared: Entries, things: list[Thing]) -> str:
    lines: list[str] = []
    for key, entry in _documented(module).items():
        thing = None if _is_own_dict(key, entry, things) else _thing(key, module, things)
        if thing is not None and thing.info is module:
            lines += entry
        else:
            lines += [f"{key}:", *_lines(_parts(entry, shared.get(key, []), thing, module))]
    block = "".join(f"{line}\n" for line in lines)
    return BLOCK.sub(lambda _found: block, module.text)


def _parts(entry: list[str], shared: list[str], thing: Thing | None, module: Module) -> Entries:
    """What is said of a key: first what is shared, in its order, then what is the module's own."""
    own, common = _entries(entry[1:], PART), _entries(shared[1:], PART)
    parts = {**common, **own, **common}
    if thing is not None:
        parts.update(_rows(thing, module, is_list=parts.get("type") == ["  type: list"]))
    return parts


def _documented(module: Module) -> Entries:
    """The keys of a module's RETURN block."""
    found = BLOCK.search(module.text)
    if found is None:
        raise ValueError(f'{module.name} has no RETURN = r""" block that begins with ---.')
    return _entries(found[0].splitlines(), KEY)


def _things(module: Module) -> list[Thing]:
    """What an `_info` module documents; nothing for another module, and if its rows have no fields."""
    if not module.name.endswith(INFO) or module.resource is None:
        return []
    parts = _entries(_documented(module).get(module.resource.plural, [])[1:], PART)
    if "contains" not in parts:
        return []
    samples = _samples(parts.get("sample", []))
    if not samples:
        raise ValueError(f"{module.name} needs a sample of {module.resource.plural}, with one field a line.")
    return [Thing(module, _entries(parts["contains"][1:], FIELD), samples)]


def _samples(lines: list[str]) -> list[Entries]:
    """The fields of each item of a list."""
    items: list[list[str]] = []
    for line in lines[1:]:
        if line.startswith(BULLET):
            items.append([])
        items[-1].append(line.replace(BULLET, " " * SAMPLE, 1) if line.startswith(BULLET) else line)
    return [_entries(item, SAMPLE) for item in items]


def _thing(key: str, module: Module, things: list[Thing]) -> Thing | None:
    """What a key is documented as; the module's own `_info` module comes first."""
    found = [thing for thing in things if key in thing.names]
    own = [thing for thing in found if thing.info.base_name == module.base_name]
    return next(iter(own or found), None)


def _is_own_dict(key: str, entry: list[str], things: list[Thing]) -> bool:
    """Whether a key has the name of a list of things, but is a dictionary, which only its module can describe."""
    return "  type: dict" in entry and key in {thing.info.resource.plural for thing in things}


def _rows(thing: Thing, module: Module, is_list: bool) -> Entries:
    """The parts of a key that say what a thing is like, or a list of such things."""
    left_out = thing.left_out_of(module)
    samples = [_lines(sample, left_out) for sample in thing.samples]
    if is_list:
        sample = [line for first, *rest in samples for line in (first.replace(" " * SAMPLE, BULLET, 1), *rest)]
    else:
        sample = [line[SAMPLE - FIELD :] for line in samples[0]]
    return {"contains": ["  contains:", *_lines(thing.fields, left_out)], "sample": ["  sample:", *sample]}


def _lines(entries: Entries, left_out: Iterable[str] = ()) -> list[str]:
    return [line for name, lines in entries.items() if name not in left_out for line in lines]


def _entries(lines: Iterable[str], indent: int) -> Entries:
    """The lines of a mapping with this indentation, by key. Comments before the first key are dropped."""
    entries: Entries = {}
    for line in lines:
        found = re.match(rf" {{{indent}}}(\w+):", line)
        if found:
            entries[found[1]] = []
        if entries:
            entries[[*entries][-1]].append(line)
    return entries


def _options(field: list[str]) -> set[str]:
    """The options that a field's `returned` names."""
    return set(OPTION.findall("\n".join(_entries(field[1:], SAMPLE).get("returned", []))))
