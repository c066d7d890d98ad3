# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Makefile calls: virtual environments, the stages of `make test`, the docs, the artifact.

It runs on any Python from 3.8 on, with the standard library alone, and makes everything else itself.
"""
