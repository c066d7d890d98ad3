# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Sphinx configuration for `make docs`. tests/tools/docs.py collects the pages."""

from __future__ import annotations

project = "Cloud 66 for Ansible"
copyright = "the cloud66.cloud authors"  # noqa: A001
html_title = html_short_title = "Cloud 66 for Ansible"

extensions = ["sphinx_antsibull_ext", "myst_parser"]
# The site is built offline, so references to Ansible's own documentation are not linked.
suppress_warnings = ["ref.ref", "ref.envvar"]
# Headings that links can name, as on a repository's page.
myst_heading_anchors = 4

default_role = "any"
highlight_language = "YAML+Jinja"

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
# site.css has the colours, which follow the switch between light and dark.
antsibull_ext_color_scheme = "none"
html_copy_source = False
html_show_sphinx = False
html_use_index = False
