# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A minimal inventory plugin: adds hosts and their variables from a JSON file."""

from __future__ import annotations

import json

from ansible.plugins.inventory import BaseInventoryPlugin

DOCUMENTATION = """
name: bare
short_description: A minimal inventory plugin
description: Adds hosts and sets their variables, as a baseline.
options: {}
"""


class InventoryModule(BaseInventoryPlugin):
    NAME = "bare"

    def verify_file(self, path):
        return path.endswith("bare.yml")

    def parse(self, inventory, loader, path, cache=True):
        super().parse(inventory, loader, path)
        with open(path.replace("bare.yml", "bare.json"), encoding="utf-8") as file:
            hosts = json.load(file)
        for name, variables in hosts.items():
            inventory.add_host(name)
            for key, value in variables.items():
                inventory.set_variable(name, key, value)
