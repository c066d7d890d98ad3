# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Sphinx configuration for `make docs`. antsibull-docs generates the pages."""

from __future__ import annotations

project = "Cloud 66 for Ansible"
copyright = "the cloud66.cloud authors"  # noqa: A001
title = html_short_title = "Cloud 66 for Ansible"

extensions = ["sphinx_antsibull_ext"]
# The site is built offline, so references to Ansible's own documentation are not linked.
suppress_warnings = ["ref.ref", "ref.envvar"]

default_role = "any"
highlight_language = "YAML+Jinja"
pygments_style = "ansible"

html_theme = "sphinx_ansible_theme"
html_copy_source = False
html_show_sphinx = False
html_use_index = False
